"""A whole office in a folder: test certificates, people, samples; and four documents going the lawful way.

The demo plays staff, unit heads, form checkers, leaders and clerks through the folders and the HTTP that
people use; it reaches into nothing else to move a document.
"""

import shutil
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from document import messages
from document.errors import BadInput, Conflict
from document.facts import DocumentFact
from document.settings import FILE, Site, load
from document.stages import Stage
from niem import demo_people, demo_site
from niem.demo_show import Show
from niem.held import ledger_of
from niem.run import Supervisor, stop_on_signals

SAMPLES: Final = Path(__file__).parents[1] / "samples"
PATIENCE: Final = 120.0
"""Seconds after which the demo says that something is stuck."""


@dataclass(frozen=True)
class Drop:
    """What a unit's staff drops: files by the name they get in the folder."""

    folder: str
    files: dict[str, str]


DROPS: Final = (
    Drop(
        "shares/minh-giang/kstt",
        {"QD-cong-bo-TTHC.pdf": "QD-cong-bo-TTHC.pdf", "QD-cong-bo-TTHC.xlsx": "QD-cong-bo-TTHC.xlsx"},
    ),
    Drop("shares/tan-mau/kinhte", {"CV-bao-cao.pdf": "hybrid/CV-bao-cao.hybrid.pdf"}),
    Drop(
        "shares/tan-mau/kinhte",
        {"KH-07.pdf": "KH-07.pdf", "KH-07.phu-luc-1.pdf": "KH-07.phu-luc-1.pdf"},
    ),
    Drop("shares/minh-giang/tonghop", {"TB-ket-luan.pdf": "TB-ket-luan.pdf"}),
)
DOCUMENTS: Final = len(DROPS)


def play(folder: Path, console: Console, database: str = "", *, any_ports: bool = False) -> int:
    """Build the site, run the main job to its end, and say what to open next; 0 when all is issued."""
    started = time.monotonic()
    _clear(folder)
    with console.status(messages.text("demo.building")):
        site = demo_site.build(folder, database, (0, 0, 0) if any_ports else demo_site.PORTS)
    console.print(messages.text("demo.built", "vi", path=_short(folder)))
    with serving(site), Show(console) as show:
        for drop in DROPS:
            _drop(site, drop)
        done = _play(site, show)
    if not done:
        console.print(messages.text("demo.stuck", "vi", path=_short(folder / "logs")))
        return 1
    demo_site.tell(site, console, DOCUMENTS, time.monotonic() - started)
    demo_site.tell_open(site, console, "demo.open_with")
    return 0


def serve(folder: Path, console: Console) -> int:
    """Serve the site that a demo left, with its TSA, OCSP and CRL, until Ctrl-C."""
    if not (folder / FILE).exists():
        raise BadInput("demo.not_there", path=folder)
    site = load(folder)
    taken = demo_site.taken_ports(site)
    if taken:
        raise Conflict("demo.port_taken", ports=", ".join(map(str, taken)))
    stop = stop_on_signals()
    with serving(site):
        demo_site.tell_open(site, console, "demo.open_now")
        stop.wait()
    return 0


@contextmanager
def serving(site: Site) -> Iterator[Supervisor]:
    """The site's processes and its test services, up until the block ends."""
    demo_site.log_to_file(site)
    stop = threading.Event()
    supervisor = Supervisor(site, extra={"services": demo_site.services_command(site)})
    thread = threading.Thread(target=supervisor.run, args=[stop], name="supervisor")
    thread.start()
    try:
        demo_people.wait_until_up(site)
        yield supervisor
    finally:
        stop.set()
        thread.join()


def _clear(folder: Path) -> None:
    """Remove an earlier demo; never anything else."""
    if not folder.exists():
        return
    try:  # read plainly: the settings of an older version may not be valid any more
        settings = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
        ours = settings["site"]["kind"] == "demo"
    except FileNotFoundError:
        ours = not any(folder.iterdir())
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        ours = False
    if not ours:
        raise BadInput("demo.not_ours", path=folder)
    shutil.rmtree(folder)


def _drop(site: Site, drop: Drop) -> None:
    for name, source in drop.files.items():
        target = site.root / drop.folder / "1. Trình ký" / name
        shutil.copyfile(SAMPLES / source, target)


def _play(site: Site, show: Show) -> bool:
    """Everybody looks at their queue until everything is issued; False when it takes too long."""
    until = time.monotonic() + PATIENCE
    with ledger_of(site) as ledger, demo_people.everybody(site) as people:
        while time.monotonic() < until:
            documents = ledger.documents(None, set(Stage))
            show.update(documents)
            if len(documents) == DOCUMENTS and all(d.stage is Stage.ISSUED for d in documents):
                return demo_people.listing_is_up(site)
            if _stopped(site, documents):
                return False
            for person in people:
                person.work()
            time.sleep(0.1)
    return False


def _stopped(site: Site, documents: list[DocumentFact]) -> bool:
    """Whether anything is held, or came back to its unit's last folder (before or after it was taken in)."""
    back = site.root.glob("shares/*/*/4. Trả lại/*")
    return any(d.stage is Stage.HELD for d in documents) or any(back)


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
