"""A built test PKI, as those who use it see it."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

PASSPHRASE = "niem-test-0000"  # noqa: S105 - of keys that certify nothing but tests
FAMILIES = ("state", "public")


@dataclass(frozen=True)
class Pki:
    """A built test PKI. Labels are those of pki.yml, e.g. `leader-mau`; an unknown one is a KeyError."""

    folder: Path

    @cached_property
    def _record(self) -> dict[str, Any]:
        record: dict[str, Any] = json.loads((self.folder / "pki.json").read_text("utf-8"))
        return record

    @property
    def base_url(self) -> str:
        """Where the services of this PKI answer; part of every certificate."""
        url: str = self._record["base_url"]
        return url

    @property
    def passphrase(self) -> str:
        """Of every PKCS#12 file."""
        return PASSPHRASE

    @property
    def labels(self) -> list[str]:
        return list(self._record["certificates"])

    def p12(self, label: str) -> Path:
        """PKCS#12 file with key, certificate and chain; every certificate but the CAs' has one."""
        return self._file("p12", label, ".p12")

    def certificate(self, label: str) -> bytes:
        """The certificate, DER."""
        return self._file("certs", label, ".crt").read_bytes()

    def chain(self, label: str) -> list[bytes]:
        """The certificates above it, DER: issuing CA first, root last; none for a root or `self-made`."""
        return [self.certificate(above) for above in self._record["certificates"][label]["chain"]]

    def key_pem(self, label: str) -> bytes:
        """The private key, PKCS#8 PEM, not encrypted."""
        return self._file("keys", label, ".key.pem").read_bytes()

    def roots(self) -> dict[str, Path]:
        """PEM file of each root: `state` and `public`."""
        return {family: self.folder / "roots" / f"{family}.pem" for family in FAMILIES}

    def intermediates(self) -> list[Path]:
        """PEM files of the issuing CAs."""
        return [self.folder / "intermediates" / f"{family}.pem" for family in FAMILIES]

    def tsa_urls(self) -> list[str]:
        """Addresses for RFC 3161 requests, in the order in which to try them."""
        return [f"{self.base_url}/state/tsa/{label}" for label in ("tsa-1", "tsa-2")]

    def ocsp_url(self, family: Literal["state", "public"] = "state") -> str:
        return f"{self.base_url}/{family}/ocsp/subscribers"

    def crl_url(self, family: Literal["state", "public"] = "state") -> str:
        return f"{self.base_url}/{family}/crls/subscribers/latest.crl"

    def _file(self, folder: str, label: str, suffix: str) -> Path:
        if label not in self._record["certificates"]:
            raise KeyError(label)
        return self.folder / folder / f"{label}{suffix}"
