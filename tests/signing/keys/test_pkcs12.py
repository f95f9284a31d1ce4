"""Key files: opened from what a CA hands out, closed so that a stolen one is worth little."""

import unicodedata

import pytest
from asn1crypto import pkcs12 as der
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

from document.errors import BadInput, WrongPin
from signing.keys.algorithms import fits, sign_with
from signing.keys.pkcs12 import is_whole, open_key, protect
from tests.support.keyfiles import PASSPHRASE, PIN, Holder, make_holder

OWNER = make_holder()
ON_CURVE = make_holder(ec.generate_private_key(ec.SECP256R1()))
OLD = (
    PrivateFormat.PKCS12.encryption_builder()
    .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
    .hmac_hash(SHA1())  # noqa: S303 - as old files are
    .build(PASSPHRASE.encode())
)


def code_of(file: bytes, passphrase: str = PASSPHRASE, pin: str = PIN) -> str:
    with pytest.raises(BadInput) as caught:
        protect(file, passphrase, pin)
    assert caught.value.text("vi")
    assert caught.value.fix("en") is not None
    return caught.value.code


@pytest.mark.parametrize("owner", [OWNER, ON_CURVE], ids=["rsa", "curve"])
def test_a_file_is_closed_anew_and_opens_with_the_new_pin_only(owner: Holder) -> None:
    closed, certificate, chain = protect(owner.file(), PASSPHRASE, PIN)

    assert certificate == owner.der
    assert chain == tuple(one.public_bytes(Encoding.DER) for one in owner.chain)
    signature = sign_with(open_key(closed, PIN), b"content")
    assert fits(owner.key.public_key(), signature, b"content")
    for wrong in (PASSPHRASE, PIN + " ", PIN.lower(), ""):
        with pytest.raises(WrongPin):
            open_key(closed, wrong)


def test_every_way_to_try_a_pin_costs_600_000_rounds() -> None:
    closed, _, _ = protect(OWNER.file(), PASSPHRASE, PIN)
    file = der.Pfx.load(closed)

    assert file["mac_data"].native is None, "a MAC can be tried with far fewer rounds"
    seen = 0
    for part in der.AuthenticatedSafe.load(file["auth_safe"]["content"].native):
        if part["content_type"].native == "encrypted_data":
            how = part["content"]["encrypted_content_info"]["content_encryption_algorithm"]
        else:
            (bag,) = der.SafeContents.load(part["content"].native)
            how = bag["bag_value"]["encryption_algorithm"]
        assert how["algorithm"].native == "pbes2"
        assert how.encryption_cipher == "aes"
        assert how.key_length == 32
        assert how.kdf == "pbkdf2"
        assert how.kdf_hmac == "sha256"
        assert how.kdf_iterations >= 600_000
        seen += 1
    assert seen == 2


def test_a_pin_is_the_same_however_its_letters_are_composed() -> None:
    apart = unicodedata.normalize("NFD", PIN)
    assert apart != PIN
    closed, _, _ = protect(OWNER.file(), PASSPHRASE, apart)
    assert open_key(closed, PIN)


def test_pem_is_taken_too_with_strangers_left_out_of_the_chain() -> None:
    stranger = ON_CURVE.chain[0].public_bytes(Encoding.PEM)
    _, certificate, chain = protect(stranger.replace(b"\n", b"\r\n") + OWNER.pem(), "", PIN)
    assert certificate == OWNER.der
    assert [len(chain), chain[0]] == [2, OWNER.chain[0].public_bytes(Encoding.DER)]


def test_old_3des_files_are_taken() -> None:
    _, certificate, _ = protect(OWNER.file(OLD), PASSPHRASE, PIN)
    assert certificate == OWNER.der


def test_an_rc2_file_that_does_not_open_says_how_to_convert_it() -> None:
    triple_des, rc2 = (bytes.fromhex(f"2a864886f70d010c01{arc}") for arc in ("03", "06"))
    file = OWNER.file(OLD).replace(triple_des, rc2)
    with pytest.raises(BadInput) as caught:
        protect(file, PASSPHRASE, PIN)
    assert caught.value.code == "key.file_legacy"
    assert "openssl pkcs12 -legacy -in" in caught.value.fix("en")


def test_what_cannot_be_a_key_file_is_told_apart() -> None:
    lonely = pkcs12.serialize_key_and_certificates(b"", OWNER.key, None, None, NoEncryption())
    public = pkcs12.serialize_key_and_certificates(b"", None, OWNER.certificate, None, NoEncryption())
    crossed = Holder(ON_CURVE.key, ON_CURVE.certificate, (OWNER.certificate,)).pem()
    crossed = crossed.replace(ON_CURVE.certificate.public_bytes(Encoding.PEM), b"")

    assert code_of(OWNER.file(), "mật khẩu khác") == "key.file_unreadable"
    assert code_of(OWNER.file(), "nul\0") == "key.file_unreadable"
    assert code_of(b"%PDF-1.7") == "key.file_unreadable"
    assert code_of(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----") == "key.file_unreadable"
    assert code_of(lonely, "") == "key.file_without_certificate"
    assert code_of(crossed, "") == "key.file_without_certificate"
    assert code_of(public, "") == "key.file_without_key"
    assert code_of(OWNER.certificate.public_bytes(Encoding.PEM)) == "key.file_without_key"


def test_weak_keys_are_refused() -> None:
    short = rsa.generate_private_key(65537, 1024)  # noqa: S505 - the case
    assert code_of(make_holder(short).file()) == "key.weak"
    assert code_of(make_holder(ec.generate_private_key(ec.SECP256K1())).file()) == "key.weak"


def test_short_and_strange_pins_are_refused() -> None:
    assert code_of(OWNER.file(), pin="1234567") == "key.pin_short"
    assert code_of(OWNER.file(), pin="1234\x005678") == "key.pin_strange"
    assert code_of(OWNER.file(), pin="1234\n5678") == "key.pin_strange"
    assert code_of(OWNER.file(), pin="1234\udc805678") == "key.pin_strange"
    assert code_of(OWNER.file(), pin="1" * 129) == "key.pin_strange"


def test_a_file_is_whole_or_not_without_a_pin() -> None:
    closed, _, _ = protect(OWNER.file(), PASSPHRASE, PIN)
    assert is_whole(closed)
    for broken in (closed[:-1], closed + b"\0", b"", b"-----BEGIN", OWNER.der):
        assert not is_whole(broken)
