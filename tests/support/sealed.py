"""Documents signed with the test PKI, and what forgers do to them."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.stamp import TextStampStyle

from certs.test.pki import Pki
from document.clock import local_date
from signing.keys.base import SigningKey
from signing.pdf_stages import SignedPdf
from signing.plan import Plan
from signing.prepare import prepare
from signing.revision import Revision
from signing.revocation import Revocation
from signing.seal import seal
from signing.sign import put, sign
from signing.timestamps import Timestamps
from signing.trust import Trust
from tests.support.papers import drawn, pki_key, plan_of, seal_image, signature_image
from tests.support.pen import Box as Place

NOW = datetime.now(UTC).replace(microsecond=0)
"""The test PKI is valid around the moment of the test run."""
LEADER, ORGANISATION = "leader-mau", "org-minh-giang"
Writer = IncrementalPdfFileWriter


def trust(pki: Pki, **extra: object) -> Trust:
    """The test roots, on a test site."""
    return Trust.load(pki.roots().values(), test_site=True, **extra)  # type: ignore[arg-type]


def moment(*, stamped: bool) -> datetime:
    """When to sign: what gets a time stamp now, however long ago this run began."""
    return datetime.now(UTC).replace(microsecond=0) if stamped else NOW


def signed(
    pki: Pki,
    *,
    leader: str = LEADER,
    original: bytes | None = None,
    at: datetime | None = None,
    strict_lock: bool = False,
    stamped: bool = False,
) -> tuple[SignedPdf, Plan]:
    """The standard letter, signed by a leader; `stamped`: with a time stamp of the PKI's services."""
    at = at or moment(stamped=stamped)
    where = plan_of(drawn(), strict_lock=strict_lock)
    prepared = prepare(drawn().pdf if original is None else original, where)
    timestamps = Timestamps(pki.tsa_urls()) if stamped else None
    key = pki_key(pki, leader)
    return sign(prepared, plan=where, key=key, at=at, image=signature_image(), timestamps=timestamps), where


def sealed(
    pki: Pki,
    *,
    leader: str = LEADER,
    organisation: str = ORGANISATION,
    original: bytes | None = None,
    at: datetime | None = None,
    strict_lock: bool = False,
    long_term: bool = False,
) -> bytes:
    """The letter with both layers. `long_term`: PAdES B-LT."""
    at = at or moment(stamped=long_term)
    first, where = signed(
        pki, leader=leader, original=original, at=at, strict_lock=strict_lock, stamped=long_term
    )
    roots = tuple(root(path) for path in pki.roots().values())
    return seal(
        first,
        plan=where,
        number="05",
        issued_on=local_date(at),
        key=pki_key(pki, organisation),
        at=at,
        seal_image=seal_image(),
        timestamps=Timestamps(pki.tsa_urls()) if long_term else None,
        revocation=Revocation(roots, frozenset({"127.0.0.1"})) if long_term else None,
    )


def root(path: Path) -> bytes:
    """A PEM file's certificate as DER."""
    found: bytes = Trust.load([path], test_site=True).roots[0].dump()
    return found


# ---- what forgers do: each takes a signed file and appends a revision


def appended(pdf: bytes, work: Callable[[Writer], None]) -> bytes:
    """`pdf` with one more revision, in which `work` was done."""
    writer = Writer(io.BytesIO(pdf), strict=False)
    work(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def field(writer: Writer, name: str) -> generic.DictionaryObject:
    """A form field, marked as changed."""
    for reference in writer.root["/AcroForm"]["/Fields"]:
        found = reference.get_object()
        if found.get("/T") == name:
            writer.mark_update(reference.reference)
            assert isinstance(found, generic.DictionaryObject)
            return found
    raise KeyError(name)


def page(writer: Writer) -> generic.DictionaryObject:
    """The first page, marked as changed."""
    reference, _ = writer.find_page_for_modification(0)
    writer.mark_update(reference)
    found = reference.get_object()
    assert isinstance(found, generic.DictionaryObject)
    return found


def stream(writer: Writer, data: bytes, **entries: generic.PdfObject) -> generic.IndirectObject:
    """A new stream; `entries` by name without the slash."""
    named = {generic.pdf_name(f"/{key}"): value for key, value in entries.items()}
    return writer.add_object(generic.StreamObject(named, stream_data=data))


def number_changed(pdf: bytes) -> bytes:
    """Another number in the number's field."""

    def work(writer: Writer) -> None:
        field(writer, "Niem_So")["/V"] = generic.pdf_string("99")

    return appended(pdf, work)


def text_added(pdf: bytes) -> bytes:
    """A line of text added to the first page."""

    def work(writer: Writer) -> None:
        line = stream(writer, b"BT /F1 12 Tf 72 400 Td (1.000.000) Tj ET")
        there = page(writer)
        old = there.raw_get("/Contents")
        parts = list(old.get_object()) if isinstance(old.get_object(), generic.ArrayObject) else [old]
        there["/Contents"] = generic.ArrayObject([*parts, line])

    return appended(pdf, work)


def note_added(pdf: bytes) -> bytes:
    """A free-text annotation put over the page."""

    def work(writer: Writer) -> None:
        box = generic.ArrayObject(map(generic.NumberObject, (72, 400, 300, 440)))
        look = stream(
            writer,
            b"1 1 1 rg 0 0 228 40 re f",
            Type=generic.pdf_name("/XObject"),
            Subtype=generic.pdf_name("/Form"),
            BBox=generic.ArrayObject(map(generic.NumberObject, (0, 0, 228, 40))),
        )
        note = generic.DictionaryObject(
            {
                generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
                generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
                generic.pdf_name("/Rect"): box,
                generic.pdf_name("/F"): generic.NumberObject(4),
                generic.pdf_name("/AP"): generic.DictionaryObject({generic.pdf_name("/N"): look}),
            }
        )
        there = page(writer)
        there["/Annots"] = generic.ArrayObject([*there["/Annots"], writer.add_object(note)])

    return appended(pdf, work)


def seal_covered(pdf: bytes) -> bytes:
    """The seal's appearance exchanged after it was put."""

    def work(writer: Writer) -> None:
        look = field(writer, "Niem_Dau")
        look["/AP"] = generic.DictionaryObject(
            {
                generic.pdf_name("/N"): stream(
                    writer,
                    b"1 0 0 rg 0 0 100 100 re f",
                    Type=generic.pdf_name("/XObject"),
                    Subtype=generic.pdf_name("/Form"),
                    BBox=generic.ArrayObject(map(generic.NumberObject, (0, 0, 100, 100))),
                )
            }
        )

    return appended(pdf, work)


def seal_moved(pdf: bytes) -> bytes:
    """The seal's box shifted after it was put."""

    def work(writer: Writer) -> None:
        box = field(writer, "Niem_Dau")
        box["/Rect"] = generic.ArrayObject(generic.FloatObject(float(edge) + 20) for edge in box["/Rect"])

    return appended(pdf, work)


def signer_hidden(pdf: bytes) -> bytes:
    """The leader's signature made invisible."""

    def work(writer: Writer) -> None:
        field(writer, "Niem_Ky_1")["/F"] = generic.NumberObject(2)

    return appended(pdf, work)


def page_turned_over(pdf: bytes) -> bytes:
    """The first page shown upside down."""

    def work(writer: Writer) -> None:
        page(writer)["/Rotate"] = generic.NumberObject(180)

    return appended(pdf, work)


def visible_field_added(pdf: bytes) -> bytes:
    """An empty signature field that is seen, after the last signature."""
    return appended(
        pdf,
        lambda writer: fields.append_signature_field(
            writer, fields.SigFieldSpec("Khac", on_page=0, box=(72, 72, 200, 140))
        ),
    )


def script_added(pdf: bytes) -> bytes:
    """JavaScript that runs when the file is opened."""

    def work(writer: Writer) -> None:
        action = {"/S": generic.pdf_name("/JavaScript"), "/JS": generic.pdf_string("app.alert(1)")}
        writer.root["/OpenAction"] = generic.DictionaryObject(
            {generic.pdf_name(key): value for key, value in action.items()}
        )
        writer.update_root()

    return appended(pdf, work)


def overlay_added(writer: Writer) -> None:
    """A new signature field between the layers whose appearance hides a line of the page."""
    box = drawn().box("number")
    place = (round(box.left) - 60, round(box.bottom) - 6, round(box.right) + 60, round(box.top) + 6)
    fields.append_signature_field(writer, fields.SigFieldSpec("Che", on_page=0, box=place))
    width, height = place[2] - place[0], place[3] - place[1]
    look = stream(
        writer,
        f"1 1 1 rg 0 0 {width} {height} re f".encode(),
        Type=generic.pdf_name("/XObject"),
        Subtype=generic.pdf_name("/Form"),
        BBox=generic.ArrayObject(map(generic.FloatObject, (0, 0, width, height))),
    )
    field(writer, "Che")["/AP"] = generic.DictionaryObject({generic.pdf_name("/N"): look})


def stamped_by_receiver(pdf: bytes, key: SigningKey) -> bytes:
    """The stamp of a body that received the document: a new visible field, signed, on an empty place."""
    writer = Revision.on(pdf)
    fields.append_signature_field(writer, fields.SigFieldSpec("Den", on_page=0, box=(20, 20, 120, 40)))
    return put(writer, "Den", None, key=key, at=NOW, timestamps=None, certify=False)


def fill_foreign_field(writer: Writer) -> None:
    """A value in a field of the draft's own form."""
    field(writer, "Ghi_chu")["/V"] = generic.pdf_string("Dong y")


def carelessly_sealed(pki: Pki, leader: str, organisation: str = ORGANISATION) -> bytes:
    """Both layers by a tool that looks at no certificate (pyHanko's plain signer), at this moment."""
    done: bytes = prepare(drawn().pdf, plan_of(drawn()))
    for name, label, certify in (("Niem_Ky_1", leader, True), ("Niem_Dau", organisation, False)):
        signer = signers.SimpleSigner.load_pkcs12(pki.p12(label), passphrase=pki.passphrase.encode())
        assert signer is not None
        meta = signers.PdfSignatureMetadata(
            field_name=name,
            certify=certify,
            docmdp_permissions=fields.MDPPerm.FILL_FORMS,
            subfilter=fields.SigSeedSubFilter.PADES,
            md_algorithm="sha256",
        )
        bare = TextStampStyle(stamp_text="", background=None, border_width=0)
        out = signers.PdfSigner(meta, signer, stamp_style=bare).sign_pdf(Writer(io.BytesIO(done)))
        done = out.getvalue()
    return done


def as_the_states_tools_do(pki: Pki) -> bytes:
    """Drafter's initials (certifying, P=2), the leader, then the organisation four times, each a new field.

    The organisation's first three signatures carry number, day and month as text in their own boxes, over
    the blanks; the last the seal.
    """
    done = drawn().pdf
    place = {key: drawn().box(key) for key in ("number", "day", "month")}

    def over(at: Place) -> tuple[int, int, int, int]:
        return round(at.left) - 20, round(at.bottom) - 6, round(at.right) + 20, round(at.top)

    steps: list[tuple[str, str, tuple[int, int, int, int], str]] = [
        ("Nhay", "head-kiem", (60, 60, 104, 105), "KN"),
        ("LanhDao", LEADER, (360, 150, 476, 215), "Tran Van Mau"),
        *((key, ORGANISATION, over(at), "05") for key, at in place.items()),
        ("Dau", ORGANISATION, (327, 132, 426, 232), "DAU"),
    ]
    for name, label, box, text in steps:
        signer = signers.SimpleSigner.load_pkcs12(pki.p12(label), passphrase=pki.passphrase.encode())
        assert signer is not None
        meta = signers.PdfSignatureMetadata(
            field_name=name, certify=name == "Nhay", docmdp_permissions=fields.MDPPerm.FILL_FORMS
        )
        spec = fields.SigFieldSpec(name, on_page=0, box=box)
        style = TextStampStyle(stamp_text=text, background=None, border_width=0)
        act = signers.PdfSigner(meta, signer, stamp_style=style, new_field_spec=spec)
        done = act.sign_pdf(Writer(io.BytesIO(done), strict=False)).getvalue()
    return done


def sealed_by_force(pki: Pki, first: bytes, work: Callable[[Writer], None]) -> bytes:
    """A seal as a careless tool puts it: in one revision with whatever `work` does."""
    writer = Revision.on(first)
    work(writer)
    key = pki_key(pki, ORGANISATION)
    return put(writer, "Niem_Dau", None, key=key, at=NOW, timestamps=None, certify=False)


def with_foreign_field() -> bytes:
    """The letter as somebody drafts it in a form program: with a text field of its own."""
    with pikepdf.open(io.BytesIO(drawn().pdf)) as pdf:
        box = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=pikepdf.String("Ghi_chu"),
            Rect=Array([72, 60, 200, 80]),
            F=4,
            DA=pikepdf.String("/Helv 10 Tf 0 g"),
            P=pdf.pages[0].obj,
        )
        reference = pdf.make_indirect(box)
        pdf.Root.AcroForm = Dictionary(Fields=Array([reference]))
        pdf.pages[0].obj.Annots = Array([reference])
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


FORGERIES = [
    number_changed,
    text_added,
    note_added,
    seal_covered,
    seal_moved,
    signer_hidden,
    page_turned_over,
    visible_field_added,
    script_added,
]
"""Each makes a file that says something else than what was signed, and leaves every signed byte alone."""
