"""What units drop in the tests that play the whole office, and whose turn it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from document.facts import DocumentFact
from document.stages import Stage

SAMPLES: Final = Path(__file__).parents[2] / "samples"


@dataclass(frozen=True)
class Unit:
    """A unit's share, and who acts there at each stage."""

    folder: str
    checkers: tuple[str, str]
    leader: str
    clerk: str

    def acting(self, document: DocumentFact) -> tuple[str, ...]:
        """Whose turn it is; nobody's when the machine's."""
        if document.stage is Stage.PREPARED:
            return self.checkers
        if document.stage in (Stage.CHECKED, Stage.APPROVED):
            return (self.leader,)
        if document.stage is Stage.SIGNED or document.needs_pin:
            return (self.clerk,)
        return ()


TONGHOP: Final = Unit("shares/minh-giang/tonghop", ("hop", "thuc"), "thu", "so")
KSTT: Final = Unit("shares/minh-giang/kstt", ("kiem", "thuc"), "mau", "so")
KINHTE: Final = Unit("shares/tan-mau/kinhte", ("de", "cach"), "hoa", "dau")


@dataclass(frozen=True)
class Sample:
    """A set of files as a unit drops them: suffix of the name and its source."""

    unit: Unit
    files: Mapping[str, str]

    def made_for(self, stem: str) -> dict[str, bytes]:
        """The files under that stem, made different by a comment before their end."""
        return {f"{stem}{suffix}": _another(SAMPLES / source, stem) for suffix, source in self.files.items()}


NOTICE: Final = Sample(TONGHOP, {".pdf": "TB-ket-luan.pdf"})
LETTER: Final = Sample(KINHTE, {".pdf": "hybrid/CV-bao-cao.hybrid.pdf"})
PLAN: Final = Sample(KINHTE, {".pdf": "KH-07.pdf", ".phu-luc-1.pdf": "KH-07.phu-luc-1.pdf"})
DECISION: Final = Sample(KSTT, {".pdf": "QD-cong-bo-TTHC.pdf", ".xlsx": "QD-cong-bo-TTHC.xlsx"})


@dataclass(frozen=True)
class Dropped:
    """What was dropped once: the stem, and the bytes by name."""

    unit: Unit
    stem: str
    files: Mapping[str, bytes]


def _another(source: Path, mark: str) -> bytes:
    """The same file with other bytes: another text of the same letter, as far as a digest can tell."""
    data = source.read_bytes()
    if source.suffix != ".pdf":
        return data
    body, end, tail = data.rpartition(b"startxref")
    return body + f"% {mark}\n".encode() + end + tail
