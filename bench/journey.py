"""How long documents took from being taken in to their issue, as a site's own record tells it.

`python -m bench.journey SITE` prints one line per issued document and the median. It measures nothing
itself and changes nothing: the seconds lie between events, so they are whole.
"""

import statistics
import sys
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

from document.facts import DocumentFact, EventFact
from document.ledger import Ledger, connect
from document.settings import load
from document.stages import Stage

STEPS: Final = (
    ("document.received", "read"),
    ("document.prepared", "prepared"),
    ("document.signed", "signed"),
    ("document.numbered", "numbered"),
    ("document.sealed", "sealed"),
    ("document.verified", "verified"),
    ("document.issued", "issued"),
)
"""Events that end a step, with the word above their column."""


def durations(events: list[EventFact]) -> list[float]:
    """Seconds from each step's event to the next; the first number is the whole way."""
    last: dict[str, datetime] = {event.act: event.at for event in events}
    times = [last[act] for act, _ in STEPS]
    return [(later - earlier).total_seconds() for earlier, later in [(times[0], times[-1]), *pairwise(times)]]


def table(found: list[tuple[DocumentFact, list[float]]]) -> list[str]:
    """The lines that are printed."""
    names = ["whole way", *(f"to {word}" for _, word in STEPS[1:])]
    rows = [(document.stem, seconds) for document, seconds in found]
    rows.append(("median", [statistics.median(column) for column in zip(*(s for _, s in rows), strict=True)]))
    head = f"{'document':<20}" + "".join(f"{name:>13}" for name in names)
    return [head, *(f"{stem:<20}" + "".join(f"{one:>11.0f} s" for one in seconds) for stem, seconds in rows)]


def main(root: Path) -> int:
    """Print the table of the site at `root`; 1 when nothing was issued there."""
    ledger = Ledger(connect(load(root).database_url))
    found = [(d, durations(ledger.history(d.id))) for d in ledger.documents(None, {Stage.ISSUED})]
    ledger.engine.dispose()
    if not found:
        print("nothing was issued here")
        return 1
    print("\n".join(table(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "var/demo")))
