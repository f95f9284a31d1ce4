import io
from dataclasses import replace

import pikepdf
import pytest

from certs.test.pki import Pki
from signing.embedded import Embedded, signatures
from signing.form import Form
from signing.second_reader import agrees
from tests.support.sealed import Writer, appended, as_the_states_tools_do, field, sealed, text_added

pytest_plugins = ["tests.support.pki"]


@pytest.fixture(scope="module")
def good(pki: Pki) -> bytes:
    return sealed(pki)


def found(pdf: bytes) -> list[Embedded]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return signatures(pdf, Form.read(opened))


def test_two_readers_see_the_same(pki: Pki, good: bytes) -> None:
    assert agrees(good, found(good))
    later = text_added(good)  # whether that was allowed is not for a reader to say
    assert agrees(later, found(later))
    typical = as_the_states_tools_do(pki)
    assert agrees(typical, found(typical))


def test_one_sees_more(good: bytes) -> None:
    leader, seal = found(good)
    assert not agrees(good, [leader])
    assert not agrees(good, [leader, seal, replace(seal, field=replace(seal.field, name="Khac"))])


def test_one_sees_a_value_elsewhere(good: bytes) -> None:
    leader, seal = found(good)
    assert not agrees(good, [leader, replace(seal, byte_range=leader.byte_range)])
    assert not agrees(good, [replace(leader, field=seal.field), replace(seal, field=leader.field)])


def test_a_signature_that_was_written_again_later(good: bytes) -> None:
    """The same value, but in an object that the signature does not cover any more."""

    def work(writer: Writer) -> None:
        writer.mark_update(field(writer, "Niem_Dau").raw_get("/V").reference)

    again = appended(good, work)
    assert [one.fault for one in found(again)] == [None, None]
    assert not agrees(again, found(again))


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7\nstartxref\n0\n%%EOF\n"])
def test_what_it_cannot_read(good: bytes, pdf: bytes) -> None:
    assert not agrees(pdf, found(good))
