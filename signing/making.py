"""Plan, prepare and rehearse in one job, so that a stranger's file is taken apart in a child process only."""

from dataclasses import dataclass

from document.page import Reading
from signing.plan import Plan, plan
from signing.prepare import prepare, prepare_attachment
from signing.rehearsal import rehearse
from signing.revision import frames


@dataclass(frozen=True)
class Wanted:
    """Who signs with which image, and the office's seal: known before anything is prepared (point 10)."""

    reading: Reading
    image: bytes | None
    image_size: tuple[int, int] | None
    seal_image: bytes
    seal_mm: float
    widest_number: str
    strict_lock: bool
    font_order: tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """The plan, and the prepared bytes: the main file, then the attachments in the order given."""

    plan: Plan
    files: list[bytes]


def make(main: bytes, attachments: list[bytes], wanted: Wanted) -> Made:
    """Prepare a set and go the whole way in memory with throw-away keys before anyone is asked.

    Raises `Returnable("prepare.…")` with whatever the document itself makes fail.
    """
    planned = plan(
        wanted.reading,
        image_size=wanted.image_size,
        seal_mm=wanted.seal_mm,
        widest_number=wanted.widest_number,
        strict_lock=wanted.strict_lock,
        font_order=wanted.font_order,
        frames=frames(main, _pages(wanted.reading)),
    )
    prepared = prepare(main, planned)
    others = [prepare_attachment(data, n) for n, data in enumerate(attachments, start=1)]
    rehearse(
        prepared,
        others,
        plan=planned,
        image=wanted.image,
        seal_image=wanted.seal_image,
        font_order=wanted.font_order,
    )
    return Made(planned, [prepared, *others])


def _pages(reading: Reading) -> list[int]:
    """The pages on which something will be put."""
    boxes = [reading.signature_area, reading.number.box if reading.number else None]
    return [box.page for box in boxes if box is not None]
