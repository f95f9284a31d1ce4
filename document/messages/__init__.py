"""The one message catalogue: every sentence a person reads, Vietnamese first, English second.

The texts stand in the TOML files of this folder, one per area. An entry is a table::

    [intake.not_pdf]
    vi = "Tệp không phải PDF hoặc DOCX."
    en = "The file is neither a PDF nor a DOCX."
    fix_vi = "…"  # optional: what to do
    fix_en = "…"

Blanks are `{name}` (str.format). A code is `area.name`; it is unique over all files.
"""

import tomllib
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Final

from document.clock import shown
from document.stages import Stage

LANGUAGES: Final = ("vi", "en")
Entry = dict[str, str]


@cache
def catalogue() -> dict[str, Entry]:
    """Every entry by its code; `ValueError` on a code that stands twice or lacks a language."""
    found: dict[str, Entry] = {}
    for file in sorted(files(__package__).iterdir(), key=lambda item: item.name):
        if not file.name.endswith(".toml"):
            continue
        for area, entries in tomllib.loads(file.read_text(encoding="utf-8")).items():
            for name, entry in entries.items():
                code = f"{area}.{name}"
                if code in found or not {"vi", "en"} <= entry.keys():
                    raise ValueError(f"{file.name}: {code} stands twice or lacks a language")
                found[code] = entry
    return found


def text(code: str, lang: str = "vi", /, **params: object) -> str:
    """The sentence of `code` in `lang`, its blanks filled. `KeyError` on an unknown code."""
    return catalogue()[code][lang].format(**_readable(params, lang))


def fix(code: str, lang: str = "vi", /, **params: object) -> str:
    """What to do about `code`, or an empty string."""
    return catalogue()[code].get(f"fix_{lang}", "").format(**_readable(params, lang))


def _readable(params: dict[str, object], lang: str) -> dict[str, object]:
    """Stages by their wording, times as people here write them."""

    def one(value: object) -> object:
        if isinstance(value, Stage):
            return catalogue()[f"stage.{value.value}"][lang]
        if isinstance(value, datetime):
            return shown(value)
        return value.strftime("%d/%m/%Y") if isinstance(value, date) else value

    return {name: one(value) for name, value in params.items()}
