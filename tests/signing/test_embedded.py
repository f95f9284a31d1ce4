import io

import pikepdf
import pytest

from certs.test.pki import Pki
from signing.embedded import Embedded, signatures
from signing.form import Form, FormField
from tests.support.sealed import sealed

pytest_plugins = ["tests.support.pki"]


@pytest.fixture(scope="module")
def good(pki: Pki) -> bytes:
    return sealed(pki)


def read(pdf: bytes) -> list[Embedded]:
    with pikepdf.open(io.BytesIO(pdf), attempt_recovery=False) as opened:
        found = signatures(pdf, Form.read(opened))
        assert [one.is_intact for one in found] == [one.is_intact for one in found]
        return found


def replaced(pdf: bytes, old: bytes, new: bytes) -> bytes:
    """The last `old` overwritten by `new` of the same length."""
    assert len(old) == len(new)
    place = pdf.rindex(old)
    return pdf[:place] + new + pdf[place + len(old) :]


def test_signatures_in_the_order_of_signing(good: bytes) -> None:
    leader, seal = read(good)
    assert (leader.name, seal.name) == ("Niem_Ky_1", "Niem_Dau")
    assert (leader.fault, seal.fault) == (None, None)
    assert leader.end < seal.end == len(good)
    assert leader.is_intact
    assert seal.is_intact


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        ("D:20260105093015+07'00'", "2026-01-05 09:30:15+07:00"),
        ("D:20260105023015Z", "2026-01-05 02:30:15+00:00"),
        ("D:20260105093015", "None"),
        ("khi nao", "None"),
        (None, "None"),
    ],
)
def test_the_claimed_time_says_its_zone(said: str | None, claimed: str) -> None:
    entries = {} if said is None else {"/M": pikepdf.String(said)}
    field = FormField("Ky", "/Sig", pikepdf.Dictionary(V=pikepdf.Dictionary(entries)), ())
    assert str(Embedded(b"", field, None, b"", None, None).claimed) == claimed


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"/ByteRange [0 ", b"/ByteRange [1 ", "verdict.wrong_byte_range"),
        (b"/ByteRange", b"/byteRange", "verdict.no_byte_range"),
        (b"/Contents <", b"/contents <", "verdict.no_contents"),
        (b"/ETSI.CAdES.detached", b"/ETSI.CAdES.detacheD", "verdict.unknown_format"),
    ],
)
def test_wrong_shapes(good: bytes, old: bytes, new: bytes, code: str) -> None:
    fault = read(replaced(good, old, new))[-1].fault if code != "verdict.no_byte_range" else None
    faults = {one.fault.code for one in read(replaced(good, old, new)) if one.fault}
    assert faults == {code}
    assert fault is None or fault.code == code


def test_more_left_out_than_the_value(good: bytes) -> None:
    """The gap grown by one byte before the value: something could hide there."""
    seal = read(good)[1]
    assert seal.byte_range is not None
    first = seal.byte_range[1]
    changed = replaced(good, f"/ByteRange [0 {first} ".encode(), f"/ByteRange [0 {first - 1} ".encode())
    assert [one.fault.code for one in read(changed) if one.fault] == ["verdict.wrong_byte_range"]


def test_a_value_of_zeros(good: bytes) -> None:
    seal = read(good)[1]
    assert seal.byte_range is not None
    _, first, second, _ = seal.byte_range
    zeros = good[: first + 1] + b"0" * (second - first - 2) + good[second - 1 :]
    assert [one.fault.code for one in read(zeros) if one.fault] == ["verdict.no_contents"]
