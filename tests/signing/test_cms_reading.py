import io
from hashlib import new as hashing

import pikepdf
import pytest
from asn1crypto import cms

from certs.test.pki import Pki
from signing.cms_reading import Cms, Unreadable, holds, read_cms, token_holds
from tests.support.sealed import NOW, signed

pytest_plugins = ["tests.support.pki"]


@pytest.fixture(scope="module")
def parts(pki: Pki) -> tuple[Cms, bytes]:
    """A stamped signature's message, and the bytes it covers."""
    pdf = signed(pki, stamped=True)[0]
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        fields = {str(field.T): field for field in opened.Root.AcroForm.Fields}
        value = fields["Niem_Ky_1"].V
        start, length, second, rest = (int(number) for number in value.ByteRange.as_list())
        return read_cms(bytes(value.Contents)), pdf[start:length] + pdf[second : second + rest]


def test_what_a_message_says(parts: tuple[Cms, bytes]) -> None:
    message, _ = parts
    assert (message.digest, message.key, message.algorithm) == (
        "sha256",
        ("rsa", 2048),
        "RSA 2048, SHA-256",
    )
    assert message.names_certificate
    assert not message.is_token
    assert message.token is not None
    assert message.token.is_token
    assert abs((message.token.stamped - NOW).total_seconds()) < 3600


def test_it_holds_over_its_bytes_only(parts: tuple[Cms, bytes]) -> None:
    message, covered = parts
    assert holds(message, lambda name: hashing(name, covered).digest())
    assert not holds(message, lambda name: hashing(name, covered + b" ").digest())


def test_a_token_holds_over_its_signature_only(parts: tuple[Cms, bytes]) -> None:
    message, _ = parts
    assert token_holds(message)
    assert message.token is not None
    assert not holds(message.token, lambda name: hashing(name, b"khac").digest())


def test_a_changed_signature_value_does_not_hold(parts: tuple[Cms, bytes]) -> None:
    message, covered = parts
    info = cms.ContentInfo({"content_type": "signed_data", "content": message.content})
    der = bytearray(info.dump())
    place = bytes(der).index(message.signature_value)
    der[place + 10] ^= 1
    assert not holds(read_cms(bytes(der)), lambda name: hashing(name, covered).digest())


@pytest.mark.parametrize("data", [b"", b"\0" * 40, b"khong phai CMS", b"\x30\x03\x02\x01\x01", b"0" * 9])
def test_what_is_no_message(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_cms(data)
