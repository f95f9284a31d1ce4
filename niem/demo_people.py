"""The people of the demo, each with a browser's worth of HTTP: sign in, look at the queue, do one's part."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import httpx

from document.settings import Site
from niem.demo_site import BODY_KEYS, PASSWORD, PEOPLE_KEYS, PIN
from niem.held import ledger_of

JSON: Final = {"Accept": "application/json"}
START_SECONDS: Final = 45.0


class Person:
    """Somebody at the desk."""

    def __init__(self, client: httpx.Client, login: str, *, clerk: bool) -> None:
        self.client, self.login, self.clerk = client, login, clerk
        answer = client.post("/sign-in", data={"login": login, "password": PASSWORD}, headers=JSON)
        answer.raise_for_status()

    def work(self) -> None:
        """Do whatever waits for this person now."""
        if self.clerk:
            self._number_and_seal()
        queue = self._get("/queue")
        for section in queue["sections"]:
            if section["code"] in ("moving", "ended", "held"):
                continue
            for summary in section["documents"]:
                self._act(summary["id"])

    def _act(self, document_id: str) -> None:
        told = self._get(f"/documents/{document_id}")
        document, csrf = told["document"], told["csrf"]
        for act in document["acts"]:
            common = {"csrf": csrf, "shown": document["shown"]}
            if act in ("content", "form"):
                self._look(document)
                self._post(f"/documents/{document_id}/check", {**common, "outcome": "pass", "step": act})
            elif act == "approve":
                self._look(document)
                self._post(f"/documents/{document_id}/approve", {**common, "pin": PIN})

    def _look(self, document: dict[str, Any]) -> None:
        """People look at the pages before they decide."""
        for file in document["files"]:
            address = f"/documents/{document['id']}/pages/1.png?file={file['ordinal']}&width=620"
            self.client.get(address).raise_for_status()

    def _number_and_seal(self) -> None:
        told = self._get("/clerk")
        ids = [d["id"] for d in (*told["signed"], *told["numbered"])]
        if ids:
            self._post("/clerk/seal", {"csrf": told["csrf"], "pin": PIN, "ids": ids})

    def _get(self, path: str) -> Any:
        answer = self.client.get(path, headers=JSON)
        answer.raise_for_status()
        return answer.json()

    def _post(self, path: str, form: dict[str, Any]) -> None:
        answer = self.client.post(path, data=form, headers=JSON)
        if answer.status_code != httpx.codes.CONFLICT:  # somebody else was quicker: look again
            answer.raise_for_status()


@contextmanager
def everybody(site: Site) -> Iterator[list[Person]]:
    """Everybody signed in, each with cookies of their own."""
    with ledger_of(site) as ledger:
        people = [p for o in ledger.organisations() for p in ledger.people(o.id)]
    with ExitStack() as stack:
        yield [
            Person(
                stack.enter_context(httpx.Client(base_url=_desk(site), timeout=60)),
                person.login,
                clerk=person.has("clerk"),
            )
            for person in people
        ]


def wait_until_up(site: Site) -> None:
    """Until the desk and the public listing answer and the key process listens. Raises `TimeoutError`."""
    until = time.monotonic() + START_SECONDS
    waiting = [f"{_desk(site)}/healthz", f"{_public(site)}/healthz"]
    while time.monotonic() < until:
        waiting = [address for address in waiting if not _answers(address)]
        if not waiting and site.socket.exists():
            return
        time.sleep(0.1)
    raise TimeoutError(", ".join(waiting) or str(site.socket))


def listing_is_up(site: Site) -> bool:
    """Whether the public shows the procedures of the decision."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        answer = httpx.get(f"{_public(site)}/api/v1/procedures")
        if answer.status_code == httpx.codes.OK and answer.json().get("total", 0) > 0:
            return True
        time.sleep(0.2)
    return False


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _desk(site: Site) -> str:
    return f"http://{site.settings.desk.host}:{site.settings.desk.port}"


def _public(site: Site) -> str:
    return f"http://{site.settings.public.host}:{site.settings.public.port}"


__all__ = ["BODY_KEYS", "PEOPLE_KEYS", "Person", "everybody", "listing_is_up", "wait_until_up"]
