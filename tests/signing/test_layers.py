import pytest

from document.errors import Refused
from signing.layers import check_signers, fault_of, is_timestamped, signatures
from tests.support.papers import standard


def test_a_good_layer_is_given_back() -> None:
    assert [found.field_name for found in check_signers(standard().signed, standard().plan)] == ["Niem_Ky_1"]


@pytest.mark.parametrize("data", [standard().original, standard().prepared])
def test_no_layer_is_said_so(data: bytes) -> None:
    with pytest.raises(Refused) as caught:
        check_signers(data, standard().plan)
    assert caught.value.code == "seal.no_leader"


@pytest.mark.parametrize("data", [b"", b"no pdf", standard().signed[:-200]])
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        check_signers(data, standard().plan)


def test_bytes_after_the_signature_are_refused() -> None:
    # Not signed by anyone: the organisation's signature would cover them for the leader.
    with pytest.raises(Refused) as caught:
        check_signers(standard().sealed, standard().plan)
    assert caught.value.code == "seal.leader_broken"


def test_each_fault_has_its_word() -> None:
    signed = bytearray(standard().signed)
    signed[20] ^= 0x01
    (signature,) = signatures(bytes(signed))
    assert fault_of(signature) == "digest"
    (signature,) = signatures(standard().signed)
    assert fault_of(signature) == ""


def test_a_signature_that_is_not_the_keys_is_a_fault() -> None:
    (leader,) = signatures(standard().signed)
    leader.signer_info["signature"] = bytes(256)
    assert fault_of(leader) == "signature"


def test_a_time_stamp_is_asked_of_a_signature_that_is_there() -> None:
    assert not is_timestamped(standard().sealed, "Niem_Ky_1")
    with pytest.raises(KeyError):
        is_timestamped(standard().signed, "Niem_Dau")
