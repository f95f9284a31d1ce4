"""Before anyone is asked: the whole path once, in memory, with throw-away keys, the widest number, 31/12.

What a document can make fail (a narrow blank, a hybrid file, a lock, a size, a font) fails here, where it is
a return with its reason, and not after a leader has signed.
"""

import io
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel, SuspiciousModification
from pyhanko.sign.validation import PdfSignatureStatus, async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from document.errors import NiemError, Returnable
from signing.cms import wait
from signing.layers import fault_of, signatures
from signing.pdf_stages import PreparedAttachment, PreparedPdf, SignedPdf
from signing.plan import SEAL, Plan
from signing.revision import readable
from signing.seal import seal, stamp
from signing.sign import sign

AT: Final = datetime(2030, 12, 31, 16, 59, 59, tzinfo=UTC)
"""31/12/2030 23:59:59 in Viet Nam: the latest second, the widest date."""
SYMBOL: Final = "88888/QĐ-UBND"


@dataclass(frozen=True)
class ThrowAwayKey:
    """A key that lives as long as this process and signs nothing that leaves it."""

    private: rsa.RSAPrivateKey = field(repr=False)
    certificate: bytes
    chain: tuple[bytes, ...] = ()

    def sign(self, data: bytes) -> bytes:
        """RSA PKCS#1 v1.5 with SHA-256."""
        return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())


def rehearse(
    prepared: PreparedPdf,
    attachments: list[PreparedAttachment],
    *,
    plan: Plan,
    image: bytes | None,
    seal_image: bytes,
    font_order: tuple[str, ...] = (),
) -> None:
    """Sign, number, seal, verify; nothing leaves memory. Raises `Returnable("prepare.rehearsal_failed")`.

    Errors that are returnable already, such as `prepare.blank_narrow`, stay themselves.
    """
    person, organisation = throw_away_key("Ký thử"), throw_away_key("Ký thử cơ quan")
    try:
        with readable("prepare.rehearsal_failed"):
            signed = SignedPdf(prepared)
            for index in range(len(plan.signers)):
                signed = sign(
                    PreparedPdf(signed),
                    plan=plan,
                    key=person,
                    at=AT,
                    image=image,
                    timestamps=None,
                    signer_index=index,
                    font_order=font_order,
                )
            sealed = seal(
                signed,
                plan=plan,
                number=plan.widest_number,
                issued_on=date(2030, 12, 31),
                key=organisation,
                at=AT,
                seal_image=seal_image,
                timestamps=None,
                revocation=None,
                font_order=font_order,
            )
            _check(prepared, sealed, [*(signer.field for signer in plan.signers), SEAL])
            for attachment in attachments:
                stamped = stamp(
                    attachment,
                    number_symbol=SYMBOL,
                    at=AT,
                    key=organisation,
                    timestamps=None,
                    revocation=None,
                    font_order=font_order,
                )
                _check(attachment, stamped, [SEAL])
    except Returnable:
        raise
    except NiemError as error:
        raise Returnable("prepare.rehearsal_failed", detail=error.text().rstrip(".")) from error


@cache
def throw_away_key(common_name: str) -> ThrowAwayKey:
    """A self-signed RSA-2048 key, made once per process and name."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(AT - timedelta(days=1))
        .not_valid_after(AT + timedelta(days=1))
        .add_extension(_usage(), critical=True)
        .sign(private, hashes.SHA256())
    )
    return ThrowAwayKey(private, made.public_bytes(Encoding.DER))


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _check(before: bytes, after: bytes, fields: list[str]) -> None:
    """Our own mathematics, then pyHanko's whole validation, as a stranger would judge it."""
    if not after.startswith(before):
        raise Returnable("prepare.rehearsal_failed", detail="prefix")
    found = signatures(after)
    if [signature.field_name for signature in found] != fields:
        raise Returnable("prepare.rehearsal_failed", detail="fields")
    for signature in found:
        fault = fault_of(signature)
        if fault:
            raise Returnable("prepare.rehearsal_failed", detail=f"{signature.field_name}: {fault}")
    # Read anew: pyHanko keeps what it has computed in the signature's object.
    for signature in PdfFileReader(io.BytesIO(after), strict=False).embedded_regular_signatures:
        _judge(signature, last=signature.field_name == SEAL)


def _judge(signature: EmbeddedPdfSignature, *, last: bool) -> None:
    certificate: asn1.Certificate = signature.signer_cert
    context = ValidationContext(trust_roots=[certificate], moment=AT, revocation_mode="soft-fail")
    status: PdfSignatureStatus = wait(async_validate_pdf_signature(signature, context))
    most = ModificationLevel.NONE if last else ModificationLevel.FORM_FILLING
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    level = status.modification_level
    if not status.bottom_line or level is None or level > most or whole != last:
        found = signature.diff_result
        why = found.args[0] if isinstance(found, SuspiciousModification) else status.summary()
        raise Returnable("prepare.rehearsal_failed", detail=f"{signature.field_name}: {why}")
