"""The services of a built test PKI over HTTP: two TSAs, OCSP responders, CRLs, CA certificates.

    python -m certs.test.services --folder FOLDER --port PORT [--host HOST]

They are certomancer's, behind werkzeug's server, a thread per request. The web pages certomancer offers,
which hand out private keys, are off.
"""

import argparse
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from certomancer.integrations.animator import Animator, AnimatorArchStore
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request

from certs.test.authority import authority
from certs.test.make import Pki, ensure

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0  # seconds for a start or a stop, on a busy machine


class _InWholeSeconds(Animator):
    """certomancer's services, without the parts of a second that RFC 6960 forbids in an OCSP answer."""

    def at_time(self, request: Request) -> datetime:
        moment: datetime = super().at_time(request)  # type: ignore[no-untyped-call] # half typed
        return moment.replace(microsecond=0)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """Faults only; an access log of a test's timestamps helps nobody."""
        if type == "error":
            super().log(type, message, *args)


def server(pki: Pki, host: str = "127.0.0.1", port: int = 0, *, fd: int | None = None) -> BaseWSGIServer:
    """A server for `pki`, bound but not yet serving; `fd` is a listening socket to take over.

    Raises OSError or SystemExit (werkzeug's way) where the port is taken.
    """
    config = json.loads((pki.folder / "config.json").read_text("utf-8"))
    architectures = AnimatorArchStore(authority(config, pki.folder).pki_archs)
    services = _InWholeSeconds(architectures, with_web_ui=False)
    return make_server(host, port, services, threaded=True, request_handler=_Quiet, fd=fd)


def serve(pki: Pki, host: str = "127.0.0.1", port: int = 0) -> None:
    """Serves until the process is ended."""
    server(pki, host, port).serve_forever()


@contextmanager
def running(out: Path, *, keys: Path | None = None) -> Iterator[Pki]:
    """A PKI in `out`, built for a free port of this machine, with its services up in a child process.

    The child also ends when this process does, however that ends.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # The child takes over the bound socket, so nobody can take the port in between, and a request
        # that comes before it serves waits in the socket's queue.
        pki = ensure(out, f"http://127.0.0.1:{listening.getsockname()[1]}", keys=keys)
        command = [sys.executable, "-m", "certs.test.services", "--folder", str(pki.folder)]
        child = subprocess.Popen(
            [*command, "--fd", str(listening.fileno())],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[listening.fileno()],
            text=True,
        )
    with child:
        try:
            if child.stdout is None or child.stdout.readline() != "serving\n":
                raise RuntimeError(f"the test PKI's services ended with status {child.wait(PATIENCE)}")
            yield pki
        finally:
            child.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve the test PKI (TEST ONLY).")
    parser.add_argument("--folder", type=Path, required=True, help="a build of certs.test.make")
    parser.add_argument("--host", default="127.0.0.1")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--port", type=int)
    where.add_argument("--fd", type=int, help="a listening socket to take over; end when standard input does")
    given = parser.parse_args()
    pki = Pki(given.folder)
    if given.fd is None:
        serve(pki, given.host, given.port)
        return
    taken = server(pki, fd=given.fd)
    threading.Thread(target=taken.serve_forever, daemon=True).start()
    print("serving", flush=True)
    # Nothing is ever written to this process's standard input: its end is the parent's end.
    sys.stdin.read()
    taken.shutdown()


if __name__ == "__main__":
    main()
