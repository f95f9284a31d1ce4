"""An office with all its processes up, to be killed at named points; and people who try again."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import httpx
import pikepdf

from document.errors import Unavailable
from document.facts import DocumentFact, EventFact, RegisterFact
from document.ledger import Ledger, connect
from document.manifest import FileRole
from document.settings import Site
from document.stages import Stage
from document.vault import Vault, digest_of
from niem import demo_people, demo_site
from niem.demo_people import Person
from niem.run import PROCESSES, Supervisor
from signing.keys.client import KeyClient
from tests.support.quick import quick_site
from tests.support.samples import Dropped, Sample, Unit

PATIENCE: Final = 90.0


@dataclass
class Office:
    """The site with its processes."""

    site: Site
    supervisor: Supervisor
    people: dict[str, Person] = field(default_factory=dict)
    dead: list[int] = field(default_factory=list)
    """Processes that died; each was the leader of a session."""

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(connect(self.site.database_url))

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.site.vault)

    def arm(self, *points: str) -> None:
        """The next process that reaches one of `points` dies there, once for each."""
        folder = self.site.root / "faults"
        folder.mkdir(exist_ok=True)
        for point in points:
            (folder / point).touch()

    def armed(self) -> list[str]:
        """The points that nobody has reached."""
        folder = self.site.root / "faults"
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []

    def drop(self, sample: Sample, stem: str) -> Dropped:
        """Lay a sample into its unit's folder."""
        return self.drop_bytes(sample.unit, stem, sample.made_for(stem))

    def drop_bytes(self, unit: Unit, stem: str, files: Mapping[str, bytes]) -> Dropped:
        """Lay files into a unit's folder."""
        for name, data in files.items():
            (self.place(unit, 0) / name).write_bytes(data)
        return Dropped(unit, stem, files)

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
        self.until(lambda: bool(self.documents(dropped.stem)), f"{dropped.stem}: taken in")
        one = self.document(dropped.stem).id

        def there() -> bool:
            found = self.ledger.document(one)
            if found.stage in stages:
                return True
            assert found.stage not in (Stage.HELD, Stage.RETURNED), found.reason
            for login in dropped.unit.acting(found):
                self.work(login)
            return False

        self.until(there, f"{dropped.stem}: {stages}")
        return self.ledger.document(one)

    def work(self, login: str) -> None:
        """Somebody does what waits for them; a desk that dies or a key process that is away is no news."""
        try:
            self.person(login).work()
        except httpx.TransportError:
            return
        except httpx.HTTPStatusError as error:
            if error.response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                raise

    def until_looked(self, unit: Unit) -> None:
        """Until the watcher has looked at the unit's folder since now: it takes a bait and gives it back."""
        bait = self.drop_bytes(unit, f"moi-{time.monotonic_ns()}", {})
        (self.place(unit, 0) / f"{bait.stem}.pdf").write_bytes(b"")
        self.until(lambda: len(self.lying(bait).get(3, ())) == 2, "the bait comes back")
        for path in self.place(unit, 3).glob(f"{bait.stem}*"):
            path.unlink()

    def person(self, login: str) -> Person:
        """Somebody, signed in."""
        if login not in self.people:
            client = httpx.Client(base_url=demo_people._desk(self.site), timeout=60)
            self.people[login] = Person(client, login, clerk=login in ("so", "dau"))
        return self.people[login]

    def waiting(self, login: str, section: str) -> set[str]:
        """Ids of the documents in a section of somebody's queue."""
        told = self.person(login)._get("/queue")
        return {d["id"] for part in told["sections"] if part["code"] == section for d in part["documents"]}

    def send_back(self, login: str, document: DocumentFact, reason: str) -> None:
        """Somebody returns a document."""
        person = self.person(login)
        told = person._get(f"/documents/{document.id}")
        form = {"csrf": told["csrf"], "shown": told["document"]["shown"], "reason": reason}
        person._post(f"/documents/{document.id}/return", form)

    def pid(self, process: str) -> int:
        """The process's id; waits for one that is being started."""
        self.until(lambda: process in self.supervisor.pids(), process)
        return self.supervisor.pids()[process]

    def until_reborn(self, process: str, before: int) -> None:
        """Until another process stands in for the one that died."""
        self.until(lambda: self.supervisor.pids().get(process, before) != before, f"{process} again")
        self.dead.append(before)

    def until_up(self) -> None:
        """Until the desk, the key process and, where it runs, the public listing answer."""
        addresses = [demo_people._desk(self.site)]
        if "public" in (self.supervisor.names or PROCESSES):
            addresses.append(public(self.site))
        for address in addresses:
            self.until(lambda: demo_people._answers(f"{address}/healthz"), address)  # noqa: B023 (called at once)
        self.until(self._keys_answer, "keys")

    def _keys_answer(self) -> bool:
        try:
            return bool(KeyClient(self.site.socket).status())
        except Unavailable:
            return False

    def kill(self, process: str) -> None:
        """As a power cut would; gives back when another stands in."""
        before = self.pid(process)
        os.kill(before, signal.SIGKILL)
        self.until_reborn(process, before)

    @contextmanager
    def asleep(self, process: str) -> Iterator[None]:
        """The process does nothing inside the block."""
        pid = self.pid(process)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def left_behind(self) -> list[int]:
        """Processes that outlived the one that started them."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                session = int(entry.read_text().rpartition(")")[2].split()[3])
                found += [int(entry.parent.name)] if session in self.dead else []
        return found

    def issued_once(self, dropped: Dropped) -> DocumentFact:
        """Assert the end state that every document must reach, whatever died on its way."""
        document = self.document(dropped.stem)
        assert document.stage is Stage.ISSUED
        assert document.register is not None
        of_it = [r for r in self._register(document) if r.document_id == document.id]
        assert [r.number_symbol for r in of_it] == [document.register.number_symbol]
        acts = [event.act for event in self.history(document)]
        for once in (
            "received",
            "prepared",
            "approved",
            "signed",
            "numbered",
            "sealed",
            "verified",
            "issued",
        ):
            assert acts.count(f"document.{once}") == 1, acts
        self._bytes_are_safe(document, dropped)
        self._delivered_once(document, dropped.unit)
        assert self.lying(dropped) == {}
        assert self.armed() == []
        return document

    def lying(self, dropped: Dropped) -> dict[int, set[str]]:
        """What lies of it in the folders where nothing may be left after issue, by the folder's index."""
        names = {n: {p.name for p in self.place(dropped.unit, n).glob(f"{dropped.stem}*")} for n in (0, 1, 3)}
        return {n: found for n, found in names.items() if found}

    def intents(self, document: DocumentFact) -> dict[str, int]:
        """How often each layer's key was asked for, by the record."""
        written = [e.data["layer"] for e in self.history(document) if e.act == "intent.written"]
        return {layer: written.count(layer) for layer in set(written)}

    def history(self, document: DocumentFact) -> list[EventFact]:
        """The document's events."""
        return self.ledger.history(document.id)

    def _register(self, document: DocumentFact) -> list[RegisterFact]:
        assert document.register is not None
        return self.ledger.register(document.organisation_id, document.register.year)

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


def public(site: Site) -> str:
    """Address of the public listing."""
    return demo_people._public(site)


@contextmanager
def office(root: Path, processes: Sequence[str] = PROCESSES) -> Iterator[Office]:
    """A site with these processes, and nobody signed in yet; all end with the block."""
    site = quick_site(root)
    stop = threading.Event()
    services = {"services": demo_site.services_command(site)}
    supervisor = Supervisor(site, services, processes, steady_seconds=0.0)
    thread = threading.Thread(target=supervisor.run, args=[stop], name="supervisor")
    thread.start()
    with ExitStack() as stack:
        stack.callback(thread.join)
        stack.callback(stop.set)
        made = Office(site, supervisor)
        made.until_up()
        stack.callback(made.ledger.engine.dispose)
        yield made
        for person in made.people.values():
            with suppress(httpx.HTTPError):
                person.client.close()
