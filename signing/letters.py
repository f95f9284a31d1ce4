"""The letters behind the codes that a PDF's fonts are asked to show (ISO 32000-2, 9.10.2).

This is what searching and copying find: a font may draw something else than it says. `UNKNOWN` stands where a
font does not say, and for fonts of the time before Unicode, which call Vietnamese letters by other names.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pikepdf
from fontTools import agl
from fontTools.encodings.StandardEncoding import StandardEncoding

from signing.painted import BROKEN

UNKNOWN: Final = "\ufffd"
_TABLES: Final = {"/WinAnsiEncoding": "cp1252", "/MacRomanEncoding": "mac_roman"}
_LEGACY: Final = (".VN", "VNI-")
"""Names of fonts made for TCVN 5712 and VNI: their letters look Vietnamese and are called otherwise."""


class Letters:
    """Reads text of any font of one document; each font's tables are read once."""

    def __init__(self) -> None:
        self._fonts: dict[tuple[int, int], _Font] = {}

    def read(self, codes: Sequence[bytes], font: Any | None) -> str:
        """The letters of one text operator, composed (NFC)."""
        if not isinstance(font, pikepdf.Dictionary):
            return UNKNOWN * sum(map(len, codes))
        key = font.objgen
        known = self._fonts.get(key) if font.is_indirect else None
        if known is None:
            try:
                known = _Font.of(font)
            except BROKEN:
                known = _Font(1, None, {})
            self._fonts[key] = known
        return unicodedata.normalize("NFC", "".join(known.read(piece) for piece in codes))


@dataclass(frozen=True)
class _Font:
    """`width`: bytes of one code; `table`: letters by code where the font's encoding says them."""

    width: int
    said: "_Said | None"
    table: dict[int, str]

    @classmethod
    def of(cls, font: Any) -> "_Font":
        legacy = str(font.get("/BaseFont", "")).partition("+")[2] or str(font.get("/BaseFont", ""))
        if legacy.lstrip("/").upper().startswith(_LEGACY):
            return cls(1, None, {})
        said = font.get("/ToUnicode")
        composite = font.get("/Subtype") == pikepdf.Name.Type0
        return cls(
            2 if composite else 1,
            _Said.of(said) if isinstance(said, pikepdf.Stream) else None,
            {} if composite else _encoding(font.get("/Encoding")),
        )

    def read(self, codes: bytes) -> str:
        return "".join(map(self._letter, self._split(codes)))

    def _split(self, codes: bytes) -> Iterator[int]:
        for start in range(0, len(codes), self.width):
            yield int.from_bytes(codes[start : start + self.width])

    def _letter(self, code: int) -> str:
        found = self.said.letter(code) if self.said is not None else None
        return self.table.get(code, UNKNOWN) if found is None else found


def _encoding(encoding: Any) -> dict[int, str]:
    """A simple font's letters by code (ISO 32000-2, 9.6.5)."""
    base, differences = encoding, None
    if isinstance(encoding, pikepdf.Dictionary):
        base, differences = encoding.get("/BaseEncoding"), encoding.get("/Differences")
    table = _TABLES.get(str(base))
    if table is None:
        found = {code: agl.toUnicode(name) for code, name in enumerate(StandardEncoding)}
    else:
        found = {code: bytes([code]).decode(table, "ignore") for code in range(256)}
    code = 0
    for item in differences or ():
        if isinstance(item, pikepdf.Name):
            found[code] = agl.toUnicode(str(item)[1:])
            code += 1
        else:
            code = int(item)
    return {code: letter for code, letter in found.items() if letter}


@dataclass(frozen=True)
class _Said:
    """A /ToUnicode map: single codes, and runs (first, last, letters of the first) in their order."""

    codes: dict[int, str]
    runs: list[tuple[int, int, str]]

    @classmethod
    def of(cls, stream: pikepdf.Stream) -> "_Said":
        codes: dict[int, str] = {}
        runs: list[tuple[int, int, str]] = []
        # A CMap is written in the syntax of content streams: operands, then the operator.
        for item in pikepdf.parse_content_stream(stream):
            operands, name = list(item.operands), str(item.operator)
            if name == "endbfchar":
                for code, letters in zip(operands[::2], operands[1::2], strict=False):
                    codes[_code(code)] = _utf16(letters)
            elif name == "endbfrange":
                for first, last, letters in zip(*(operands[at::3] for at in range(3)), strict=False):
                    if isinstance(letters, pikepdf.Array):
                        codes |= {_code(first) + at: _utf16(one) for at, one in enumerate(letters)}
                    else:
                        runs.append((_code(first), _code(last), _utf16(letters)))
        return cls(codes, sorted(runs))

    def letter(self, code: int) -> str | None:
        found = self.codes.get(code)
        if found is not None:
            return found or None  # a letter that is drawn and not said
        at = bisect_right(self.runs, (code, 1 << 40, "")) - 1
        if at < 0 or code > self.runs[at][1] or not self.runs[at][2]:
            return None
        first, _, letters = self.runs[at]
        last = ord(letters[-1]) + code - first
        return letters[:-1] + chr(last) if last <= 0x10FFFF else None


def _code(raw: Any) -> int:
    return int.from_bytes(bytes(raw))


def _utf16(raw: Any) -> str:
    return bytes(raw).decode("utf-16-be", "replace") if isinstance(raw, pikepdf.String) else ""
