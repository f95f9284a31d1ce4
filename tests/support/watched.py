"""A real office in a temporary folder: ledger, vault, children, and two units' folders."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import text

from document.clock import SetClock
from document.errors import Returnable
from document.facts import DocumentFact, FolderFact
from document.ledger import Ledger
from document.office_file import (
    NameSpec,
    OfficeSpec,
    OrganisationSpec,
    PersonSpec,
    SeriesSpec,
    SignsSpec,
    UnitSpec,
)
from document.stages import Stage
from document.vault import Vault
from watch_folders.claim import Content
from watch_folders.drop import Drop, FileSet, Times
from watch_folders.folders import Places, places
from watch_folders.intake import Intake
from watch_folders.receipts import REASON
from watch_folders.watch import Poll, Watcher, WatchRules

QUICK = Times(settle=0.1, stuck=0.6, quiet=0.15)


@dataclass
class Hand:
    """Seconds that go on when told to."""

    at: float = 100.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Office:
    """What the tests handle; `folder` is the province's, `other` the commune's."""

    root: Path
    ledger: Ledger
    intake: Intake
    folder: FolderFact
    other: FolderFact
    watchers: list[Watcher] = field(default_factory=list)

    @property
    def places(self) -> Places:
        return places(self.folder)

    @property
    def vault(self) -> Vault:
        return self.intake.vault

    def drop(self, name: str, data: bytes) -> Path:
        """Put a file into the province's drop folder."""
        target = self.places.drop / name
        target.write_bytes(data)
        return target

    def at_rest(self) -> FileSet:
        """The one set that lies in the drop folder, known to be at rest."""
        hand = Hand()
        drop = Drop(self.places.drop, Times(), self.intake.limits.max_bytes, hand)
        for _ in range(4):
            found = drop.ready()
            hand.at += 61
        (only,) = found
        return only

    def watcher(self, *, lock_file: Path | None = None, poll: Poll = "always") -> Watcher:
        """A watcher that waits tenths of seconds where the office waits seconds."""
        made = Watcher(self.intake, WatchRules(QUICK, rescan_seconds=0.1, poll=poll), lock_file=lock_file)
        self.watchers.append(made)
        return made

    def with_intake(self, **changes: object) -> "Office":
        """The same office with other parts in its intake."""
        return replace(self, intake=replace(self.intake, **changes))  # type: ignore[arg-type]

    def documents(self, *stages: Stage) -> list[DocumentFact]:
        """Documents at these stages, or all."""
        return self.ledger.documents(None, set(stages or Stage))

    def acts(self) -> list[str]:
        """The chained record of everything that happened, in order."""
        with self.ledger.reading() as session:
            return list(session.scalars(text("SELECT act FROM events ORDER BY at, seq")))

    def reason(self) -> str:
        """The one reason file in the returned folder."""
        (only,) = [p for p in self.places.returned.iterdir() if p.name.endswith(REASON)]
        return only.read_bytes().decode("utf-8-sig")


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


def until(true: Callable[[], bool], watcher: Watcher, seconds: float = 30) -> None:
    """Look again and again until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        watcher.look()
        watcher.drain()
        time.sleep(0.03)


def content(name: str, data: bytes = b"x") -> Content:
    """A file of a set, for what does not touch the disk."""
    return Content(Path(name), name, len(data), "0" * 64, data)


def refuse_all(data: bytes, name: str) -> None:
    """A check of data files that finds a fault."""
    raise Returnable("intake.data_appendix", name=f"{name}: {len(data)}")


def kill_oneself(data: bytes, name: str) -> None:
    """A reader that a file kills."""
    os.kill(os.getpid(), signal.SIGKILL)


def office_spec(root: Path) -> OfficeSpec:
    """The province with one unit and two signatories, and the commune with one."""
    kstt = UnitSpec(code="kstt", name="Phòng Kiểm soát thủ tục hành chính", folder=str(root / "KSTT"))
    economy = UnitSpec(code="kinhte", name="Phòng Kinh tế", folder=str(root / "Kinh tế"))
    mau = SignsSpec(capacity="KT. CHỦ TỊCH", title="PHÓ CHỦ TỊCH")
    thu = SignsSpec(capacity="TL. CHỦ TỊCH", title="CHÁNH VĂN PHÒNG")
    hoa = SignsSpec(capacity="TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH", title="PHÓ CHỦ TỊCH")
    signers = [("mau", "Trần Văn Mẫu", mau), ("thu", "Phạm Văn Thử", thu)]
    return OfficeSpec(
        organisations=[
            _body("minh-giang", "TỈNH MINH GIANG", kstt, signers),
            _body("tan-mau", "XÃ TÂN MẪU", economy, [("hoa", "Lê Thị Minh Họa", hoa)]),
        ]
    )


def _body(
    code: str, name: str, unit: UnitSpec, signers: list[tuple[str, str, SignsSpec]]
) -> OrganisationSpec:
    return OrganisationSpec(
        code=code,
        level="province" if "TỈNH" in name else "commune",
        place=name.split(" ", 1)[1].title(),
        names=[NameSpec(name=f"ỦY BAN NHÂN DÂN {name}", valid_from=SetClock().at.date().replace(year=2020))],
        units=[unit],
        people=[
            PersonSpec(login=login, name=full, roles=["leader"], signs=[signs])
            for login, full, signs in signers
        ],
        series=[SeriesSpec(code="chung", symbols=["*"])],
    )
