import socket

import httpx
import pytest
from asn1crypto import tsp

from certs.test.pki import Pki
from document.errors import Unavailable
from signing import timestamps
from signing.layers import is_timestamped
from signing.rehearsal import throw_away_key
from signing.sign import sign
from signing.timestamps import Timestamps
from tests.support.papers import AT, standard

NOBODY = "http://127.0.0.1:1/tsa"


def test_the_first_service_that_answers_well_is_taken(pki: Pki) -> None:
    asked: list[str] = []

    def post(url: str, body: bytes, seconds: float) -> bytes:
        asked.append(url)
        return timestamps._post(url, body, seconds)

    Timestamps([NOBODY, *pki.tsa_urls()], 10, post=post).health()
    assert asked == [NOBODY, pki.tsa_urls()[0]]


def test_when_none_answers_it_says_so() -> None:
    with pytest.raises(Unavailable) as caught:
        Timestamps([NOBODY], 0.5).health()
    assert caught.value.code == "signing.no_timestamp"


def test_an_answer_to_another_request_is_no_answer(pki: Pki) -> None:
    first: list[bytes] = []

    def replaying(url: str, body: bytes, seconds: float) -> bytes:
        first.append(timestamps._post(url, body, seconds))
        return first[0]

    service = Timestamps(pki.tsa_urls()[:1], 10, post=replaying)
    service.health()
    with pytest.raises(Unavailable):
        service.health()


@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
def test_a_damaged_or_cut_answer_is_no_answer(pki: Pki, where: float) -> None:
    def damaged(url: str, body: bytes, seconds: float) -> bytes:
        answer = bytearray(timestamps._post(url, body, seconds))
        answer[int(len(answer) * where)] ^= 0xFF
        return bytes(answer)

    def cut(url: str, body: bytes, seconds: float) -> bytes:
        answer = timestamps._post(url, body, seconds)
        return answer[: int(len(answer) * where)]

    with pytest.raises(Unavailable):
        Timestamps(pki.tsa_urls()[:1], 10, post=cut).health()
    if where == 0.9:  # the signature stands at the end
        with pytest.raises(Unavailable):
            Timestamps(pki.tsa_urls()[:1], 10, post=damaged).health()


def test_a_refusal_is_no_answer() -> None:
    def refuse(url: str, body: bytes, seconds: float) -> bytes:
        del url, body, seconds
        return bytes(tsp.TimeStampResp({"status": {"status": "rejection"}}).dump())

    with pytest.raises(Unavailable):
        Timestamps([NOBODY], 1, post=refuse).health()


def test_the_time_limit_holds() -> None:
    def slow(url: str, body: bytes, seconds: float) -> bytes:
        raise httpx.ReadTimeout(f"{url} {len(body)} {seconds}")

    with pytest.raises(Unavailable):
        Timestamps([NOBODY], 0.1, post=slow).health()


def test_a_signature_has_the_token_of_the_first_service_that_answers_well(pki: Pki) -> None:
    """The first is there and says nothing, the second answers what it was asked before."""
    seconds = []
    old: list[bytes] = []

    def post(url: str, body: bytes, limit: float) -> bytes:
        seconds.append(limit)
        if not url.endswith("/old"):
            return timestamps._post(url, body, limit)
        old.append(timestamps._post(pki.tsa_urls()[0], body, 10) if not old else old[0])
        return old[-1]

    with socket.create_server(("127.0.0.1", 0)) as silent:
        nobody = f"http://127.0.0.1:{silent.getsockname()[1]}/tsa"
        Timestamps([f"{nobody}/old"], 10, post=post).health()
        service = Timestamps([nobody, f"{nobody}/old", pki.tsa_urls()[1]], 0.5, post=post)
        done = sign(
            standard().prepared,
            plan=standard().plan,
            key=throw_away_key("Trần Văn Mẫu"),
            at=AT,
            image=None,
            timestamps=service,
        )
    assert seconds[1:4] == [0.5] * 3
    assert is_timestamped(done, "Niem_Ky_1")
