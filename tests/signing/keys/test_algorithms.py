"""Which keys may sign, and that a signature fits one key and one content only."""

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from signing.keys.algorithms import fits, sign_with, strong

RSA = rsa.generate_private_key(65537, 2048)
P256 = ec.generate_private_key(ec.SECP256R1())


def test_rsa_from_2048_and_the_nist_curves_are_strong() -> None:
    assert strong(RSA)
    assert strong(RSA.public_key())
    assert strong(P256)
    assert strong(ec.generate_private_key(ec.SECP384R1()).public_key())


def test_short_rsa_other_curves_and_other_kinds_are_not() -> None:
    assert not strong(rsa.generate_private_key(65537, 1024))  # noqa: S505 - the case
    assert not strong(ec.generate_private_key(ec.SECP256K1()))
    assert not strong(ed25519.Ed25519PrivateKey.generate())


def test_a_signature_fits_its_key_and_its_content_only() -> None:
    for key in (RSA, P256):
        signature = sign_with(key, b"content")
        assert fits(key.public_key(), signature, b"content")
        assert not fits(key.public_key(), signature, b"content!")
        assert not fits(key.public_key(), signature[::-1], b"content")
    assert not fits(RSA.public_key(), sign_with(P256, b"content"), b"content")
    assert not fits(ed25519.Ed25519PrivateKey.generate().public_key(), b"", b"content")
