"""RFC 3161 time stamps: several services in order, each with a time limit, each answer checked.

A service that answers badly (wrong nonce, wrong digest, broken or weak signature) is as good as one that
does not answer. A signature that was made is kept even when no service answers: a key is used once.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

from asn1crypto import cms, tsp
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from document.errors import Unavailable
from signing.fetch import UNREACHED, fetch

TOKEN_SPACE: Final = 16 * 1024
"""Bytes reserved for a token with its certificates (32 KB in hexadecimal)."""
_LARGEST: Final = 1024 * 1024
_BAD_ANSWER: Final = (KeyError, TypeError, AttributeError, IndexError, StopIteration, *UNREACHED)


class Timestamps(TimeStamper):
    """Asks `urls` in order, each for at most `seconds`.

    `required`: raise `Unavailable("signing.no_timestamp")` before a key is used when none answers, instead of
    going on without. `post`: how a request is posted, (url, body, seconds) -> body; the product's is HTTP.
    """

    def __init__(
        self,
        urls: Sequence[str],
        seconds: float = 5.0,
        *,
        required: bool = False,
        post: Callable[[str, bytes, float], bytes] | None = None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.urls = tuple(urls)
        self.seconds = seconds
        self.required = required
        self._post = post or _post

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """pyHanko's seam: the first good answer. Raises `TimestampRequestError` when there is none."""
        answer = self._ask(req)
        if answer is None:
            raise TimestampRequestError("no good answer")
        return answer

    def _ask(self, request: tsp.TimeStampReq) -> tsp.TimeStampResp | None:
        for url in self.urls:
            try:
                answer = tsp.TimeStampResp.load(self._post(url, request.dump(), self.seconds), strict=True)
                _check(answer, request)
            except _BAD_ANSWER:
                continue
            return answer
        return None

    def health(self) -> None:
        """Get a real token, as `niem doctor` does. Raises `Unavailable("signing.no_timestamp")`."""
        _, request = self.request_cms(hashlib.sha256(b"niem").digest(), "sha256")
        if self._ask(request) is None:
            raise Unavailable("signing.no_timestamp")


def _post(url: str, body: bytes, seconds: float) -> bytes:
    return fetch(url, seconds=seconds, most=_LARGEST, body=body, kind="application/timestamp-query")


def _check(answer: tsp.TimeStampResp, request: tsp.TimeStampReq) -> None:
    """RFC 3161, 2.4.2 and 2.3: granted, our nonce, our digest, signed by the certificate it carries.

    Raises one of `_BAD_ANSWER`.
    """
    if answer["status"]["status"].native not in ("granted", "granted_with_mods"):
        raise ValueError("refused")
    token = answer["time_stamp_token"]
    signed: cms.SignedData = token["content"]
    info: tsp.TSTInfo = signed["encap_content_info"]["content"].parsed
    if info["nonce"].native != request["nonce"].native:
        raise ValueError("nonce")
    if info["message_imprint"].dump() != request["message_imprint"].dump():
        raise ValueError("digest")
    if len(token.dump()) > TOKEN_SPACE:
        raise ValueError("larger than the space reserved")
    _check_signature(signed)


def _check_signature(signed: cms.SignedData) -> None:
    (signer,) = signed["signer_infos"]
    algorithm = signer["digest_algorithm"]["algorithm"].native
    if algorithm not in ("sha256", "sha384", "sha512"):
        raise ValueError("weak digest")
    serial = signer["sid"].chosen["serial_number"].native
    certificate = next(c.chosen for c in signed["certificates"] if c.chosen.serial_number == serial)
    usage = certificate.extended_key_usage_value
    if usage is None or usage.native != ["time_stamping"]:
        raise ValueError("not a time-stamp certificate")
    content = signed["encap_content_info"]["content"].contents
    digest = hashlib.new(algorithm, content).digest()
    intact, valid = validate_sig_integrity(signer, certificate, "tst_info", digest)
    if not (intact and valid):
        raise ValueError("signature")
