"""How names and titles on a page are compared with those on record."""

import re
import unicodedata
from typing import Final

_TONE: Final = "[\u0300\u0301\u0303\u0309\u0323]"
_TONE_FIRST: Final = re.compile(f"(?<=o)({_TONE})([ae])|(?<=u)({_TONE})(y)")


def comparable(text: str) -> str:
    """NFC, case-folded, single spaces, and the tone of `oa`, `oe`, `uy` always on the second letter.

    `ủy` and `uỷ`, `Hòa` and `Hoà` are two ways to write one word, both in use; every other tone counts.
    """
    apart = unicodedata.normalize("NFD", text.casefold())
    return " ".join(unicodedata.normalize("NFC", _TONE_FIRST.sub(r"\2\4\1\3", apart)).split())
