"""Asking the issuers whether certificates were revoked: OCSP, else the CRL (R-CRY-04, R-CRY-08)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from asn1crypto import crl, ocsp, x509
from pyhanko_certvalidator.authority import AuthorityWithCert
from pyhanko_certvalidator.fetchers.common_utils import format_ocsp_request

from signing.fetch import UNREACHED, fetch

LARGEST: Final = 20 * 1024 * 1024
"""Bytes of one answer; the state CA's full list is far below."""
_NO_ANSWER: Final = (*UNREACHED, KeyError, TypeError)


@dataclass(frozen=True)
class Asking:
    """A `signing.trust.RevocationSource` over HTTP: `hosts` only, `seconds` for each answer, no redirects."""

    hosts: frozenset[str]
    seconds: float = 5.0

    def gather(self, chain: Sequence[bytes], /) -> tuple[list[bytes], list[bytes]]:
        """OCSP answers and CRLs for each certificate but the root; what cannot be had is left out."""
        links = [x509.Certificate.load(der) for der in chain]
        ocsps: list[bytes] = []
        crls: list[bytes] = []
        for link, issuer in pairwise(links):
            answer = self._ocsp(link, issuer)
            if answer is not None:
                ocsps.append(answer)
            else:
                crls += self._crl(link)
        return ocsps, crls

    def _ocsp(self, link: x509.Certificate, issuer: x509.Certificate) -> bytes | None:
        for url in link.ocsp_urls:
            try:
                request = format_ocsp_request(
                    link, AuthorityWithCert(issuer), certid_hash_algo="sha1", request_nonces=False
                )
                body = self._fetch(url, request.dump())
                if ocsp.OCSPResponse.load(body)["response_status"].native == "successful":
                    return body
            except _NO_ANSWER:
                continue
        return None

    def _crl(self, link: x509.Certificate) -> list[bytes]:
        for url in _crl_urls(link):
            try:
                body = self._fetch(url)
                _ = crl.CertificateList.load(body, strict=True)["tbs_cert_list"]["this_update"].native
            except _NO_ANSWER:
                continue
            return [body]
        return []

    def _fetch(self, url: str, body: bytes | None = None) -> bytes:
        kind = "application/ocsp-request"
        return fetch(url, seconds=self.seconds, most=LARGEST, hosts=self.hosts, body=body, kind=kind)


def _crl_urls(link: x509.Certificate) -> list[str]:
    points: Any = link.crl_distribution_points
    return [point.url for point in points if point.url]
