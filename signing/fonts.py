"""A font that looks like the text around it and has every Vietnamese letter.

Order: the paths of the setting; Times New Roman; Liberation Serif 2; Tinos; the package
font-source-serif-pro, so that an installation without system fonts works too. A name says little: Debian's
Liberation 1.07 lacks 88 of the letters, so every candidate's character map is checked.
"""

import unicodedata
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from fontTools.ttLib import TTFont, TTLibError

from document.errors import Misconfigured

_VOWELS: Final = "aăâeêioôơuưy"
_TONES: Final = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
VIETNAMESE: Final = frozenset(
    letter
    for vowel in _VOWELS
    for tone in _TONES
    for form in (unicodedata.normalize("NFC", vowel + tone),)
    for letter in (form, form.upper())
) | frozenset("đĐ")
"""Every letter with a mark, and the plain vowels, in both cases."""
PLAIN: Final = frozenset(map(chr, range(0x20, 0x7F)))
PRINTABLE: Final = PLAIN | VIETNAMESE

FOLDERS: Final = tuple(
    Path(folder)
    for folder in (
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/Library/Fonts",
        "/System/Library/Fonts/Supplemental",
        "C:/Windows/Fonts",
    )
)
# Files of one family: regular, bold, italic, bold italic.
KNOWN: Final = (
    ("Times_New_Roman.ttf", "Times_New_Roman_Bold.ttf", "Times_New_Roman_Italic.ttf",
     "Times_New_Roman_Bold_Italic.ttf"),
    ("Times New Roman.ttf", "Times New Roman Bold.ttf", "Times New Roman Italic.ttf",
     "Times New Roman Bold Italic.ttf"),
    ("times.ttf", "timesbd.ttf", "timesi.ttf", "timesbi.ttf"),
    ("LiberationSerif-Regular.ttf", "LiberationSerif-Bold.ttf", "LiberationSerif-Italic.ttf",
     "LiberationSerif-BoldItalic.ttf"),
    ("Tinos-Regular.ttf", "Tinos-Bold.ttf", "Tinos-Italic.ttf", "Tinos-BoldItalic.ttf"),
)  # fmt: skip
PACKAGED: Final = ("SourceSerifPro-Regular.ttf", "SourceSerifPro-Bold.ttf", "SourceSerifPro-It.ttf",
                   "SourceSerifPro-BoldIt.ttf")  # fmt: skip


@dataclass(frozen=True)
class Face:
    """One font file: its advances, and where it lies."""

    path: Path
    units: int
    advances: dict[str, int] = field(repr=False, compare=False)

    def width(self, text: str, size: float) -> float:
        """The width of `text` in points at `size` points. `KeyError` on a letter that is not there."""
        return sum(self.advances[letter] for letter in text) * size / self.units


@dataclass(frozen=True)
class Family:
    """The four faces of one family."""

    regular: Face
    bold: Face
    italic: Face
    bold_italic: Face

    def face(self, *, bold: bool = False, italic: bool = False) -> Face:
        """The face for this weight and slope."""
        if bold:
            return self.bold_italic if italic else self.bold
        return self.italic if italic else self.regular


@cache
def family(order: tuple[str, ...] = ()) -> Family:
    """The first complete family: four TrueType files, the upright ones with every Vietnamese letter.

    Of the sloped ones only digits are ever written (day, month, year): plain letters are enough there.

    `order`: paths of regular files (the setting `fonts.order`); the other three are looked for beside
    each by the known names. Raises `Misconfigured("prepare.no_font")` when not even the package's is whole.
    """
    for paths in (*_from_setting(order), *_on_system(), _packaged()):
        upright = [_face(path, PRINTABLE) for path in paths[:2]]
        sloped = [_face(path, PLAIN) for path in paths[2:]]
        faces = [face for face in (*upright, *sloped) if face]
        if len(faces) == 4:
            return Family(*faces)
    raise Misconfigured("prepare.no_font")


def _from_setting(order: tuple[str, ...]) -> list[list[Path]]:
    """Per configured path the four files: its known sisters, else the one file for all four."""
    found = []
    for item in order:
        regular = Path(item)
        sisters = next((names for names in (*KNOWN, PACKAGED) if regular.name == names[0]), None)
        found.append([regular.with_name(name) for name in sisters] if sisters else [regular] * 4)
    return found


def _on_system() -> list[list[Path]]:
    wanted = {name for names in KNOWN for name in names}
    by_name: dict[str, Path] = {}
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*.ttf")) if folder.is_dir() else ():
            # Liberation 1 and 2 have the same file names: the complete one counts.
            if path.name in wanted and (path.name not in by_name or not _face(by_name[path.name], PRINTABLE)):
                by_name[path.name] = path
    return [[by_name[n] for n in names] for names in KNOWN if all(n in by_name for n in names)]


def _packaged() -> list[Path]:
    folder = Path(str(files("font_source_serif_pro") / "files"))
    return [folder / name for name in PACKAGED]


@cache
def _face(path: Path, letters: frozenset[str]) -> Face | None:
    """The face in `path`, or None when it is no TrueType font with all of `letters`."""
    try:
        with TTFont(path, lazy=True) as font:
            cmap: dict[int, str] = font.getBestCmap() or {}
            if "glyf" not in font or not all(ord(letter) in cmap for letter in letters):
                return None
            metrics: Any = font["hmtx"]
            advances = {chr(code): int(metrics[name][0]) for code, name in cmap.items()}
            return Face(path, int(font["head"].unitsPerEm), advances)
    except (OSError, TTLibError):
        return None
