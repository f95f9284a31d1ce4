"""An office with all its processes up, to be killed at named points; and people who try again."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import httpx
import pikepdf

from document.facts import DocumentFact
from document.ledger import Ledger, connect
from document.manifest import FileRole
from document.settings import FILE, Site, load
from document.stages import Stage
from document.vault import Vault, digest_of
from niem import demo_people, demo_site
from niem.demo_people import Person
from niem.run import Supervisor

SAMPLES: Final = Path(__file__).parents[2] / "samples"
PATIENCE: Final = 90.0
QUICK: Final = {
    "settle_seconds": "0.2",
    "stuck_seconds": "1.0",
    "quiet_seconds": "0.3",
    "rescan_seconds": "0.2",
    "ask_seconds": "0.05",
    "lease_seconds": "2.0",
}
"""Short timings, so that a death costs seconds."""


@dataclass(frozen=True)
class Unit:
    """A unit's share, and who acts there at each stage."""

    folder: str
    checkers: tuple[str, str]
    leader: str
    clerk: str

    def acting(self, document: DocumentFact) -> tuple[str, ...]:
        """Whose turn it is; nobody's when the machine's."""
        if document.stage is Stage.PREPARED:
            return self.checkers
        if document.stage in (Stage.CHECKED, Stage.APPROVED):
            return (self.leader,)
        if document.stage is Stage.SIGNED or document.needs_pin:
            return (self.clerk,)
        return ()


TONGHOP: Final = Unit("shares/minh-giang/tonghop", ("hop", "thuc"), "thu", "so")
KSTT: Final = Unit("shares/minh-giang/kstt", ("kiem", "thuc"), "mau", "so")
KINHTE: Final = Unit("shares/tan-mau/kinhte", ("de", "cach"), "hoa", "dau")


@dataclass(frozen=True)
class Sample:
    """A set of files as a unit drops them: suffix of the name and its source."""

    unit: Unit
    files: Mapping[str, str]


NOTICE: Final = Sample(TONGHOP, {".pdf": "TB-ket-luan.pdf"})
LETTER: Final = Sample(KINHTE, {".pdf": "hybrid/CV-bao-cao.hybrid.pdf"})
PLAN: Final = Sample(KINHTE, {".pdf": "KH-07.pdf", ".phu-luc-1.pdf": "KH-07.phu-luc-1.pdf"})
DECISION: Final = Sample(KSTT, {".pdf": "QD-cong-bo-TTHC.pdf", ".xlsx": "QD-cong-bo-TTHC.xlsx"})


@dataclass(frozen=True)
class Dropped:
    """What was dropped once: the stem, and the bytes by name."""

    unit: Unit
    stem: str
    files: Mapping[str, bytes]


@dataclass
class Office:
    """The site with its processes."""

    site: Site
    supervisor: Supervisor
    people: dict[str, Person] = field(default_factory=dict)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(connect(self.site.database_url))

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.site.vault)

    def arm(self, point: str) -> None:
        """The next process that reaches `point` dies there."""
        folder = self.site.root / "faults"
        folder.mkdir(exist_ok=True)
        (folder / point).touch()

    def armed(self) -> list[str]:
        """The points that nobody has reached."""
        folder = self.site.root / "faults"
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []

    def drop(self, sample: Sample, stem: str) -> Dropped:
        """Lay a set into its unit's folder: the sample's files, made different by a comment before the end."""
        files = {
            f"{stem}{suffix}": _another(SAMPLES / source, stem) for suffix, source in sample.files.items()
        }
        for name, data in files.items():
            (self.place(sample.unit, 0) / name).write_bytes(data)
        return Dropped(sample.unit, stem, files)

    def place(self, unit: Unit, index: int) -> Path:
        """One of a unit's four folders, in their order."""
        names = ("1. Trình ký", "2. Đang xử lý", "3. Đã phát hành", "4. Trả lại")
        return self.site.root / unit.folder / names[index]

    def documents(self, stem: str) -> list[DocumentFact]:
        """Every document of that stem, at whatever stage."""
        return [d for d in self.ledger.documents(None, set(Stage)) if d.stem == stem]

    def document(self, stem: str) -> DocumentFact:
        """The one document of that stem."""
        (found,) = self.documents(stem)
        return found

    def until(self, what: Callable[[], bool], message: str, seconds: float = PATIENCE) -> None:
        """Wait; everybody's patience has an end."""
        end = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < end, message
            time.sleep(0.05)

    def until_stage(self, dropped: Dropped, *stages: Stage) -> DocumentFact:
        """Everybody does their part until the document stands at one of `stages`."""
        found: list[DocumentFact] = []

        def there() -> bool:
            found[:] = self.documents(dropped.stem)
            if not found or found[0].stage in stages:
                return bool(found)
            assert found[0].stage not in (Stage.HELD, Stage.RETURNED), found[0].reason
            for login in dropped.unit.acting(found[0]):
                self.work(login)
            return False

        self.until(there, f"{dropped.stem}: {stages}")
        return found[0]

    def work(self, login: str) -> None:
        """Somebody does what waits for them; a desk that dies or a key process that is away is no news."""
        try:
            if login not in self.people:
                client = httpx.Client(base_url=demo_people._desk(self.site), timeout=60)
                self.people[login] = Person(client, login, clerk=login in ("so", "dau"))
            self.people[login].work()
        except httpx.TransportError:
            return
        except httpx.HTTPStatusError as error:
            if error.response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                raise

    def pid(self, process: str) -> int:
        """The process's id; waits for one that is being started."""
        self.until(lambda: process in self.supervisor.pids(), process)
        return self.supervisor.pids()[process]

    def until_reborn(self, process: str, before: int) -> None:
        """Until another process stands in for the one that died."""
        self.until(lambda: self.supervisor.pids().get(process, before) != before, f"{process} again")

    def issued_once(self, dropped: Dropped) -> DocumentFact:
        """Assert the end state that every document must reach, whatever died on its way."""
        document = self.document(dropped.stem)
        assert document.stage is Stage.ISSUED
        assert document.register is not None
        of_it = [r for r in self._register(document) if r.document_id == document.id]
        assert [r.number_symbol for r in of_it] == [document.register.number_symbol]
        acts = [event.act for event in self.ledger.history(document.id)]
        for once in ("received", "prepared", "approved", "signed", "numbered", "sealed", "verified", "issued"):
            assert acts.count(f"document.{once}") == 1, acts
        self._bytes_are_safe(document, dropped)
        self._delivered_once(document, dropped.unit)
        for emptied in (0, 1, 3):
            assert list(self.place(dropped.unit, emptied).iterdir()) == []
        assert self.armed() == []
        return document

    def _register(self, document: DocumentFact) -> list[object]:
        assert document.register is not None
        return list(self.ledger.register(document.organisation_id, document.register.year))

    def _bytes_are_safe(self, document: DocumentFact, dropped: Dropped) -> None:
        assert {f.name: self.vault.get(f.digest) for f in document.files} == dropped.files
        kinds = [(v.kind, v.ordinal) for v in document.versions]
        assert len(kinds) == len(set(kinds))

    def _delivered_once(self, document: DocumentFact, unit: Unit) -> None:
        """Each issued file lies there once, with one signature of each layer that it must have."""
        lying = [digest_of(path.read_bytes()) for path in self.place(unit, 2).glob("*.pdf")]
        for file in document.files:
            if file.role not in (FileRole.MAIN, FileRole.ATTACHMENT):
                continue
            digest = document.version("sealed", file.ordinal) or ""
            assert lying.count(digest) == 1
            with pikepdf.open(self.vault.path(digest)) as pdf:
                signed = [str(f.T) for f in pdf.Root.AcroForm.Fields if f.get("/FT") == "/Sig" and "/V" in f]
            assert signed == (["Niem_Ky_1", "Niem_Dau"] if file.role is FileRole.MAIN else ["Niem_Dau"])
            receipts = [t for t in self.place(unit, 2).glob("*.txt") if digest in t.read_text("utf-8-sig")]
            assert len(receipts) == 1


def _another(source: Path, mark: str) -> bytes:
    """The same file with other bytes: another text of the same letter, as far as a digest can tell."""
    data = source.read_bytes()
    if source.suffix != ".pdf":
        return data
    body, end, tail = data.rpartition(b"startxref")
    return body + f"% {mark}\n".encode() + end + tail


def quick_site(root: Path) -> Site:
    """A demo site on free ports, with short timings."""
    demo_site.build(root, ports=(0, 0, 0))
    text = (root / FILE).read_text(encoding="utf-8")
    for name, value in QUICK.items():
        text, count = re.subn(rf"(?m)^{name} = [\d.]+", f"{name} = {value}", text)
        assert count == 1, name
    (root / FILE).write_text(text, encoding="utf-8")
    return load(root)


@contextmanager
def office(root: Path) -> Iterator[Office]:
    """A site with all its processes, and nobody signed in yet; all end with the block."""
    site = quick_site(root)
    stop = threading.Event()
    services = {"services": demo_site.services_command(site)}
    supervisor = Supervisor(site, extra=services, steady_seconds=0.0)
    thread = threading.Thread(target=supervisor.run, args=[stop], name="supervisor")
    thread.start()
    with ExitStack() as stack:
        stack.callback(thread.join)
        stack.callback(stop.set)
        demo_people.wait_until_up(site)
        made = Office(site, supervisor)
        stack.callback(lambda: made.ledger.engine.dispose())
        yield made
        for person in made.people.values():
            with suppress(httpx.HTTPError):
                person.client.close()
