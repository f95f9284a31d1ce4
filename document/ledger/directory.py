"""Who is who: organisations, units, folders, people, roles, keys, series, sessions."""

import base64
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from document.clock import local_date
from document.errors import NotFound
from document.facts import KeyFact, PersonFact, SessionFact
from document.ledger.core import LedgerCore
from document.office_file import OfficeSpec, OrganisationSpec
from document.tables import (
    DeskSession,
    Folder,
    Key,
    Organisation,
    OrganisationName,
    Person,
    Role,
    Series,
    Signatory,
    Unit,
)


class DirectoryActs(LedgerCore):
    """The office's own data."""

    def person_by_login(self, login: str) -> PersonFact | None:
        """Somebody by the name used to sign in."""
        with self.reading() as session:
            row = session.scalar(select(Person).where(Person.login == login))
            return _person_fact(session, row) if row else None

    def person(self, person_id: str) -> PersonFact:
        """Somebody by id."""
        with self.reading() as session:
            return _person_fact(session, session.get_one(Person, person_id))

    def people(self, organisation_id: str) -> list[PersonFact]:
        """Everybody of an organisation."""
        with self.reading() as session:
            rows = session.scalars(
                select(Person).where(Person.organisation_id == organisation_id).order_by(Person.login)
            )
            return [_person_fact(session, row) for row in rows.all()]

    def set_password(self, person_id: str, password_hash: str) -> None:
        """Keep the hash; every open session of the person ends."""
        with self.writing() as session:
            row = session.get_one(Person, person_id)
            row.password_hash = password_hash
            session.execute(delete(DeskSession).where(DeskSession.person_id == person_id))
            self.record(session, row.organisation_id, "password.set", actor=person_id)

    def sign_in_failed(self, person_id: str, lock_until: datetime | None) -> None:
        """Count a wrong password; lock the account when asked to."""
        with self.writing() as session:
            row = session.get_one(Person, person_id, with_for_update=True)
            row.failed_sign_ins += 1
            if lock_until is not None:
                row.locked_until = lock_until
            self.record(
                session, row.organisation_id, "sign_in.failed", actor=person_id, locked=lock_until is not None
            )

    def sign_in_ok(self, person_id: str) -> None:
        """Forget earlier wrong passwords."""
        with self.writing() as session:
            row = session.get_one(Person, person_id)
            row.failed_sign_ins = 0
            row.locked_until = None
            self.record(session, row.organisation_id, "sign_in.ok", actor=person_id)

    def open_session(self, token_hash: str, person_id: str, csrf: str, expires_at: datetime) -> None:
        """Remember a signed-in browser by the hash of its cookie."""
        with self.writing() as session:
            session.execute(delete(DeskSession).where(DeskSession.expires_at < self.clock.now()))
            session.add(
                DeskSession(token_hash=token_hash, person_id=person_id, csrf=csrf, expires_at=expires_at)
            )

    def session(self, token_hash: str, now: datetime) -> SessionFact | None:
        """The open session of a cookie, None when it is unknown, over, or the person is not active."""
        with self.reading() as session:
            row = session.get(DeskSession, token_hash)
            if row is None or row.expires_at <= now:
                return None
            person = _person_fact(session, session.get_one(Person, row.person_id))
            return SessionFact(person, row.csrf, row.expires_at) if person.active else None

    def close_session(self, token_hash: str) -> None:
        """Sign out."""
        with self.writing() as session:
            session.execute(delete(DeskSession).where(DeskSession.token_hash == token_hash))

    def keys_of(self, organisation_id: str, person_id: str | None) -> list[KeyFact]:
        """The active keys of a person, or (None) of the organisation; the newest certificate first."""
        with self.reading() as session:
            rows = session.scalars(
                select(Key)
                .where(Key.organisation_id == organisation_id, Key.active)
                .where(Key.person_id == person_id if person_id else Key.person_id.is_(None))
                .order_by(Key.not_after.desc())
            )
            return [key_fact(row) for row in rows]

    def key(self, key_id: str) -> KeyFact:
        """One key by id."""
        with self.reading() as session:
            return key_fact(session.get_one(Key, key_id))

    def all_keys(self) -> list[KeyFact]:
        """Every active key of the site."""
        with self.reading() as session:
            return [key_fact(row) for row in session.scalars(select(Key).where(Key.active))]

    def add_key(self, key: KeyFact, kind: str) -> None:
        """Register a key by its certificate; an older key of the same holder stays usable for checking."""
        with self.writing() as session:
            holder = Key.person_id == key.person_id if key.person_id else Key.person_id.is_(None)
            for old in session.scalars(
                select(Key).where(Key.organisation_id == key.organisation_id, holder, Key.active)
            ):
                old.active = False
            session.add(
                Key(
                    id=key.id, organisation_id=key.organisation_id, person_id=key.person_id, kind=kind,
                    fingerprint=key.fingerprint, certificate=key.certificate,
                    chain=[base64.b64encode(der).decode() for der in key.chain],
                    not_before=key.not_before, not_after=key.not_after, for_test=key.for_test,
                )
            )  # fmt: skip
            self.record(
                session, key.organisation_id, "key.added", digests=[key.fingerprint], key=key.id,
                person=key.person_id,
            )  # fmt: skip

    def directory(self) -> tuple[dict[str, str], dict[str, str]]:
        """(people, organisations): certificate fingerprint -> the name it stands for today."""
        people: dict[str, str] = {}
        bodies: dict[str, str] = {}
        today = local_date(self.clock.now())
        with self.reading() as session:
            for row in session.scalars(select(Key)).all():
                if row.person_id:
                    people[row.fingerprint] = session.get_one(Person, row.person_id).full_name
                else:
                    bodies[row.fingerprint] = _name_on(session, row.organisation_id, today)
        return people, bodies

    def apply_office(self, office: OfficeSpec) -> None:
        """Make the record say what the office file says: adds and changes, never deletes.

        One transaction for the whole file; the event carries ids only.
        """
        with self.writing() as session:
            for spec in office.organisations:
                organisation = self._organisation(session, spec)
                self._names(session, organisation, spec)
                units = self._units(session, organisation, spec)
                self._people(session, organisation, spec, units)
                self._series_of(session, organisation, spec)
                session.flush()
                self.record(session, organisation.id, "office.applied")

    def _organisation(self, session: Session, spec: OrganisationSpec) -> Organisation:
        row = session.scalar(select(Organisation).where(Organisation.code == spec.code))
        if row is None:
            row = Organisation(id=self.new_id(), code=spec.code)
            session.add(row)
        row.level = spec.level
        row.place = spec.place
        row.may_decide_procedures = spec.may_decide_procedures
        row.seal_mm = spec.seal_mm
        session.flush()
        return row

    def _names(self, session: Session, organisation: Organisation, spec: OrganisationSpec) -> None:
        known = session.scalars(
            select(OrganisationName).where(OrganisationName.organisation_id == organisation.id)
        ).all()
        for name in spec.names:
            row = next((n for n in known if n.name == name.name), None)
            if row is None:
                row = OrganisationName(id=self.new_id(), organisation_id=organisation.id, name=name.name)
                session.add(row)
            row.valid_from, row.valid_to, row.decision = name.valid_from, name.valid_to, name.decision

    def _units(self, session: Session, organisation: Organisation, spec: OrganisationSpec) -> dict[str, str]:
        ids: dict[str, str] = {}
        for unit in spec.units:
            row = session.scalar(
                select(Unit).where(Unit.organisation_id == organisation.id, Unit.code == unit.code)
            )
            if row is None:
                row = Unit(id=self.new_id(), organisation_id=organisation.id, code=unit.code)
                session.add(row)
            row.name = unit.name
            row.content_check, row.content_rule = not unit.content_check_off, unit.content_check_off
            row.form_check, row.form_rule = not unit.form_check_off, unit.form_check_off
            session.flush()
            ids[unit.code] = row.id
            self._folder(session, organisation.id, row.id, unit.folder, unit.folder_names)
        return ids

    def _folder(
        self, session: Session, organisation_id: str, unit_id: str, path: str, names: list[str]
    ) -> None:
        row = session.scalar(select(Folder).where(Folder.path == path))
        if row is None:
            row = Folder(id=self.new_id(), organisation_id=organisation_id, path=path)
            session.add(row)
        row.unit_id, row.names = unit_id, names
        session.flush()

    def _people(
        self, session: Session, organisation: Organisation, spec: OrganisationSpec, units: dict[str, str]
    ) -> None:
        for person in spec.people:
            row = session.scalar(select(Person).where(Person.login == person.login))
            if row is None:
                row = Person(id=self.new_id(), organisation_id=organisation.id, login=person.login)
                session.add(row)
            row.full_name, row.active = person.name, person.active
            session.flush()
            session.execute(delete(Role).where(Role.person_id == row.id))
            heads = [("unit_head", units[code]) for code in person.head_of]
            for role, unit_id in [*((role, None) for role in person.roles), *heads]:
                session.add(
                    Role(
                        id=self.new_id(), organisation_id=organisation.id, person_id=row.id,
                        unit_id=unit_id, role=role,
                    )
                )  # fmt: skip
            for signing in person.signs:
                self._signatory(session, row, signing.capacity, signing.title, signing.valid_from)
            session.flush()

    def _signatory(
        self, session: Session, person: Person, capacity: str, title: str, valid_from: object
    ) -> None:
        row = session.scalar(
            select(Signatory).where(
                Signatory.person_id == person.id,
                Signatory.capacity == capacity,
                Signatory.title == title,
            )
        )
        if row is None:
            session.add(
                Signatory(
                    id=self.new_id(), organisation_id=person.organisation_id, person_id=person.id,
                    capacity=capacity, title=title, valid_from=valid_from,
                )
            )  # fmt: skip

    def _series_of(self, session: Session, organisation: Organisation, spec: OrganisationSpec) -> None:
        for series in spec.series:
            row = session.scalar(
                select(Series).where(Series.organisation_id == organisation.id, Series.code == series.code)
            )
            if row is None:
                row = Series(
                    id=self.new_id(), organisation_id=organisation.id, code=series.code, start=series.start
                )
                session.add(row)
            row.symbols, row.width = series.symbols, series.width

    def set_images(self, organisation_code: str, seal: str | None, people: dict[str, str]) -> None:
        """Which images (digests in the vault) the seal and the handwritten signatures have."""
        with self.writing() as session:
            row = session.scalar(select(Organisation).where(Organisation.code == organisation_code))
            if row is None:
                raise NotFound("ledger.organisation_unknown", id=organisation_code)
            row.seal_image = seal or row.seal_image
            for login, digest in people.items():
                person = session.scalar(select(Person).where(Person.login == login))
                if person is not None:
                    person.signature_image = digest
            self.record(session, row.id, "images.set", digests=[d for d in (seal, *people.values()) if d])


def key_fact(row: Key) -> KeyFact:
    """A key's row as a fact."""
    return KeyFact(
        id=row.id, organisation_id=row.organisation_id, person_id=row.person_id,
        fingerprint=row.fingerprint, certificate=row.certificate,
        chain=tuple(base64.b64decode(item) for item in row.chain), not_before=row.not_before,
        not_after=row.not_after, for_test=row.for_test,
    )  # fmt: skip


def _name_on(session: Session, organisation_id: str, on: object) -> str:
    rows = session.scalars(
        select(OrganisationName)
        .where(OrganisationName.organisation_id == organisation_id, OrganisationName.valid_from <= on)
        .order_by(OrganisationName.valid_from)
    ).all()
    return rows[-1].name if rows else ""


def _person_fact(session: Session, row: Person) -> PersonFact:
    roles = session.execute(select(Role.role, Role.unit_id).where(Role.person_id == row.id)).all()
    return PersonFact(
        id=row.id, organisation_id=row.organisation_id, login=row.login, full_name=row.full_name,
        password_hash=row.password_hash, active=row.active,
        roles=frozenset((role, unit_id) for role, unit_id in roles),
        signature_image=row.signature_image, failed_sign_ins=row.failed_sign_ins,
        locked_until=row.locked_until,
    )  # fmt: skip
