"""Reading CMS messages: signatures and time-stamp tokens, checked by themselves (no trust here)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import new as hashing
from typing import Any, Final

from asn1crypto import cms, core, tsp, x509
from pyhanko.sign.general import extract_signer_info, match_issuer_serial
from pyhanko.sign.validation.generic_cms import get_signing_cert_attr, validate_sig_integrity

from signing.cms import certificate

DIGESTS: Final = frozenset(
    {"sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512"}
)
"""Digests that are computed at all; one that can be forged at will (MD5) proves nothing."""

Digest = Callable[[str], bytes]
"""Of what a message speaks about, by hashlib's name."""


class Unreadable(Exception):
    """No CMS message with one signer whose certificate is in it."""


@dataclass(frozen=True)
class Cms:
    """One message and its signer; `token`: the time-stamp token over its signature value."""

    content: cms.SignedData
    info: cms.SignerInfo
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]
    digest: str
    token: "Cms | None" = None

    @property
    def is_token(self) -> bool:
        return bool(self.content["encap_content_info"]["content_type"].native == "tst_info")

    @property
    def stamped(self) -> datetime:
        """The time in a time-stamp token, UTC."""
        moment: datetime = self._statement["gen_time"].native
        return moment

    @property
    def claimed(self) -> datetime | None:
        """The signing time that the signer claims in the message."""
        found = self._signed_attribute("signing_time")
        return found.native if found is not None else None

    @property
    def names_certificate(self) -> bool:
        """Whether the signature itself says by which certificate it was made (ESS, RFC 5035)."""
        attributes = self.info["signed_attrs"]
        return attributes is not core.VOID and get_signing_cert_attr(attributes) is not None

    @property
    def signature_value(self) -> bytes:
        value: bytes = self.info["signature"].native
        return value

    @property
    def key(self) -> tuple[str, int]:
        """Kind and size of the signer's key: ("rsa", 2048)."""
        public = self.certificate.public_key
        return public.algorithm, public.bit_size

    @property
    def algorithm(self) -> str:
        """For people: `RSA 2048, SHA-256`."""
        kind, bits = self.key
        pss = ", PSS" if "pss" in self.info["signature_algorithm"]["algorithm"].native else ""
        digest = self.digest.upper().replace("SHA3_", "SHA3-").replace("SHA2", "SHA-2")
        digest = {"SHA1": "SHA-1", "SHA384": "SHA-384", "SHA512": "SHA-512"}.get(digest, digest)
        return f"{'ECDSA' if kind == 'ec' else kind.upper()} {bits}{pss}, {digest}"

    @property
    def _statement(self) -> tsp.TSTInfo:
        return self.content["encap_content_info"]["content"].parsed

    def _signed_attribute(self, name: str) -> Any:
        attributes = self.info["signed_attrs"]
        values = [] if attributes is core.VOID else _values(attributes, name)
        return values[0] if values else None


def _values(attributes: Any, name: str) -> list[Any]:
    return [value for item in attributes if item["type"].native == name for value in item["values"]]


def read_cms(data: bytes) -> Cms:
    """Parse a message; zero bytes after it (unused room) are ignored. Raises `Unreadable`."""
    try:
        info = cms.ContentInfo.load(data)
        if info["content_type"].native != "signed_data":
            raise Unreadable("no signed data")
        return _read(info["content"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unreadable(str(error)) from error


def _read(content: cms.SignedData) -> Cms:
    info = extract_signer_info(content)
    mine, others = _certificates(content, info["sid"])
    unsigned = info["unsigned_attrs"]
    tokens = [] if unsigned is core.VOID else _values(unsigned, "signature_time_stamp_token")
    return Cms(
        content,
        info,
        mine,
        others,
        info["digest_algorithm"]["algorithm"].native.lower(),
        _read(tokens[0]["content"]) if len(tokens) == 1 else None,
    )


def _certificates(
    content: cms.SignedData, wanted: cms.SignerIdentifier
) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    """The signer's certificate and the others. Names are slow to compare, so serial numbers come first."""
    found = [
        certificate(one.chosen.untag().dump()) for one in content["certificates"] if one.name == "certificate"
    ]
    if wanted.name == "subject_key_identifier":
        mine = [one for one in found if one.key_identifier == wanted.chosen.native]
    else:
        serial = wanted.chosen["serial_number"].native
        mine = [
            one for one in found if one.serial_number == serial and match_issuer_serial(wanted.chosen, one)
        ]
    if not mine:
        raise Unreadable("the signer's certificate is missing")
    return mine[-1], tuple(one for one in found if not any(one is own for own in mine))


def holds(message: Cms, digest: Digest) -> bool:
    """Whether a signature (or, for a token, its imprint) speaks of just what `digest` hashes.

    Checks the message digest, the signature over the signed attributes, the content type, and the
    certificate named in them. An algorithm nobody should trust does not hold.
    """
    encapsulated = message.content["encap_content_info"]
    if message.digest not in DIGESTS:
        return False
    if message.is_token:
        statement = message._statement  # noqa: SLF001 - the same type's own
        name = statement["message_imprint"]["hash_algorithm"]["algorithm"].native
        if name not in DIGESTS or digest(name) != statement["message_imprint"]["hashed_message"].native:
            return False
        actual = hashing(message.digest, bytes(encapsulated["content"])).digest()
    elif encapsulated["content"] is not core.VOID and encapsulated["content"].native is not None:
        return False  # a detached signature that carries content of its own
    else:
        actual = digest(message.digest)
    intact, valid = validate_sig_integrity(
        message.info, message.certificate, encapsulated["content_type"].native, actual
    )
    return bool(intact and valid)


def token_holds(message: Cms) -> bool:
    """Whether the message's time-stamp token speaks of its signature value."""
    token = message.token
    return token is not None and holds(token, lambda name: hashing(name, message.signature_value).digest())
