"""Step 8: layer two, the organisation's signature, with number and date, in one revision.

The organisation's key is applied to nothing but documents that carry a good signature of the authorised
person, and to their separate attachments (Decree 30/2020, Art. 32.2d, Art. 33.2; R-SIG-02, R-SIG-03).
"""

from datetime import date, datetime
from typing import Final

from asn1crypto import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from document.clock import local
from document.errors import Refused
from document.numbering import day_text, month_text, year_text
from signing import fonts
from signing.appearance import image_form, show, stamp_form, text_form
from signing.cms import certificate
from signing.keys.base import SigningKey
from signing.layers import check_signers, token_of
from signing.pdf_stages import PreparedAttachment, SealedAttachment, SealedPdf, SignedPdf
from signing.plan import DAY, MONTH, NUMBER, SEAL, YEAR, Plan
from signing.prepare import stamp_box
from signing.revision import Revision, readable
from signing.revocation import Revocation, embed
from signing.sign import put
from signing.timestamps import Timestamps

STAMP_TEXT: Final = "Số: {number_symbol}; {date}; {time} +07:00"
"""R-SIG-10. Blanks: `number_symbol`, `date`, `time`, `iso`."""
STAMP_POINTS: Final = 10.0


def seal(
    signed: SignedPdf,
    *,
    plan: Plan,
    number: str,
    issued_on: date,
    key: SigningKey,
    at: datetime,
    seal_image: bytes,
    timestamps: Timestamps | None,
    revocation: Revocation | None,
    font_order: tuple[str, ...] = (),
) -> SealedPdf:
    """Fill number and date and sign for the organisation; `signed` is an exact prefix of the result.

    `number`: as it stands in the register (`05`); `issued_on`: the day of numbering in Viet Nam; `at`
    (aware): the act's time. PAdES B-T with `timestamps`; B-LT with `revocation`, whose DSS stands in the
    same revision, so that the seal covers the whole file.

    Raises `Refused("seal.…")` when the signers' layer does not verify or the number does not fit,
    `Refused("signing.revoked")` when a certificate is known to be revoked, and what the key raises.
    """
    if not number.isdecimal():
        raise Refused("seal.no_number")
    layer = check_signers(signed, plan)
    with readable("signing.failed", Refused):
        writer = Revision.on(signed)
        _fill(writer, plan, number, issued_on, font_order)
        if revocation is not None:
            tokens = [token for signature in layer if (token := token_of(signature)) is not None]
            chains = [[s.signer_cert, *s.other_embedded_certs] for s in layer]
            embed(writer, revocation.gather([*chains, _chain(key)], tokens, at=at, base=signed))
        form = image_form(writer, seal_image, plan.seal)
        return SealedPdf(put(writer, SEAL, form, key=key, at=at, timestamps=timestamps, certify=False))


def stamp(
    prepared: PreparedAttachment,
    *,
    number_symbol: str,
    at: datetime,
    key: SigningKey,
    timestamps: Timestamps | None,
    revocation: Revocation | None,
    template: str = STAMP_TEXT,
    font_order: tuple[str, ...] = (),
) -> SealedAttachment:
    """Sign a separate attachment for the organisation: text, no image, top right on page 1 (R-SIG-09).

    `number_symbol`: `15/QĐ-UBND`; the text carries the same second as /M. Raises as `seal` does.
    """
    if "/" not in number_symbol:
        raise Refused("seal.no_number")
    moment = local(at)
    text = template.format(
        number_symbol=number_symbol,
        date=moment.strftime("%d/%m/%Y"),
        time=moment.strftime("%H:%M:%S"),
        iso=moment.isoformat(timespec="seconds"),
    )
    with readable("signing.failed", Refused):
        writer = Revision.on(prepared)
        form = stamp_form(writer, text, stamp_box(writer), STAMP_POINTS, fonts.family(font_order))
        if revocation is not None:
            embed(writer, revocation.gather([_chain(key)], [], at=at, base=prepared))
        return SealedAttachment(put(writer, SEAL, form, key=key, at=at, timestamps=timestamps, certify=True))


def _fill(writer: Revision, plan: Plan, number: str, issued_on: date, order: tuple[str, ...]) -> None:
    values = {
        NUMBER: number,
        DAY: day_text(issued_on),
        MONTH: month_text(issued_on),
        YEAR: year_text(issued_on),
    }
    family = fonts.family(order)
    for name, spot in plan.texts.items():
        found = writer.field(name)
        if found is None:
            raise Refused("signing.no_field", field=name)
        field, reference = found
        try:
            # Nothing is printed after the year: it follows its word as any text does.
            lead = 0.25 * spot.size if name == YEAR else None
            form = text_form(writer, spot, values[name], family, lead=lead)
        except ValueError:
            raise Refused("seal.number_wide", number=values[name]) from None
        field[pdf_name("/V")] = generic.pdf_string(values[name])
        show(field, form)
        writer.mark_update(reference)


def _chain(key: SigningKey) -> list[x509.Certificate]:
    return [certificate(der) for der in (key.certificate, *key.chain)]
