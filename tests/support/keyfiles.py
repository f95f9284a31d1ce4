"""Keys and certificates of nobody, made in memory for one test run; and a keys' process to put them in."""

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509 import Certificate, CertificateBuilder, Name, NameAttribute
from cryptography.x509.oid import NameOID

from document.errors import Unavailable
from signing.keys.algorithms import PrivateKey
from signing.keys.client import KeyClient

PASSPHRASE = "mật khẩu cũ"
PIN = "Mã PIN dài 2468"

SERVE = """
import json, sys
from pathlib import Path
from signing.keys.server import serve
given = json.loads(sys.argv[1])
serve(Path(given.pop("folder")), Path(given.pop("path")), **given)
"""


def issue(
    name: str, key: PrivateKey, issuer: str, issuer_key: CertificateIssuerPrivateKeyTypes
) -> Certificate:
    """A certificate of `name` for `key`, valid through this century."""
    return (
        CertificateBuilder()
        .subject_name(Name([NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(Name([NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(len(name) + 1)
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .sign(issuer_key, SHA256())
    )


@dataclass(frozen=True)
class Holder:
    """A key, its certificate, and the two certificates above it (nearest first)."""

    key: PrivateKey
    certificate: Certificate
    chain: tuple[Certificate, ...]

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    def file(self, encryption: KeySerializationEncryption | None = None) -> bytes:
        """A PKCS#12 file as a CA hands it out; its certificates in an order of their own."""
        return pkcs12.serialize_key_and_certificates(
            b"", self.key, self.certificate, self.chain[::-1],
            encryption or BestAvailableEncryption(PASSPHRASE.encode()),
        )  # fmt: skip

    def pem(self) -> bytes:
        """The same as PEM, the key in the clear."""
        private = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return private + b"".join(
            one.public_bytes(Encoding.PEM) for one in (*self.chain[::-1], self.certificate)
        )


def make_holder(key: PrivateKey | None = None) -> Holder:
    """Somebody with an RSA-2048 key (or `key`) under an issuing CA and a root."""
    key = key or rsa.generate_private_key(65537, 2048)
    root, ca = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    return Holder(
        key,
        issue("Người giữ khóa", key, "CA", ca),
        (issue("CA", ca, "Gốc", root), issue("Gốc", root, "Gốc", root)),
    )


class Process:
    """A real keys' process; everything it prints is in `output`."""

    def __init__(
        self, site: Path, *, tries: int = 3, unattended: Iterable[str] = (), group: str | None = None
    ) -> None:
        site.mkdir(parents=True, exist_ok=True)
        self.folder = site / "keys"
        self.output = site / "keys.log"
        self.client = KeyClient(site / "run" / "keys.sock", seconds=20)
        self._given = {
            "folder": str(self.folder), "path": str(self.client.path), "tries": tries,
            "lock_minutes": 15, "unattended": [*unattended], "group": group,
        }  # fmt: skip
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self.output.open("ab") as output:
            self._child = subprocess.Popen(
                [sys.executable, "-c", SERVE, json.dumps(self._given)],
                stdout=output,
                stderr=output,
                cwd=Path(__file__).parents[2],
            )
        for _ in range(400):
            try:
                self.client.status()
            except Unavailable:
                assert self._child.poll() is None, self.output.read_text()
                time.sleep(0.05)
            else:
                return
        raise AssertionError(self.output.read_text())

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._child is not None
        self._child.kill()
        self._child.wait()

    def stop(self) -> int:
        """Ask it to end; its exit status."""
        assert self._child is not None
        self._child.terminate()
        return self._child.wait(20)


@contextmanager
def keys_process(
    site: Path, *, tries: int = 3, unattended: Iterable[str] = (), group: str | None = None
) -> Iterator[Process]:
    """A keys' process for one test."""
    process = Process(site, tries=tries, unattended=unattended, group=group)
    process.start()
    try:
        yield process
    finally:
        process.stop()
