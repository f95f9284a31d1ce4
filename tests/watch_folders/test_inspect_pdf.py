"""The PDF's part of the inspection."""

import io
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from document.errors import Returnable
from tests.support import bad_files
from tests.support.pages import letter
from watch_folders.inspect_pdf import inspect_pdf


def changed(plant: Callable[[pikepdf.Pdf], None]) -> bytes:
    """A good document with something planted."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(letter())) as pdf:
        plant(pdf)
        pdf.save(out)
    return out.getvalue()


def fault(data: bytes) -> Returnable:
    """Why a PDF goes back."""
    with pytest.raises(Returnable) as caught:
        inspect_pdf(data)
    return caught.value


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("truncated", "truncated"), ("zero_pages", "no_pages"), ("encrypted", "encrypted"),
        ("restricted", "encrypted"), ("javascript", "javascript"), ("named_javascript", "javascript"),
        ("page_javascript", "javascript"), ("launch", "actions"), ("xfa", "xfa"), ("hidden_layer", "layers"),
        ("embedded_media", "media"), ("rich_media", "media"), ("already_signed", "signed"),
    ],
)  # fmt: skip
def test_each_fault_has_its_own_message(bad: str, code: str) -> None:
    assert fault(bad_files.BAD[bad]()).code == f"intake.{code}"


def test_the_earlier_signer_is_named() -> None:
    assert bad_files.EARLIER_SIGNER in fault(bad_files.already_signed()).text("vi")


def test_a_signature_that_cannot_be_read_is_one_all_the_same() -> None:
    def plant(pdf: pikepdf.Pdf) -> None:
        value = Dictionary(
            Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=String("?"), Name=String("Ai đó")
        )
        pdf.Root.Somewhere = pdf.make_indirect(value)

    assert fault(changed(plant)).params == {"signer": "Ai đó"}


def test_actions_hidden_in_a_direct_dictionary_without_a_type_are_found() -> None:
    def plant(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj.AA = Dictionary(
            O=Dictionary(S=Name.Named, Next=Array([Dictionary(S=Name.Launch, F=String("x"))]))
        )

    assert fault(changed(plant)).code == "intake.actions"


def test_an_address_opened_by_itself_is_an_action_and_a_link_is_none() -> None:
    address = Dictionary(S=Name.URI, URI=String("https://example.invalid"))

    def opened(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = address

    def linked(pdf: pikepdf.Pdf) -> None:
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=address)
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link)])

    assert fault(changed(opened)).code == "intake.actions"
    assert inspect_pdf(changed(linked)) == 1


def test_a_file_carried_inside_is_found() -> None:
    def plant(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["a.txt"] = b"a"

    assert fault(changed(plant)).code == "intake.attached_files"


def test_a_damaged_cross_reference_is_not_repaired_in_silence() -> None:
    whole = letter()
    at = whole.rindex(b"startxref")
    assert fault(whole[:at] + b"startxref\n7\n%%EOF\n").code == "intake.damaged"


@pytest.mark.parametrize("pages", [1, 3])
def test_a_good_document_gives_its_number_of_pages(pages: int) -> None:
    assert inspect_pdf(letter(pages=pages)) == pages
