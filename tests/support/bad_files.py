"""Files that must not go on: each function gives the bytes of one, `BAD` names them all.

They are made from `letter()`, so that each is a good document but for its one fault.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pikepdf
import pypdfium2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pikepdf import Array, Dictionary, Name, Stream
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from tests.support.pages import Signer, letter
from tests.support.pen import saved

if TYPE_CHECKING:
    from collections.abc import Callable

PASSWORD = "mat-khau"
EARLIER_SIGNER = "Hồ Thị Trước"


def not_a_pdf() -> bytes:
    """Plain text under the name of a PDF."""
    return "Đây là tệp văn bản, không phải PDF.\r\n".encode()


def empty() -> bytes:
    """A file of no bytes."""
    return b""


def truncated() -> bytes:
    """The first part of a PDF, as a broken copy leaves it."""
    whole = letter()
    return whole[: len(whole) * 3 // 5]


def zero_pages() -> bytes:
    """A sound PDF without a page."""
    with pikepdf.new() as pdf:
        return saved(pdf)


def encrypted() -> bytes:
    """A PDF that opens only with a password."""
    return _encrypted(pikepdf.Encryption(owner=PASSWORD, user=PASSWORD))


def restricted() -> bytes:
    """A PDF that anyone opens, but whose owner forbids changes."""
    allowed = pikepdf.Permissions(modify_annotation=False, modify_form=False, modify_other=False)
    return _encrypted(pikepdf.Encryption(owner=PASSWORD, user="", allow=allowed))


def javascript() -> bytes:
    """JavaScript that runs when the file is opened."""

    def plant(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = _script()

    return _changed(plant)


def named_javascript() -> bytes:
    """JavaScript in the name tree of the document, which runs as well."""

    def plant(pdf: pikepdf.Pdf) -> None:
        tree = Dictionary(Names=Array([pikepdf.String("mo"), pdf.make_indirect(_script())]))
        pdf.Root.Names = Dictionary(JavaScript=pdf.make_indirect(tree))

    return _changed(plant)


def page_javascript() -> bytes:
    """JavaScript in the additional actions of a page."""

    def plant(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj.AA = Dictionary(O=_script())

    return _changed(plant)


def launch() -> bytes:
    """A link that starts a program."""

    def plant(pdf: pikepdf.Pdf) -> None:
        action = Dictionary(S=Name.Launch, F=pikepdf.String("chuong-trinh.exe"))
        _annotate(pdf, Dictionary(Subtype=Name.Link, A=action))

    return _changed(plant)


def xfa() -> bytes:
    """An XFA form: a second document inside the file."""

    def plant(pdf: pikepdf.Pdf) -> None:
        form = Stream(pdf, b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"/>')
        pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=form)

    return _changed(plant)


def hidden_layer() -> bytes:
    """Text on a layer (optional content) that is switched off, and could be switched on."""

    def plant(pdf: pikepdf.Pdf) -> None:
        group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=pikepdf.String("Lớp ẩn")))
        off = Dictionary(OFF=Array([group]), Order=Array([group]))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=off)
        page = pdf.pages[0]
        page.obj.Resources.Properties = Dictionary(Lop=group)
        page.contents_add(b"/OC /Lop BDC 100 300 200 40 re f EMC")

    return _changed(plant)


def embedded_media() -> bytes:
    """A film inside the page."""

    def plant(pdf: pikepdf.Pdf) -> None:
        film = Stream(pdf, b"\x00\x00\x00\x18ftypmp42", Type=Name.EmbeddedFile)
        data = Dictionary(Type=Name.Filespec, F=pikepdf.String("phim.mp4"), EF=Dictionary(F=film))
        clip = Dictionary(Type=Name.MediaClip, S=Name.MCD, CT=pikepdf.String("video/mp4"), D=data)
        play = Dictionary(Type=Name.Rendition, S=Name.MR, C=clip)
        action = Dictionary(S=Name.Rendition, OP=0, R=pdf.make_indirect(play))
        _annotate(pdf, Dictionary(Subtype=Name.Screen, A=action))

    return _changed(plant)


def rich_media() -> bytes:
    """A rich-media annotation."""

    def plant(pdf: pikepdf.Pdf) -> None:
        content = Dictionary(Assets=Dictionary(Names=Array()), Configurations=Array())
        _annotate(pdf, Dictionary(Subtype=Name.RichMedia, RichMediaContent=content))

    return _changed(plant)


def already_signed() -> bytes:
    """A document that somebody (`EARLIER_SIGNER`) has signed before."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, EARLIER_SIGNER)])
    certificate = (
        x509.CertificateBuilder(subject_name=who, issuer_name=who, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2045, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    signer = signers.SimpleSigner.load_pkcs12_data(
        _pkcs12(key, certificate), other_certs=[], passphrase=PASSWORD.encode()
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(letter()))
    place = fields.SigFieldSpec("Signature1", on_page=0, box=(90, 60, 200, 100))
    out = signers.sign_pdf(
        writer, signers.PdfSignatureMetadata(field_name="Signature1"), signer, new_field_spec=place
    )
    return bytes(out.getvalue())


def scan() -> bytes:
    """A page that is only a picture, as a scanner gives it: nothing to read."""
    with pypdfium2.PdfDocument(letter()) as pdf:
        picture = pdf[0].render(scale=150 / 72).to_pil().convert("L")
    out = io.BytesIO()
    picture.save(out, "PDF", resolution=150)
    return out.getvalue()


def secret() -> bytes:
    """A document with the secrecy mark MẬT in a frame of its own."""
    return letter(marks=("MẬT",))


def top_secret() -> bytes:
    """A document with the secrecy mark TỐI MẬT."""
    return letter(marks=("TỐI MẬT",))


def most_secret() -> bytes:
    """A document with the secrecy mark TUYỆT MẬT, its letters apart from their marks (NFD)."""
    return letter(marks=("TUYỆT MẬT",), decomposed=True)


def unknown_signer() -> bytes:
    """A document whose signer nobody knows."""
    return letter(signers=(Signer(("KT. CHỦ TỊCH",), "PHÓ CHỦ TỊCH", "Hồ Văn Lạ"),))


def no_signer() -> bytes:
    """A document without a signer block."""
    return letter(signers=())


def other_issuer() -> bytes:
    """A document of another body."""
    return letter(issuer=("ỦY BAN NHÂN DÂN", "XÃ HÒA MẪU"), place="Hòa Mẫu")


def filled_number() -> bytes:
    """A document that has a number already."""
    return letter(number="15")


def printed_date() -> bytes:
    """A document that bears a whole date of a past year."""
    return letter(day="05", month="01", year="2019")


def narrow_blanks() -> bytes:
    """Blanks that hold one digit, not a number of the series."""
    return letter(number_room=6.5, date_room=6.5, year_room=34)


BAD: dict[str, Callable[[], bytes]] = {
    made.__name__: made
    for made in (
        not_a_pdf,
        empty,
        truncated,
        zero_pages,
        encrypted,
        restricted,
        javascript,
        named_javascript,
        page_javascript,
        launch,
        xfa,
        hidden_layer,
        embedded_media,
        rich_media,
        already_signed,
        scan,
        secret,
        top_secret,
        most_secret,
        unknown_signer,
        no_signer,
        other_issuer,
        filled_number,
        printed_date,
        narrow_blanks,
    )
}

ACTIVE = (
    "javascript",
    "named_javascript",
    "page_javascript",
    "launch",
    "xfa",
    "hidden_layer",
    "embedded_media",
    "rich_media",
)
SECRET = ("secret", "top_secret", "most_secret")


def speaks_of_secrets() -> bytes:
    """A good document that only speaks of secrets, in a sentence and in capitals: no mark."""
    return letter(
        subject=("Về việc quản lý văn bản mật",),
        body=(
            "Điều 1. Không đưa văn bản có dấu MẬT vào thư mục dùng chung; tài liệu TỐI MẬT bàn giao riêng./.",
        ),
    )


def _changed(plant: Callable[[pikepdf.Pdf], None]) -> bytes:
    with pikepdf.open(io.BytesIO(letter())) as pdf:
        plant(pdf)
        return saved(pdf)


def _encrypted(how: pikepdf.Encryption) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(letter())) as pdf:
        pdf.save(out, encryption=how)
    return out.getvalue()


def _script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1);"))


def _annotate(pdf: pikepdf.Pdf, what: Dictionary) -> None:
    what.Type, what.Rect = Name.Annot, Array([100, 100, 200, 150])
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(what)])


def _pkcs12(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> bytes:
    return serialization.pkcs12.serialize_key_and_certificates(
        b"truoc", key, certificate, None, serialization.BestAvailableEncryption(PASSWORD.encode())
    )
