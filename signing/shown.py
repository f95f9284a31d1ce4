"""What a form field shows, beside what it says."""

import unicodedata
from collections.abc import Iterator
from typing import Any, Final

import pikepdf

from signing.form import Form, FormField, visible
from signing.letters import UNKNOWN, Letters
from signing.painted import Text, painted

PASSWORD: Final = 1 << 13
"""Field flag of a value that is shown as asterisks (ISO 32000-2, table 230)."""


def compact(text: str) -> str:
    """Composed and without white space: how a text is cut into pieces on a page says nothing."""
    return "".join(unicodedata.normalize("NFC", text).split())


def looks(field: FormField) -> Iterator[tuple[Any, Any]]:
    """The field's widgets that show something, each with its normal appearance."""
    for part in (field.dictionary, *field.widgets):
        look = part.get("/AP", {}).get("/N")
        if isinstance(look, pikepdf.Stream):
            yield part, look


def text_of(look: Any, letters: Letters) -> str:
    """The text that an appearance paints, in the order of painting, compact; `UNKNOWN` where it is broken."""
    try:
        texts = [one for one in painted(look) if isinstance(one, Text) and one.seen]
    except ValueError:
        return UNKNOWN
    return compact("".join(letters.read(one.codes, one.font) for one in texts))


def differing(form: Form, letters: Letters) -> Iterator[FormField]:
    """Text fields that show another text than their value, or one that cannot be read."""
    for field in form.fields.values():
        value = field.value
        compared = field.kind == "/Tx" and isinstance(value, pikepdf.String) and not field.is_empty
        if not compared or not visible(field) or int(field.dictionary.get("/Ff", 0)) & PASSWORD:
            continue
        if any(text_of(look, letters) != compact(str(value)) for _, look in looks(field)):
            yield field
