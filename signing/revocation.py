"""Evidence that no certificate was revoked when it signed: OCSP answers, else CRLs (PAdES B-LT).

Only hosts on the site's list are asked, so that a certificate in a file cannot make this machine call
anybody. What cannot be learnt is left out: whether the document goes on is decided where it is verified.
"""

import base64
import hashlib
import json
import os
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from asn1crypto import cms, crl, ocsp, x509
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.authority import Authority
from pyhanko_certvalidator.errors import (
    CRLFetchError,
    OCSPFetchError,
    PathError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.fetchers import CertificateFetcher, CRLFetcher, Fetchers, OCSPFetcher
from pyhanko_certvalidator.fetchers.common_utils import (
    enumerate_delivery_point_urls,
    format_ocsp_request,
    process_ocsp_response_data,
)
from pyhanko_certvalidator.util import get_ocsp_urls, get_relevant_crl_dps

from document.errors import Refused
from signing.cms import certificate, wait
from signing.fetch import UNREACHED, fetch
from signing.revision import Revision

_LARGEST: Final = 20 * 1024 * 1024


@dataclass(frozen=True)
class Evidence:
    """What goes into the DSS, as DER, in a fixed order."""

    certificates: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ocsps or self.crls)

    def __or__(self, other: "Evidence") -> "Evidence":
        return Evidence(
            tuple(dict.fromkeys(self.certificates + other.certificates)),
            tuple(dict.fromkeys(self.ocsps + other.ocsps)),
            tuple(dict.fromkeys(self.crls + other.crls)),
        )


@dataclass(frozen=True)
class Revocation:
    """Asks about certificates that lead to `roots` (DER), at `hosts` only, each for at most `seconds`.

    `memory`: a folder that keeps what was gathered for one act. A process that died after the key was used
    must make the same bytes again, and a second answer of the same service is never the same.
    """

    roots: tuple[bytes, ...]
    hosts: frozenset[str]
    seconds: float = 5.0
    memory: Path | None = None

    def gather(
        self,
        chains: Sequence[Sequence[x509.Certificate]],
        tokens: Iterable[cms.SignedData] = (),
        *,
        at: datetime,
        base: bytes,
    ) -> Evidence:
        """Evidence for the first certificate of each chain, and for those of the time stamps.

        `at` and `base` (the bytes to be signed upon) name the act. Raises `Refused("signing.revoked")` when a
        signer's certificate is known to be revoked.
        """
        remembered = self._file(at, base)
        if remembered is not None and remembered.exists():
            kept = json.loads(remembered.read_text("ascii"))
            return Evidence(*(tuple(map(base64.b64decode, kept[part])) for part in _PARTS))
        found = Evidence()
        for chain in chains:
            found |= self._of(chain, usage=set())
        for token in tokens:
            found |= self._of(_token_chain(token), usage={"time_stamping"})
        if remembered is not None:
            _keep(remembered, found)
        return found

    def _of(self, chain: Sequence[x509.Certificate], usage: set[str]) -> Evidence:
        ask = partial(fetch, seconds=self.seconds, most=_LARGEST, hosts=self.hosts)
        fetchers = Fetchers(ocsp_fetcher=_Ocsp(ask), crl_fetcher=_Crl(ask), cert_fetcher=_NoCertificates())
        context = ValidationContext(
            trust_roots=[certificate(root) for root in self.roots],
            other_certs=list(chain[1:]),
            allow_fetching=True,
            revocation_mode="hard-fail",
            fetchers=fetchers,
        )
        validator = CertificateValidator(
            chain[0], intermediate_certs=list(chain[1:]), validation_context=context
        )
        try:
            path = wait(validator.async_validate_usage(set(), usage))
        except RevokedError as error:
            raise Refused("signing.revoked", name=chain[0].subject.native.get("common_name", "")) from error
        except (PathError, ValidationError):
            return Evidence()
        return Evidence(
            tuple(link.dump() for link in path),
            tuple(sorted(answer.dump() for answer in context.ocsps)),
            tuple(sorted(found.dump() for found in context.crls)),
        )

    def _file(self, at: datetime, base: bytes) -> Path | None:
        if self.memory is None:
            return None
        act = hashlib.sha256(hashlib.sha256(base).digest() + at.isoformat().encode()).hexdigest()
        return self.memory / f"{act}.json"


_PARTS: Final = ("certificates", "ocsps", "crls")


def embed(writer: Revision, evidence: Evidence) -> None:
    """Put `evidence` into the file's DSS, in the revision being written; nothing when there is none.

    No VRI: its key is the hash of a signature that does not exist yet (ETSI EN 319 142-1, 5.4.2.3: optional).
    """
    if not evidence:
        return
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[certificate(der) for der in evidence.certificates],
        ocsps=[ocsp.OCSPResponse.load(der) for der in evidence.ocsps],
        crls=[crl.CertificateList.load(der) for der in evidence.crls],
    )


def _keep(file: Path, evidence: Evidence) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = {part: [base64.b64encode(der).decode() for der in getattr(evidence, part)] for part in _PARTS}
    beside = file.with_suffix(f".{os.getpid()}")
    beside.write_text(json.dumps(kept), "ascii")
    beside.rename(file)


def _token_chain(token: cms.SignedData) -> list[x509.Certificate]:
    """The certificates of a time-stamp token, its signer's first."""
    serial = token["signer_infos"][0]["sid"].chosen["serial_number"].native
    found = [choice.chosen for choice in token["certificates"]]
    return sorted(found, key=lambda link: link.serial_number != serial)


class _Ocsp(OCSPFetcher):
    def __init__(self, ask: Callable[..., bytes]) -> None:
        self._ask = ask
        self._found: dict[bytes, ocsp.OCSPResponse] = {}

    async def fetch(
        self, cert: x509.Certificate | cms.AttributeCertificateV2, authority: Authority
    ) -> ocsp.OCSPResponse:
        key = cert.dump()
        for url in () if key in self._found else get_ocsp_urls(cert):
            request = format_ocsp_request(cert, authority, certid_hash_algo="sha1", request_nonces=True)
            try:
                answer = self._ask(url, body=request.dump(), kind="application/ocsp-request")
                self._found[key] = process_ocsp_response_data(answer, ocsp_request=request, ocsp_url=url)
            except UNREACHED:
                continue
            break
        if key not in self._found:
            raise OCSPFetchError("no answer")
        return self._found[key]

    def fetched_responses(self) -> Iterable[ocsp.OCSPResponse]:
        return list(self._found.values())

    def fetched_responses_for_cert(
        self, cert: x509.Certificate | cms.AttributeCertificateV2
    ) -> Iterable[ocsp.OCSPResponse]:
        return [self._found[cert.dump()]] if cert.dump() in self._found else []


class _Crl(CRLFetcher):
    def __init__(self, ask: Callable[..., bytes]) -> None:
        self._ask = ask
        self._found: dict[bytes, list[crl.CertificateList]] = {}

    async def fetch(
        self, cert: x509.Certificate | cms.AttributeCertificateV2, *, use_deltas: Any = None
    ) -> Iterable[crl.CertificateList]:
        key = cert.dump()
        if key not in self._found:
            lists = []
            for point in get_relevant_crl_dps(cert, use_deltas=bool(use_deltas)):
                for url in enumerate_delivery_point_urls(point):
                    try:
                        lists.append(crl.CertificateList.load(self._ask(url)))
                    except UNREACHED:
                        continue
            if not lists:
                raise CRLFetchError("no answer")
            self._found[key] = lists
        return self._found[key]

    def fetched_crls(self) -> Iterable[crl.CertificateList]:
        return [found for lists in self._found.values() for found in lists]

    def fetched_crls_for_cert(
        self, cert: x509.Certificate | cms.AttributeCertificateV2
    ) -> Iterable[crl.CertificateList]:
        return self._found[cert.dump()]


class _NoCertificates(CertificateFetcher):
    """A key brings its chain; certificates are not looked for elsewhere."""

    async def fetch_cert_issuers(
        self, cert: x509.Certificate | cms.AttributeCertificateV2
    ) -> AsyncGenerator[x509.Certificate, None]:
        del cert
        for nothing in self.fetched_certs():
            yield nothing

    async def fetch_crl_issuers(
        self, certificate_list: crl.CertificateList
    ) -> AsyncGenerator[x509.Certificate, None]:
        del certificate_list
        for nothing in self.fetched_certs():
            yield nothing

    def fetched_certs(self) -> Iterable[x509.Certificate]:
        return ()
