"""Vietnamese without its marks: for search (`dat dai` finds `đất đai`) and for names of files."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """Lower case, `đ` as `d`, no marks: `Đất đai` is `dat dai`."""
    lowered = unicodedata.normalize("NFC", text).lower().replace("đ", "d")
    return "".join(c for c in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(c))


def ascii_letters(text: str) -> str:
    """The same letters in their own case without marks; what has no Latin base letter goes."""
    plain = unicodedata.normalize("NFC", text).replace("đ", "d").replace("Đ", "D")
    return unicodedata.normalize("NFD", plain).encode("ascii", "ignore").decode()


def words(text: str) -> list[str]:
    """The words of `text` in lower case with their marks (NFC), in order; `1.900001` is two."""
    lowered = unicodedata.normalize("NFC", text).lower()
    return _WORD.findall(lowered)
