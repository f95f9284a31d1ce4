import io
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from pyhanko.pdf_utils import generic

from certs.test.pki import Pki
from signing.appearance import show, text_form
from signing.asking import Asking
from signing.evidence import Verdict
from signing.fonts import family
from signing.form import Form
from signing.letters import Letters
from signing.revision import Revision
from signing.shown import compact, differing
from signing.verify import verify
from tests.support import sealed as support
from tests.support.sealed import NOW, sealed, sealed_by_force, signed, trust, with_foreign_field

pytest_plugins = ["tests.support.pki"]


def differs(value: object, content: bytes = b"BT /F 9 Tf (05) Tj ET", **entries: object) -> bool:
    with pikepdf.new() as pdf:
        fonts = Dictionary(F=Dictionary(Subtype=Name.Type1, Encoding=Name.WinAnsiEncoding))
        look = pdf.make_stream(content, Subtype=Name.Form, Resources=Dictionary(Font=fonts))
        field = Dictionary(FT=Name.Tx, T=String("So"), Rect=Array([0, 0, 9, 9]), V=value)
        field.AP = Dictionary(N=look)
        for key, entry in entries.items():
            field[f"/{key}"] = entry
        pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(field)]))
        return [one.name for one in differing(Form.read(pdf), Letters())] == ["So"]


@pytest.mark.parametrize(
    ("value", "content", "expected"),
    [
        ("05", b"BT /F 9 Tf (05) Tj ET", False),
        ("05", b"/Tx BMC q BT /F 9 Tf (0) Tj 3 0 Td (5) Tj ET Q EMC", False),
        ("0 5", b"BT /F 9 Tf [(0) -90 (5)] TJ ET", False),
        ("05", b"BT /F 9 Tf (06) Tj ET", True),
        ("05", b"", True),
        ("05", b"BT /F 9 Tf (0) Tj 3 Tr (5) Tj ET", True),
        ("05", b"BT /G 9 Tf (05) Tj ET", True),
        ("05", b"BT /F Tf (05) Tj ET", True),
    ],
)
def test_a_field_shows_its_value(value: str, content: bytes, expected: bool) -> None:  # noqa: FBT001
    assert differs(String(value), content) is expected


def test_what_is_not_compared() -> None:
    assert differs(String("06"))
    assert not differs(String("06"), Ff=1 << 13)
    assert not differs(String("06"), F=2)
    assert not differs(String("06"), FT=Name.Ch)
    assert not differs(String(""))
    assert not differs(String("06"), AP=Dictionary())


def test_compact() -> None:
    assert compact(" So\u0302\u0301:\n 05 ") == "Số:05"


# ---- in a verdict


@pytest.fixture(scope="module")
def check(pki: Pki) -> Callable[[bytes], Verdict]:
    asking = trust(pki, online=Asking(frozenset({"127.0.0.1"})))
    return lambda pdf: verify(pdf, name="a", trust=asking, at=NOW)


def filled(pki: Pki, value: str, seen: str) -> bytes:
    """The letter sealed by a tool that writes one number and shows another."""
    first, plan = signed(pki)

    def work(writer: support.Writer) -> None:
        assert isinstance(writer, Revision)
        field = support.field(writer, "Niem_So")
        field["/V"] = generic.pdf_string(value)
        show(field, text_form(writer, plan.number, seen, family()))

    return sealed_by_force(pki, first, work)


def test_a_number_that_shows_as_another(pki: Pki, check: Callable[[bytes], Verdict]) -> None:
    assert check(filled(pki, "05", "05")).verdict == "valid"
    verdict = check(filled(pki, "05", "50"))
    assert (verdict.verdict, verdict.integrity) == ("indeterminate", "intact")
    assert verdict.headline.text() == "Trường “Niem_So” hiển thị khác với giá trị ghi trong tệp."


def test_our_own_fields_show_what_they_say(pki: Pki) -> None:
    with pikepdf.open(io.BytesIO(sealed(pki))) as pdf:
        form = Form.read(pdf)
        assert {name for name, field in form.fields.items() if field.kind == "/Tx"} >= {
            "Niem_So",
            "Niem_Ngay",
        }
        assert list(differing(form, Letters())) == []


def test_a_field_of_the_draft_is_only_noted(pki: Pki, check: Callable[[bytes], Verdict]) -> None:
    """Its signatory saw it, and form programs show 1000 as 1.000,00."""
    with pikepdf.open(io.BytesIO(with_foreign_field())) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        fonts = Dictionary(F=Dictionary(Subtype=Name.Type1))
        field.V = String("1000")
        field.AP = Dictionary(
            N=pdf.make_stream(
                b"BT /F 9 Tf (1.000,00) Tj ET",
                Subtype=Name.Form,
                BBox=Array([0, 0, 128, 20]),
                Resources=Dictionary(Font=fonts),
            )
        )
        out = io.BytesIO()
        pdf.save(out)
    verdict = check(sealed(pki, original=out.getvalue()))
    assert (verdict.verdict, verdict.integrity) == ("valid", "intact")
    assert "verdict.field_differs" in {found.code for found in verdict.reasons}
