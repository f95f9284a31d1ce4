"""What the office file says, written into the record: bodies, units, folders, people, series, images."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from document.clock import local_date
from document.errors import BadInput, NotFound
from document.ledger.basis import BasisActs
from document.office_file import OfficeSpec, OrganisationSpec, SignsSpec, UnitSpec
from document.tables import (
    Folder,
    Organisation,
    OrganisationName,
    Person,
    Role,
    Series,
    Signatory,
    Unit,
)


class OfficeActs(BasisActs):
    """The administrator's acts."""

    def apply_office(self, office: OfficeSpec) -> None:
        """Make the record say what the office file says: adds and changes, never deletes.

        One transaction for the whole file; the event carries ids only. What was prepared on something that
        is now otherwise is prepared again.
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
        self.prepare_again()

    @staticmethod
    def _own(organisation: Organisation, owner: str, what: str) -> None:
        """A login and a folder belong to one organisation, once and for all."""
        if owner != organisation.id:
            raise BadInput("office.taken", what=what)

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
            self._folder(session, organisation, row.id, unit)
        return ids

    def _folder(self, session: Session, organisation: Organisation, unit_id: str, unit: UnitSpec) -> None:
        row = session.scalar(select(Folder).where(Folder.path == unit.folder))
        if row is None:
            row = Folder(id=self.new_id(), organisation_id=organisation.id, path=unit.folder)
            session.add(row)
        self._own(organisation, row.organisation_id, unit.folder)
        row.unit_id, row.names = unit_id, unit.folder_names
        session.flush()

    def _people(
        self, session: Session, organisation: Organisation, spec: OrganisationSpec, units: dict[str, str]
    ) -> None:
        for person in spec.people:
            row = session.scalar(select(Person).where(Person.login == person.login))
            if row is None:
                row = Person(id=self.new_id(), organisation_id=organisation.id, login=person.login)
                session.add(row)
            self._own(organisation, row.organisation_id, person.login)
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
            self._signatories(session, row, person.signs)
            session.flush()

    def _signatories(self, session: Session, person: Person, signs: list[SignsSpec]) -> None:
        """A capacity that the file no longer names ended yesterday; documents that carry it keep it."""
        known = session.scalars(select(Signatory).where(Signatory.person_id == person.id)).all()
        yesterday = local_date(self.clock.now()) - timedelta(days=1)
        named: list[Signatory] = []
        for spec in signs:
            row = next((s for s in known if (s.capacity, s.title) == (spec.capacity, spec.title)), None)
            if row is None:
                row = Signatory(
                    id=self.new_id(), organisation_id=person.organisation_id, person_id=person.id,
                    capacity=spec.capacity, title=spec.title,
                )  # fmt: skip
                session.add(row)
            row.valid_from, row.valid_to = spec.valid_from, spec.valid_to
            named.append(row)
        for row in known:
            if row not in named and (row.valid_to is None or row.valid_to > yesterday):
                row.valid_to = yesterday

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
        self.prepare_again()
