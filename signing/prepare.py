"""Step 3: everything that may still change after the leader's signature is put into the file before it.

A number drawn on the page after the signature breaks it; a form field filled in does not, where the
signature is a certification with DocMDP P=2 (ISO 32000-1, 12.8.2.2). So number, date and every signature
are empty fields from the start, and each signature field says in its /Lock what it will freeze: a lock that
is added later breaks the leader's signature.
"""

from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name as name
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    append_signature_field,
)

from document.errors import Returnable
from document.page import MM, Box
from signing.appearance import empty_form, show
from signing.pdf_stages import PreparedAttachment, PreparedPdf
from signing.plan import SEAL, Plan, TextSpot
from signing.revision import Revision, follow, numbers, readable

PREFIX: Final = "Niem_"
READ_ONLY: Final = 1
PRINT: Final = 4
CENTRED: Final = 1
STAMP: Final = (96 * MM, 9 * MM)
"""Width and height of an attachment's stamp: one line of 10 pt, or two."""
STAMP_EDGE: Final = 8 * MM
"""Its distance from the top and the right edge of the page (R-SIG-09: top right corner)."""

# The fonts a viewer would use if it drew the value itself; the real appearance embeds its own.
_STANDARD: Final = {
    (False, False): ("TiRo", "Times-Roman"),
    (True, False): ("TiBo", "Times-Bold"),
    (False, True): ("TiIt", "Times-Italic"),
    (True, True): ("TiBI", "Times-BoldItalic"),
}


def prepare(pdf: bytes, plan: Plan) -> PreparedPdf:
    """Add the empty fields of `plan` in one incremental revision; `pdf` is an exact prefix of the result.

    Number and date fields come first, then the signers' in printed order, the organisation's last, so that
    the seal is painted on top. Raises `Returnable("prepare.…")`: signed already, a field name taken, the seal
    off the page, the file too irregular to be extended.
    """
    with readable("prepare.unreadable"):
        writer = Revision.on(pdf)
        _refuse_signed(writer.prev)
        foreign = _foreign_fields(writer)
        _check_on_page(writer, plan.seal)
        for field, spot in plan.texts.items():
            _add_text(writer, field, spot)
        lock = _signer_lock(plan, foreign)
        for signer in plan.signers:
            _add_signature(writer, signer.field, signer.box, lock)
            # The first signature's lock holds for all that follows, the other signers' revisions included.
            lock = None
        _add_signature(writer, SEAL, plan.seal, _seal_lock(plan), locked=plan.strict_lock)
        return PreparedPdf(writer.finish())


def prepare_attachment(pdf: bytes, ordinal: int) -> PreparedAttachment:
    """Add the organisation's stamp field to a separate attachment, top right on its first page (R-SIG-09).

    `ordinal` counts the attachments of a document from 1; it only tells people which one is meant. Raises as
    `prepare` does.
    """
    with readable("prepare.unreadable"):
        writer = Revision.on(pdf)
        _refuse_signed(writer.prev)
        foreign = _foreign_fields(writer)
        lock = FieldMDPSpec(FieldMDPAction.INCLUDE, foreign) if foreign else None
        _add_signature(writer, SEAL, stamp_box(writer), lock, tip=f"Phụ lục {ordinal}")
        return PreparedAttachment(writer.finish())


def stamp_box(writer: Revision) -> Box:
    """Where an attachment's stamp is: at the top right of its first page as shown."""
    _, frame = writer.page(0)
    page = frame.shown(frame.visible)
    x, y = page.x1 - STAMP_EDGE, page.y1 - STAMP_EDGE
    return frame.user(Box(0, x - STAMP[0], y - STAMP[1], x, y))


def _refuse_signed(reader: PdfFileReader) -> None:
    # A text field added after any signature breaks that signature (measured).
    if any(True for _ in reader.embedded_signatures):
        raise Returnable("prepare.signed_already")


def _foreign_fields(writer: Revision) -> list[str]:
    """Names of the file's own fields; the tops of the tree, since a lock on a field covers its kids."""
    if "/AcroForm" not in writer.root:
        return []
    found: list[str] = []
    waiting = list(follow(writer.form, "/Fields"))
    while waiting:
        field = waiting.pop(0).get_object()
        if "/T" in field:
            found.append(str(field["/T"]))
        else:
            waiting.extend(follow(field, "/Kids"))
    for taken in found:
        if taken.startswith(PREFIX):
            raise Returnable("prepare.field_taken", field=taken)
    return found


def _check_on_page(writer: Revision, seal: Box) -> None:
    if not writer.page(seal.page)[1].holds(seal):
        raise Returnable("prepare.seal_off_page")


def _signer_lock(plan: Plan, foreign: list[str]) -> FieldMDPSpec | None:
    if plan.strict_lock:
        ours = [*plan.texts, *(signer.field for signer in plan.signers), SEAL]
        return FieldMDPSpec(FieldMDPAction.EXCLUDE, ours)
    return FieldMDPSpec(FieldMDPAction.INCLUDE, foreign) if foreign else None


def _seal_lock(plan: Plan) -> FieldMDPSpec:
    if plan.strict_lock:
        return FieldMDPSpec(FieldMDPAction.ALL)
    return FieldMDPSpec(FieldMDPAction.INCLUDE, list(plan.texts))


def _add_text(writer: Revision, field_name: str, spot: TextSpot) -> None:
    """An empty text field exactly over its blank.

    ReadOnly, or viewers tint it and draw over it; printable, or it is missing on paper.
    """
    page, _ = writer.page(spot.box.page)
    font, base = _STANDARD[spot.bold, spot.italic]
    field = generic.DictionaryObject(
        {
            name("/Type"): name("/Annot"),
            name("/Subtype"): name("/Widget"),
            name("/FT"): name("/Tx"),
            name("/T"): generic.pdf_string(field_name),
            name("/Ff"): generic.NumberObject(READ_ONLY),
            name("/F"): generic.NumberObject(PRINT),
            name("/Q"): generic.NumberObject(CENTRED),
            name("/DA"): generic.pdf_string(f"/{font} {spot.size:g} Tf 0 g"),
            name("/P"): page,
            name("/Rect"): numbers(spot.box.x0, spot.box.y0, spot.box.x1, spot.box.y1),
        }
    )
    show(field, empty_form(writer, spot.box.width, spot.box.height))
    reference = writer.add_object(field)
    form = _form(writer)
    fields = form["/Fields"]
    fields.append(reference)
    writer.update_container(fields)
    _ensure_font(writer, form, font, base)
    writer.register_annotation(page, reference)


def _add_signature(
    writer: Revision,
    field_name: str,
    box: Box,
    lock: FieldMDPSpec | None,
    *,
    locked: bool = False,
    tip: str | None = None,
) -> None:
    _form(writer)
    append_signature_field(
        writer,
        SigFieldSpec(
            sig_field_name=field_name,
            on_page=box.page,
            box=(box.x0, box.y0, box.x1, box.y1),  # type: ignore[arg-type]  # points need not be whole
            field_mdp_spec=lock,
            doc_mdp_update_value=MDPPerm.NO_CHANGES if locked else None,
            readable_field_name=tip,
        ),
    )


def _form(writer: Revision) -> generic.DictionaryObject:
    """The file's form, made where it has none, without /NeedAppearances: ours are all there."""
    if "/AcroForm" not in writer.root:
        fresh = generic.DictionaryObject({name("/Fields"): generic.ArrayObject()})
        writer.root[name("/AcroForm")] = writer.add_object(fresh)
        writer.update_root()
    form = writer.form
    if "/Fields" not in form:
        form[name("/Fields")] = generic.ArrayObject()
    # Both signatures exist and the file only grows (ISO 32000-1, 12.7.2): said now, since the leader's
    # signature freezes the form.
    form[name("/SigFlags")] = generic.NumberObject(3)
    form.pop(name("/NeedAppearances"), None)
    writer.update_container(form)
    writer.update_root()
    return form


def _ensure_font(writer: Revision, form: generic.DictionaryObject, font: str, base: str) -> None:
    resources = form.setdefault(name("/DR"), generic.DictionaryObject()).get_object()
    fonts = resources.setdefault(name("/Font"), generic.DictionaryObject()).get_object()
    if "/" + font in fonts:
        return
    fonts[name("/" + font)] = generic.DictionaryObject(
        {
            name("/Type"): name("/Font"),
            name("/Subtype"): name("/Type1"),
            name("/BaseFont"): name("/" + base),
            name("/Encoding"): name("/WinAnsiEncoding"),
        }
    )
    writer.update_container(fonts)
    writer.update_container(resources)
    writer.update_container(form)
