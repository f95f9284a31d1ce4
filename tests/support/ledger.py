"""A small office on record, on SQLite and on PostgreSQL, and documents brought to any stage.

`pytest_plugins = ["tests.support.postgres", "tests.support.ledger"]` gives the fixture `office`: the test
runs once on each database. Nothing is signed here; the ledger never looks into bytes.
"""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import make_url

from document.clock import SetClock
from document.facts import DocumentFact, FolderFact, IntentFact, PersonFact, RegisterFact
from document.ledger import Ledger, connect, migrate
from document.ledger.work import NewVersion
from document.manifest import FileFact, FileRole
from document.stages import Stage
from document.vault import digest_of
from tests.support.on_paper import REASON, STEM, key, office_spec, reading
from tests.support.postgres import fresh_database


@dataclass
class Office:
    """The record, a clock to set, and documents at any stage."""

    url: str
    clock: SetClock
    ledger: Ledger
    _opened: list[Ledger] = field(default_factory=list)
    _made: int = 0

    def again(self) -> Ledger:
        """The same record through a new connection, as another process has it."""
        other = Ledger(connect(self.url), self.clock)
        self._opened.append(other)
        return other

    def close(self) -> None:
        """Let go of every connection."""
        for ledger in (self.ledger, *self._opened):
            ledger.engine.dispose()

    def folder(self, unit: str = "kstt") -> FolderFact:
        """The watched folder of a unit."""
        return next(f for f in self.ledger.folders() if f.path.endswith(f"/{unit}"))

    @property
    def organisation(self) -> str:
        """The province."""
        return self.person("so").organisation_id

    def person(self, login: str) -> PersonFact:
        """Somebody by login."""
        found = self.ledger.person_by_login(login)
        assert found is not None
        return found

    def id_of(self, login: str) -> str:
        """Somebody's id."""
        return self.person(login).id

    def document(self, document_id: str) -> DocumentFact:
        """As it stands now."""
        return self.ledger.document(document_id)

    def files(self, attachments: int = 0) -> list[FileFact]:
        """A new set of files."""
        self._made += 1
        stem = f"{STEM} {self._made}"
        names = [(FileRole.MAIN, f"{stem}.pdf")]
        names += [(FileRole.ATTACHMENT, f"{stem}.phu-luc-{n + 1}.pdf") for n in range(attachments)]
        return [
            FileFact(role, n, name, digest_of(f"{self._made}/{name}".encode()), 1000 + n)
            for n, (role, name) in enumerate(names)
        ]

    def versions(self, document_id: str, kind: str) -> list[NewVersion]:
        """Made-up bytes of `kind` for every file of the set."""
        preparation = self.document(document_id).preparation
        return [
            NewVersion(f.ordinal, digest_of(f"{kind}/{preparation}/{f.digest}".encode()), 2000)
            for f in self.document(document_id).files
        ]

    def admit(
        self, files: list[FileFact] | None = None, *, unit: str = "kstt", confirmed: bool = True, **read: Any
    ) -> str:
        """A document at RECEIVED."""
        signatories = self.ledger.signatories(self.folder(unit).organisation_id)
        return self.ledger.admit(
            self.folder(unit),
            STEM,
            files or self.files(),
            reading(**read),
            signatory_id=signatories[0].id,
            confirmed=confirmed,
        )

    def prepare(self, document_id: str) -> str:
        """RECEIVED -> PREPARED."""
        self.ledger.prepared(document_id, {"plan": 1}, self.versions(document_id, "prepared"))
        return document_id

    def check(self, document_id: str) -> str:
        """PREPARED -> CHECKED by the unit head and the form checker."""
        for step, login in (("content", "kiem"), ("form", "thuc")):
            self.decide(document_id, step, login)
        return document_id

    def decide(
        self, document_id: str, step: str, login: str, outcome: str = "pass", shown: str | None = None
    ) -> Stage:
        """One check of what is prepared now (or of `shown`)."""
        return self.ledger.decide(
            document_id,
            step,
            self.id_of(login),
            shown=shown or self.ledger.shown(document_id),
            outcome=outcome,
            reason=REASON if outcome == "return" else "",
        )

    def intent(self, document_id: str, login: str = "mau") -> IntentFact:
        """What the leader's key will sign."""
        return self.ledger.plan_intent(
            document_id, self.id_of(login), "key-mau", self.ledger.shown(document_id)
        )

    def approve(self, document_id: str) -> str:
        """CHECKED -> APPROVED."""
        self.ledger.approve(self.intent(document_id).id, self.ledger.shown(document_id))
        return document_id

    def sign(self, document_id: str) -> str:
        """APPROVED -> SIGNED."""
        main = self.versions(document_id, "signed")[0]
        self.ledger.signed(self.ledger.open_intents(document_id)[0].id, main.digest, main.size)
        return document_id

    def plan_seal(self, *documents: str) -> dict[str, list[IntentFact]]:
        """The clerk's intents for the organisation's key."""
        return self.ledger.plan_seal(list(documents), self.id_of("so"), "key-minh-giang")

    def number(self, document_id: str) -> RegisterFact:
        """SIGNED -> NUMBERED."""
        self.plan_seal(document_id)
        return self.ledger.number(document_id, self.id_of("so"))

    def seal(self, document_id: str) -> str:
        """NUMBERED -> SEALED."""
        self.ledger.sealed(document_id, self.versions(document_id, "sealed"))
        return document_id

    def verify(self, document_id: str) -> str:
        """SEALED -> VERIFIED."""
        sealed = self.versions(document_id, "sealed")
        self.ledger.verified(document_id, [{"sha256": v.digest, "verdict": "valid"} for v in sealed])
        return document_id

    def issue(self, document_id: str) -> str:
        """VERIFIED -> ISSUED."""
        self.ledger.issued(document_id, [])
        return document_id

    def at(self, stage: Stage, **how: Any) -> str:
        """A new document at `stage` (or at an end it comes to from the ordinary way)."""
        if stage in _ENDS:
            before, end = _ENDS[stage]
            document_id = self.at(before, **how)
            end(self, document_id)
            return document_id
        document_id = self.admit(**how)
        for reached, step in _WAY:
            if self.document(document_id).stage is stage:
                break
            step(self, document_id)
            assert self.document(document_id).stage is reached
        return document_id

    def standing(self, stage: Stage, count: int, **how: Any) -> list[str]:
        """Several new documents at `stage`."""
        return [self.at(stage, **how) for _ in range(count)]


_WAY: Final[list[tuple[Stage, Callable[[Office, str], object]]]] = [
    (Stage.PREPARED, Office.prepare),
    (Stage.CHECKED, Office.check),
    (Stage.APPROVED, Office.approve),
    (Stage.SIGNED, Office.sign),
    (Stage.NUMBERED, Office.number),
    (Stage.SEALED, Office.seal),
    (Stage.VERIFIED, Office.verify),
    (Stage.ISSUED, Office.issue),
]
_ENDS: Final[dict[Stage, tuple[Stage, Callable[[Office, str], object]]]] = {
    Stage.RETURNED: (Stage.PREPARED, lambda o, d: o.decide(d, "content", "kiem", "return")),
    Stage.WITHDRAWN: (Stage.CHECKED, lambda o, d: o.ledger.withdraw(d, o.document(d).unit_id, REASON)),
    Stage.HELD: (Stage.RECEIVED, lambda o, d: o.ledger.hold(d, "work.no_signatory")),
    Stage.VOID: (Stage.NUMBERED, lambda o, d: o.ledger.void(d, REASON)),
}


def race(*jobs: Callable[[], object]) -> list[object]:
    """Run the jobs at once, one thread each; what each gave back, or the error it raised."""
    ready = threading.Barrier(len(jobs))
    results: list[object] = [None] * len(jobs)

    def run(index: int, job: Callable[[], object]) -> None:
        ready.wait()
        try:
            results[index] = job()
        except Exception as error:  # noqa: BLE001 (the test looks at it)
            results[index] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def founded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database that has the office and is copied for each test."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('founded') / 'ledger.sqlite'}"
        _found(url)
        yield url
        return
    with fresh_database(request.getfixturevalue("postgres_url")) as url:
        _found(url)
        yield url


def _found(url: str) -> None:
    engine = connect(url)
    migrate.upgrade(engine)
    ledger = Ledger(engine, SetClock())
    ledger.apply_office(office_spec())
    mau, so = ledger.person_by_login("mau"), ledger.person_by_login("so")
    assert mau is not None
    assert so is not None
    for key_id, holder in (("key-mau", mau.id), ("key-minh-giang", None)):
        ledger.add_key(key(key_id, so.organisation_id, holder), "pkcs12")
    engine.dispose()


@contextmanager
def copied(founded: str, tmp_path: Path) -> Iterator[str]:
    """A database of one's own with the office in it."""
    if founded.startswith("sqlite"):
        copy = tmp_path / "ledger.sqlite"
        shutil.copy(Path(founded.removeprefix("sqlite:///")), copy)
        yield f"sqlite:///{copy}"
        return
    with fresh_database(founded, template=str(make_url(founded).database)) as url:
        yield url


@pytest.fixture
def office(founded: str, tmp_path: Path) -> Iterator[Office]:
    """The office, in a database of the test's own; the clock stands on a day of 2030."""
    with copied(founded, tmp_path) as url:
        clock = SetClock()
        clock.move(timedelta(hours=1))
        found = Office(url, clock, Ledger(connect(url), clock))
        yield found
        found.close()
