"""Step 6: layer one, the authorised person's signature (Decree 30/2020, Art. 13; R-SIG-06)."""

from datetime import datetime
from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_byterange import BuildProps
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfSigningSession

from document import messages
from document.clock import local, shown
from document.errors import Refused
from signing import fonts
from signing.appearance import Drawn, Form, image_form, words_form
from signing.cms import DIGEST, KeySigner, check_usable, space, wait
from signing.keys.base import SigningKey
from signing.pdf_stages import PreparedPdf, SignedPdf
from signing.plan import SEAL, Plan, SignerSpot
from signing.revision import Revision, follow, readable
from signing.timestamps import Timestamps

APPLICATION: Final = BuildProps(name="Niem")


def sign(
    prepared: PreparedPdf,
    *,
    plan: Plan,
    key: SigningKey,
    at: datetime,
    image: bytes | None,
    timestamps: Timestamps | None,
    signer_index: int = 0,
    font_order: tuple[str, ...] = (),
) -> SignedPdf:
    """Sign into the field of `plan.signers[signer_index]`; `prepared` is an exact prefix of the result.

    PAdES B-B, B-T with `timestamps`. The first signature in the file certifies it with DocMDP P=2 (form
    filling only), a later one approves. `at` (aware) is the act's time: /M carries it as `+07'00'`, and so
    does the text that stands in for a missing `image` (PNG; R-CRY-14).

    Raises `Refused("signing.…")` on a file that cannot be signed here, `BadInput` on a bad image, and what
    the key raises; nothing has happened to the key before the file was found fit. Must not be called twice
    for one intent with another `at`. Whether a time stamp was had, `signing.layers.is_timestamped` tells.
    """
    spot = plan.signers[signer_index]
    with readable("signing.failed", Refused):
        writer = Revision.on(prepared)
        first = not any(True for _ in writer.prev.embedded_signatures)
        if first and "/AcroForm" in writer.root:
            _touch_locked(writer, plan)
        form = _signature_form(writer, spot, at, image, font_order)
        return SignedPdf(put(writer, spot.field, form, key=key, at=at, timestamps=timestamps, certify=first))


def put(
    writer: Revision,
    field: str,
    form: Form | None,
    *,
    key: SigningKey,
    at: datetime,
    timestamps: Timestamps | None,
    certify: bool,
) -> bytes:
    """Sign `writer`'s revision into its empty signature field `field`, showing `form`; the whole file."""
    _check_empty(writer, field)
    check_usable(key, at)
    if timestamps is not None and timestamps.required:
        timestamps.health()
    signer = PdfSigner(
        PdfSignatureMetadata(
            field_name=field,
            md_algorithm=DIGEST,
            subfilter=SigSeedSubFilter.PADES,
            certify=certify,
            # Without certifying, what the field's prepared lock says (ISO 32000-2, 12.8.2.4) is all there is.
            docmdp_permissions=MDPPerm.FILL_FORMS if certify else None,  # type: ignore[arg-type]
            app_build_props=APPLICATION,
        ),
        signer=KeySigner(key),
        timestamper=timestamps,
        stamp_style=Drawn(form=form),
    )
    session = signer.init_signing_session(writer, existing_fields_only=True)
    # Only the session takes a time; without it /M would show the machine's zone.
    session.system_time = local(at)
    return wait(_complete(session, space(key, timestamps)))


async def _complete(session: PdfSigningSession, reserved: int) -> bytes:
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=reserved)
    digest, output = document.digest_tbs_document()
    # PAdES forbids the signing-time attribute where /M is there (ETSI EN 319 142-1, 5.3).
    await document.perform_signature(digest.document_digest, PdfCMSSignedAttributes())
    output.seek(0)
    return bytes(output.read())


def _check_empty(writer: Revision, field: str) -> None:
    found = writer.field(field)
    if found is None:
        raise Refused("signing.no_field", field=field)
    if "/V" in found[0]:
        raise Refused("signing.field_signed", field=field)


def _touch_locked(writer: Revision, plan: Plan) -> None:
    """Write the appearances of the file's own fields again, unchanged, in the leader's revision.

    pyHanko's difference analysis (0.38) takes an appearance stream of a locked field for changed unless the
    signed revision itself wrote it last, and so finds fault with a file in which nothing happened.
    """
    ours = {*plan.texts, SEAL, *(signer.field for signer in plan.signers)}
    waiting = [
        field for field in follow(writer.form, "/Fields") if follow(field.get_object(), "/T") not in ours
    ]
    while waiting:
        field = waiting.pop().get_object()
        waiting.extend(follow(field, "/Kids"))
        looks = follow(field, "/AP")
        for key in ("/N", "/R", "/D"):
            if key in looks and isinstance(looks[key], generic.StreamObject):
                writer.mark_update(looks.raw_get(key))


def _signature_form(
    writer: Revision, spot: SignerSpot, at: datetime, image: bytes | None, order: tuple[str, ...]
) -> Form:
    if image is not None:
        return image_form(writer, image, spot.box)
    day, second = shown(at).split(" ")
    words = (messages.text("signing.shown"), spot.name, f"{day}; {second} +07:00")
    return words_form(writer, words, spot.box, fonts.family(order))
