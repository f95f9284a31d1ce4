"""Names of dropped files: what belongs together, what is ignored, and how a name makes room for another.

Names are compared in NFC: macOS and some scanners write the same letters as NFD. On disk a file keeps the
name it came with.
"""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

CUT_BYTES: Final = 200
"""A file system allows 255 bytes; a name is cut to this before a suffix is added."""
ZIPPED: Final = frozenset({".docx", ".xlsx"})
"""Formats that are archives inside, and end like one."""

_PART = re.compile(r"\.(?:phu[-_ ]?luc|pl)(?=[-_ .\d]|$)", re.IGNORECASE)
_IGNORED = re.compile(
    r"^\.|^~\$|^\$|^Thumbs\.db$|^desktop\.ini$|^\.?smbdelete|\.(?:tmp|part|crdownload|download|partial)$",
    re.IGNORECASE,
)
_BASE_LETTER: Final = {"đ": "d", "Đ": "D"}


def nfc(text: str) -> str:
    """The composed form: the one in which names are compared."""
    return unicodedata.normalize("NFC", text)


def ignored(name: str) -> bool:
    """Lock files of office programs, unfinished downloads, hidden and system files."""
    return bool(_IGNORED.search(name))


@dataclass(frozen=True)
class Parts:
    """`KH-07.phu-luc-1.pdf` is the stem `KH-07`, the part `.phu-luc-1` and the extension `.pdf`."""

    stem: str
    part: str
    extension: str

    @property
    def key(self) -> str:
        """What names of one set have in common."""
        return nfc(self.stem).casefold()

    @property
    def part_key(self) -> str:
        """What the PDF and the DOCX of one appendix have in common."""
        return nfc(self.part).casefold()


def parts(name: str) -> Parts:
    """Take a name apart; the text of the three parts together is `name` in NFC."""
    whole = nfc(name)
    extension = PurePath(whole).suffix
    rest = whole.removesuffix(extension)
    found = _PART.search(_without_marks(rest), 1)
    cut = found.start() if found else len(rest)
    return Parts(rest[:cut], rest[cut:], extension)


def _without_marks(text: str) -> str:
    """The same number of letters, without diacritics: `phụ-lục` is understood like `phu-luc`."""
    return "".join(_BASE_LETTER.get(c) or unicodedata.normalize("NFD", c)[0] for c in text)


def natural(name: str) -> list[tuple[int, int, str]]:
    """A sorting key in which `phụ-lục-2` comes before `phu-luc-10`."""
    pieces = re.split(r"(\d+)", _without_marks(nfc(name)).casefold())
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in pieces if p]


def cut(text: str, most: int = CUT_BYTES) -> str:
    """`text` cut to `most` bytes of UTF-8, never inside a letter."""
    data = text.encode()
    return text if len(data) <= most else data[:most].decode(errors="ignore").rstrip()


def numbered(name: str, count: int) -> str:
    """The `count`-th name that a file may take: `name` itself, then `KH-07 (2).pdf`, `KH-07 (3).pdf` ...

    The number follows the stem, so that the files of a set still belong together. The first name is
    the given one, byte by byte, also where it is NFD.
    """
    if count == 1:
        return name
    p = parts(name)
    tail = f" ({count}){p.part}{p.extension}"
    return cut(p.stem, max(1, CUT_BYTES - len(f"{p.part}{p.extension}".encode()))) + tail
