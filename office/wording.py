"""Parameters of messages, made readable."""

from collections.abc import Mapping
from datetime import datetime

from document import messages
from document.clock import shown
from document.stages import Stage


def in_words(params: Mapping[str, object], lang: str) -> dict[str, object]:
    """`params` with a stage named as people know it, and a time as people here write it."""
    found = dict(params)
    stage = found.get("stage")
    if isinstance(stage, str) and stage in set(Stage):
        found["stage"] = messages.text(f"stage.{stage}", lang)
    return {name: shown(value) if isinstance(value, datetime) else value for name, value in found.items()}
