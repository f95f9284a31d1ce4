"""Who signs in, and which keys and certificates stand for whom."""

import base64
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from document.clock import local_date
from document.errors import Conflict
from document.facts import KeyFact, PersonFact, SessionFact
from document.ledger.core import OWNED, LedgerCore
from document.ledger.views import organisation_fact
from document.tables import DeskSession, Key, Organisation, Person, Role


class DirectoryActs(LedgerCore):
    """People, sessions, keys."""

    def person_by_login(self, login: str) -> PersonFact | None:
        """Somebody by the name used to sign in."""
        with self.reading() as session:
            row = session.scalar(select(Person).where(Person.login == login))
            return _person_fact(session, row) if row else None

    def person(self, person_id: str) -> PersonFact:
        """Somebody by id."""
        with self.reading() as session:
            return _person_fact(session, self.one(session, Person, person_id))

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
            row = self.one(session, Person, person_id)
            row.password_hash = password_hash
            session.execute(delete(DeskSession).where(DeskSession.person_id == person_id))
            self.record(session, row.organisation_id, "password.set", actor=person_id)

    def sign_in_failed(self, person_id: str, lock_until: datetime | None) -> None:
        """Count a wrong password; lock the account when asked to."""
        with self.writing() as session:
            row = session.get(Person, person_id, with_for_update=OWNED) or self.one(
                session, Person, person_id
            )
            row.failed_sign_ins += 1
            if lock_until is not None:
                row.locked_until = lock_until
            self.record(
                session, row.organisation_id, "sign_in.failed", actor=person_id, locked=lock_until is not None
            )

    def sign_in_ok(self, person_id: str) -> None:
        """Forget earlier wrong passwords."""
        with self.writing() as session:
            row = self.one(session, Person, person_id)
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
            return key_fact(self.one(session, Key, key_id))

    def all_keys(self) -> list[KeyFact]:
        """Every active key of the site."""
        with self.reading() as session:
            return [key_fact(row) for row in session.scalars(select(Key).where(Key.active))]

    def add_key(self, key: KeyFact, kind: str) -> None:
        """Register a key by its certificate; an older key of the same holder stays usable for checking.

        Raises `Conflict("ledger.key_known")` for a certificate that is registered already.
        """
        with self.writing() as session:
            same = (Key.organisation_id == key.organisation_id, Key.fingerprint == key.fingerprint)
            if session.scalar(select(Key.id).where(*same)) is not None:
                raise Conflict("ledger.key_known", fingerprint=key.fingerprint)
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
                    body = session.get_one(Organisation, row.organisation_id)
                    bodies[row.fingerprint] = organisation_fact(session, body, today).name
        return people, bodies


def key_fact(row: Key) -> KeyFact:
    """A key's row as a fact."""
    return KeyFact(
        id=row.id, organisation_id=row.organisation_id, person_id=row.person_id,
        fingerprint=row.fingerprint, certificate=row.certificate,
        chain=tuple(base64.b64decode(item) for item in row.chain), not_before=row.not_before,
        not_after=row.not_after, for_test=row.for_test,
    )  # fmt: skip


def _person_fact(session: Session, row: Person) -> PersonFact:
    roles = session.execute(select(Role.role, Role.unit_id).where(Role.person_id == row.id)).all()
    return PersonFact(
        id=row.id, organisation_id=row.organisation_id, login=row.login, full_name=row.full_name,
        password_hash=row.password_hash, active=row.active,
        roles=frozenset((role, unit_id) for role, unit_id in roles),
        signature_image=row.signature_image, failed_sign_ins=row.failed_sign_ins,
        locked_until=row.locked_until,
    )  # fmt: skip
