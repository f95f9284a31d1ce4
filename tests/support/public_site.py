"""The public process in a thread of its own, spoken to over HTTP; and the sample decision it serves."""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import httpx
import uvicorn

from document.clock import SetClock
from document.ledger import connect
from publisher.pages import Contact
from publisher.publish import publish
from publisher.web import create_app
from tests.support.issued import IssuingOffice, issuing_office, sample_procedures

PDF = b"%PDF-1.7 the signed decision %%EOF"
DIGEST = hashlib.sha256(PDF).hexdigest()
NOW = datetime(2030, 6, 20, 2, 0, tzinfo=UTC)


class PublicSite:
    """A public process in a thread of its own, spoken to over HTTP."""

    def __init__(self, office: IssuingOffice, *, test_site: bool = False) -> None:
        self.office = office
        self.clock = SetClock(NOW)
        app = create_app(
            office.root / "public",
            office.root / "own" / "store.sqlite",
            clock=self.clock,
            contact=Contact("số 01 đường Hòa Bình", "0200 0000 000", "kstthc@minhgiang.example"),
            test_site=test_site,
        )
        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        (socket,) = self._server.servers[0].sockets
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{socket.getsockname()[1]}")
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        self._server.should_exit = True
        self._thread.join()

    def publish(self) -> None:
        publish(self.office.ledger, self.office.vault, self.office.root / "public", clock=self.office.clock)

    def text(self, address: str, status: int = 200) -> str:
        answer = self.http.get(address)
        assert answer.status_code == status, answer.text
        return answer.text

    def json(self, address: str, status: int = 200) -> Any:
        answer = self.http.get(address)
        assert answer.status_code == status, answer.text
        return answer.json()


@contextmanager
def site_with_samples(root: Path) -> Iterator[PublicSite]:
    """The six procedures of the sample decision, public."""
    engine = connect(f"sqlite:///{root}/ledger.sqlite")
    with PublicSite(issuing_office(engine, root)) as site:
        site.office.issue(sample_procedures(), pdf=PDF)
        site.publish()
        yield site
    engine.dispose()
