"""What the signer must know of the signatures in a file; the whole truth is `signing.verify`'s.

Only mathematics: digest, signature, and what the signature covers. Who signed, and whether the certificate
was good, is judged elsewhere.
"""

import io

from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from document.errors import Refused
from signing.plan import Plan
from signing.revision import readable


def check_signers(pdf: bytes, plan: Plan) -> list[EmbeddedPdfSignature]:
    """The signers' layer must verify, and nothing may follow it (R-SIG-03).

    Raises `Refused("seal.no_leader")` where a signer's field is empty or missing, and
    `Refused("seal.leader_broken")` where a signature does not verify or the last does not cover the file.
    """
    with readable("seal.leader_broken", Refused):
        found = {signature.field_name: signature for signature in signatures(pdf)}
        missing = [signer.field for signer in plan.signers if signer.field not in found]
        if missing:
            raise Refused("seal.no_leader")
        layer = [found[signer.field] for signer in plan.signers]
        for signature in layer:
            fault = fault_of(signature)
            if fault:
                raise Refused("seal.leader_broken", detail=f"{signature.field_name}: {fault}")
        if all(signature.coverage != SignatureCoverageLevel.ENTIRE_FILE for signature in layer):
            raise Refused("seal.leader_broken", detail="coverage")
        return layer


def signatures(pdf: bytes) -> list[EmbeddedPdfSignature]:
    """Every signature of the file, document time stamps left out, in the order they were made."""
    return list(PdfFileReader(io.BytesIO(pdf), strict=False).embedded_regular_signatures)


def fault_of(signature: EmbeddedPdfSignature) -> str:
    """What is wrong with one signature's mathematics, in a word; empty when nothing is."""
    signature.compute_integrity_info(skip_diff=True)
    if (signature.coverage or SignatureCoverageLevel.UNCLEAR) < SignatureCoverageLevel.ENTIRE_REVISION:
        return "coverage"
    intact, valid = validate_sig_integrity(
        signature.signer_info, signature.signer_cert, "data", signature.compute_digest()
    )
    if not intact:
        return "digest"
    return "" if valid else "signature"


def is_timestamped(pdf: bytes, field: str) -> bool:
    """Whether the signature in `field` carries a time stamp. `KeyError` where there is no such signature."""
    return token_of({s.field_name: s for s in signatures(pdf)}[field]) is not None


def token_of(signature: EmbeddedPdfSignature) -> cms.SignedData | None:
    """The time-stamp token of a signature, or None."""
    for attribute in signature.signer_info["unsigned_attrs"] or ():
        if attribute["type"].native == "signature_time_stamp_token":
            return attribute["values"][0]["content"]
    return None
