"""Documents on their way through prepare, sign and seal, for the tests of these steps."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from asn1crypto import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import PdfSignatureStatus, async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from certs.test import images
from certs.test.pki import Pki
from document.clock import local_date
from document.page import Blank, Box, Field, Reading
from signing.cms import wait
from signing.pdf_stages import PreparedPdf, SealedPdf, SignedPdf
from signing.plan import Plan, plan
from signing.prepare import prepare
from signing.rehearsal import throw_away_key
from signing.seal import seal
from signing.sign import sign
from tests.support.pages import Drawn, Letter, draw
from tests.support.pen import HEIGHT, WIDTH
from tests.support.pen import Box as Place

AT = datetime(2030, 12, 30, 17, 4, 5, tzinfo=UTC)
"""31/12/2030 00:04:05 in Viet Nam, within the validity of `throw_away_key`."""
ISSUED = date(2030, 12, 31)
SEAL_MM = 36.0


@dataclass(frozen=True)
class PemKey:
    """A key of the test PKI."""

    pem: bytes
    certificate: bytes
    chain: Sequence[bytes]

    def sign(self, data: bytes) -> bytes:
        key = load_pem_private_key(self.pem, None)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key.sign(data, ec.ECDSA(hashes.SHA256()))
        assert isinstance(key, rsa.RSAPrivateKey)
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def pki_key(pki: Pki, label: str) -> PemKey:
    return PemKey(pki.key_pem(label), pki.certificate(label), pki.chain(label))


@cache
def signature_image() -> bytes:
    return images.signature("Trần Văn Mẫu")


@cache
def seal_image() -> bytes:
    return images.seal("ỦY BAN NHÂN DÂN TỈNH MINH GIANG")


def image_size(png: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(png)) as image:
        return image.size


@cache
def drawn() -> Drawn:
    return draw(Letter())


def box(place: Place) -> Box:
    return Box(place.page, place.left, place.bottom, place.right, place.top)


def reading_of(paper: Drawn) -> Reading:
    """What an excellent reader would read on a page of `tests.support.pages`."""

    def blank(key: str, *, italic: bool = True) -> Blank:
        place = box(paper.box(key))
        # A place of the pen goes from a quarter below the baseline to three quarters above it.
        return Blank(place, place.y0 + 0.25 * 13, 13.0, italic=italic, confidence=1.0)

    name, title = box(paper.box("name")), box(paper.box("title"))
    middle = name.centre[0]
    return Reading(
        pages=1,
        sizes=((WIDTH, HEIGHT),),
        number=blank("number", italic=False),
        day=blank("day"),
        month=blank("month"),
        year=blank("year"),
        title=Field("PHÓ CHỦ TỊCH", title, 1.0),
        signer=Field("Trần Văn Mẫu", name, 1.0),
        signature_area=Box(name.page, middle - 85, name.y1, middle + 85, title.y0),
    )


def plan_of(paper: Drawn, *, strict_lock: bool = False) -> Plan:
    return plan(
        reading_of(paper),
        image_size=image_size(signature_image()),
        seal_mm=SEAL_MM,
        widest_number="8888",
        strict_lock=strict_lock,
    )


@dataclass(frozen=True)
class Papers:
    """One document at every stage."""

    original: bytes
    plan: Plan
    prepared: PreparedPdf
    signed: SignedPdf
    sealed: SealedPdf


def papers(original: bytes | None = None, *, strict_lock: bool = False) -> Papers:
    """The standard letter, or `original` with its layout, all the way."""
    where = plan_of(drawn(), strict_lock=strict_lock)
    original = original if original is not None else drawn().pdf
    prepared = prepare(original, where)
    signed = sign(
        prepared,
        plan=where,
        key=throw_away_key("Trần Văn Mẫu"),
        at=AT,
        image=signature_image(),
        timestamps=None,
    )
    return Papers(original, where, prepared, signed, sealed(signed, where))


def sealed(signed: SignedPdf, where: Plan, *, number: str = "05", at: datetime = AT) -> SealedPdf:
    return seal(
        signed,
        plan=where,
        number=number,
        issued_on=local_date(at),
        key=throw_away_key("ỦY BAN NHÂN DÂN TỈNH MINH GIANG"),
        at=at,
        seal_image=seal_image(),
        timestamps=None,
        revocation=None,
    )


@cache
def standard() -> Papers:
    return papers()


def judged(pdf: bytes, *, moment: datetime = AT) -> dict[str, PdfSignatureStatus]:
    """pyHanko's default validation of every signature, each signer's own certificate trusted."""
    found = {}
    for signature in PdfFileReader(io.BytesIO(pdf), strict=False).embedded_regular_signatures:
        certificate: x509.Certificate = signature.signer_cert
        context = ValidationContext(trust_roots=[certificate], moment=moment)
        found[signature.field_name] = wait(async_validate_pdf_signature(signature, context))
    return found


def write(folder: Path, pdf: bytes, name: str = "paper.pdf") -> Path:
    path = folder / name
    path.write_bytes(pdf)
    return path
