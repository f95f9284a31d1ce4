"""A real ledger with issued decisions in it, without the long way there: their rows are put at `verified`
and the ledger issues them. The way itself is walked by the journey test.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from document.clock import SetClock
from document.facts import DocumentFact, FolderFact, NewProcedure
from document.ledger import Ledger
from document.manifest import FileRole
from document.office_file import NameSpec, OfficeSpec, OrganisationSpec, PersonSpec, SeriesSpec, UnitSpec
from document.page import Reading
from document.stages import Stage
from document.tables import (
    Base,
    Document,
    DocumentFile,
    Folder,
    Organisation,
    Person,
    RegisterEntry,
    Series,
    VerdictRecord,
    Version,
)
from document.vault import Vault, digest_of
from publisher.procedures import check
from signing.evidence import reason

SAMPLES = Path(__file__).parents[2] / "samples"
SUBJECT = "Công bố thủ tục hành chính mới ban hành, sửa đổi, bổ sung"


@cache
def sample_procedures() -> list[NewProcedure]:
    """The six procedures of the sample decision."""
    name = "QD-cong-bo-TTHC.xlsx"
    return check((SAMPLES / name).read_bytes(), name)


def good_verdict(signer: str, organisation: str, at: str = "2030-06-14T09:30:15+07:00") -> dict[str, Any]:
    """A verdict as `niem verify --json` prints it, with what must not reach the public."""
    common = {"signing_time": at, "time_source": "timestamp", "serial": "4711", "integrity": "intact"}
    return {
        "verdict": "valid",
        "integrity": "intact",
        "headline": reason("verdict.valid").as_json(),
        "layers": {"signer": [0], "organisation": [1], "order": "right", "missing": []},
        "signatures": [
            {"layer": "signer", "signer": signer, "organisation": None, **common},
            {"layer": "organisation", "signer": None, "organisation": organisation, **common},
        ],
    }


def stamp_verdict(organisation: str) -> dict[str, Any]:
    """The verdict on a separate attachment: the body's signature alone."""
    both = good_verdict("", organisation)
    return both | {
        "headline": reason("verdict.valid_single").as_json(),
        "signatures": both["signatures"][1:],
    }


@dataclass
class IssuingOffice:
    """Two bodies; `issue` makes one a decision that is issued."""

    engine: Engine
    ledger: Ledger
    vault: Vault
    clock: SetClock
    root: Path
    given: int = 0

    def verified(
        self,
        body: str = "minh-giang",
        on: date = date(2030, 6, 14),
        *,
        subject: str = SUBJECT,
        pdf: bytes | None = None,
        verdict: dict[str, Any] | None = None,
        attachments: tuple[bytes, ...] = (),
    ) -> DocumentFact:
        """A decision of `body` that is numbered, sealed and verified, its files in folder 2.

        `attachments`: sealed bytes of files issued with it.
        """
        self.given += 1
        number = self.given
        sealed = pdf if pdf is not None else b"%%PDF-1.7 decision %d %%%%EOF" % number
        key = f"{number:04d}"
        dropped = f"dropped {number}".encode()
        with self.ledger.writing() as session:
            owner = session.scalars(select(Organisation).where(Organisation.code == body)).one()
            folder = session.scalars(select(Folder).where(Folder.organisation_id == owner.id)).one()
            series = session.scalars(select(Series).where(Series.organisation_id == owner.id)).one()
            clerk = session.scalars(select(Person).where(Person.organisation_id == owner.id)).first()
            assert clerk is not None
            at = datetime(on.year, on.month, on.day, 2, 30, 15, tzinfo=UTC)
            document = Document(
                id=f"doc-{key}", organisation_id=owner.id, folder_id=folder.id, unit_id=folder.unit_id,
                dossier_id=f"doc-{key}", digest=digest_of(dropped), stem="QD-cong-bo-TTHC",
                stage=Stage.VERIFIED.value, reading=Reading(pages=1, sizes=((595, 842),)).as_json(),
                received_at=at, stage_at=at, reason_params={}, plan={}, preparation=1,
            )  # fmt: skip
            session.add(document)
            session.flush()
            session.add_all(
                [
                    DocumentFile(
                        id=f"file-{key}", organisation_id=owner.id, document_id=document.id,
                        role=FileRole.MAIN.value, ordinal=0, name="QD-cong-bo-TTHC.pdf",
                        digest=digest_of(dropped), size=len(dropped),
                    ),
                    RegisterEntry(
                        id=f"reg-{key}", organisation_id=owner.id, document_id=document.id,
                        series_id=series.id, year=on.year, number=number, number_text=f"{number:02d}",
                        symbol="QĐ-UBND", number_symbol=f"{number:02d}/QĐ-UBND", issued_on=on, kind="QĐ",
                        subject=subject, signer="KT. CHỦ TỊCH PHÓ CHỦ TỊCH Trần Văn Mẫu", recipients=[],
                        archive_unit="", clerk_id=clerk.id, at=at,
                    ),
                ]
            )  # fmt: skip
            good = verdict or good_verdict("Trần Văn Mẫu", "ỦY BAN NHÂN DÂN TỈNH MINH GIANG")
            stamped = stamp_verdict("ỦY BAN NHÂN DÂN TỈNH MINH GIANG")
            for ordinal, data in enumerate((sealed, *attachments)):
                session.add_all(
                    [
                        Version(
                            id=f"ver-{key}-{ordinal}", organisation_id=owner.id, document_id=document.id,
                            ordinal=ordinal, preparation=1, kind="sealed", digest=self.vault.put(data),
                            size=len(data), at=at,
                        ),
                        VerdictRecord(
                            id=f"verdict-{key}-{ordinal}", organisation_id=owner.id, document_id=document.id,
                            digest=digest_of(data), verdict="valid", at=at, body=stamped if ordinal else good,
                        ),
                    ]
                )  # fmt: skip
            path = Path(folder.path) / folder.names[1]
            path.mkdir(parents=True, exist_ok=True)
            (path / "QD-cong-bo-TTHC.pdf").write_bytes(dropped)
        return self.ledger.document(f"doc-{key}")

    def issue(
        self,
        procedures: list[NewProcedure],
        body: str = "minh-giang",
        on: date = date(2030, 6, 14),
        **more: Any,
    ) -> DocumentFact:
        """A decision of `body` of the day `on` that announces `procedures`, issued."""
        document = self.verified(body, on, **more)
        self.ledger.issued(document.id, procedures)
        return self.ledger.document(document.id)

    def folder(self, document: DocumentFact) -> FolderFact:
        """The folder it was dropped in."""
        return next(one for one in self.ledger.folders() if one.id == document.folder_id)


def issuing_office(engine: Engine, root: Path, clock: SetClock | None = None) -> IssuingOffice:
    """An office in the empty database of `engine`, its folders and vault in `root`."""
    Base.metadata.create_all(engine)
    hand = clock or SetClock()
    ledger = Ledger(engine, hand)
    bodies = [
        ("minh-giang", "province", "Minh Giang", "ỦY BAN NHÂN DÂN TỈNH MINH GIANG", "so", "Vũ Thị Sổ"),
        ("tan-mau", "commune", "Tân Mẫu", "ỦY BAN NHÂN DÂN XÃ TÂN MẪU", "dau", "Đặng Văn Dấu"),
    ]
    ledger.apply_office(
        OfficeSpec.model_validate(
            {
                "organisations": [
                    OrganisationSpec(
                        code=code,
                        level="province" if level == "province" else "commune",
                        place=place,
                        may_decide_procedures=level == "province",
                        names=[NameSpec(name=name, valid_from=date(2020, 1, 1))],
                        units=[UnitSpec(code="kstt", name="Phòng", folder=str(root / place))],
                        people=[PersonSpec(login=login, name=person, roles=["clerk"])],
                        series=[SeriesSpec(code="chung", symbols=["*"])],
                    )
                    for code, level, place, name, login, person in bodies
                ]
            }
        )
    )
    return IssuingOffice(engine, ledger, Vault(root / "vault"), hand, root)
