"""Sign-in, sessions and roles against a real ledger."""

import time
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Final

import pytest
from argon2 import PasswordHasher

from document.clock import SetClock, shown
from document.errors import BadInput, Denied, NiemError, NotSignedIn, Refused
from document.facts import PersonFact
from document.ledger import Ledger, connect
from document.ledger.migrate import upgrade
from document.office_file import OfficeSpec
from office.people import current, hash_password, require, set_password, sign_in, sign_out

PASSWORD: Final = "mật khẩu của kiểm"
OFFICE: Final = OfficeSpec.model_validate(
    {
        "organisations": [
            {
                "code": "minh-giang",
                "level": "province",
                "place": "Minh Giang",
                "names": [{"name": "Ủy ban nhân dân tỉnh Minh Giang", "valid_from": "2020-01-01"}],
                "units": [
                    {"code": "kstt", "name": "Phòng Kiểm soát thủ tục hành chính", "folder": "kstt"},
                    {"code": "tonghop", "name": "Phòng Tổng hợp", "folder": "tonghop"},
                ],
                "people": [
                    {"login": "kiem", "name": "Nguyễn Thị Kiểm", "head_of": ["kstt"]},
                    {"login": "so", "name": "Vũ Thị Sổ", "roles": ["clerk"]},
                ],
            }
        ]
    }
)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def ledger(tmp_path: Path, clock: SetClock) -> Iterator[Ledger]:
    engine = connect(f"sqlite:///{tmp_path / 'niem.sqlite'}")
    upgrade(engine)
    made = Ledger(engine, clock)
    made.apply_office(OFFICE)
    set_password(made, who(made, "kiem").id, PASSWORD)
    yield made
    engine.dispose()


def who(ledger: Ledger, login: str) -> PersonFact:
    person = ledger.person_by_login(login)
    assert person is not None
    return person


def refusal(ledger: Ledger, login: str, password: str, clock: SetClock) -> NiemError:
    with pytest.raises(Refused) as caught:
        sign_in(ledger, login, password, clock)
    return caught.value


def test_the_right_password_opens_a_session_until_its_end(ledger: Ledger, clock: SetClock) -> None:
    token, session = sign_in(ledger, "kiem", PASSWORD, clock, hours=2)
    assert session.expires_at == clock.now() + timedelta(hours=2)
    assert len({token, session.csrf}) == 2
    assert current(ledger, token, clock) == session
    clock.move(timedelta(hours=2) - timedelta(seconds=1))
    assert current(ledger, token, clock).person.full_name == "Nguyễn Thị Kiểm"
    clock.move(timedelta(seconds=1))
    with pytest.raises(NotSignedIn):
        current(ledger, token, clock)


def test_neither_password_nor_cookie_stands_in_the_database(
    ledger: Ledger, clock: SetClock, tmp_path: Path
) -> None:
    token, _ = sign_in(ledger, "kiem", PASSWORD, clock)
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("niem.sqlite*"))
    assert b"$argon2id$" in kept
    assert PASSWORD.encode() not in kept
    assert token.encode() not in kept


def test_every_sign_in_has_a_session_of_its_own(ledger: Ledger, clock: SetClock) -> None:
    one, first = sign_in(ledger, "kiem", PASSWORD, clock)
    two, second = sign_in(ledger, "kiem", PASSWORD, clock)
    assert one != two
    assert first.csrf != second.csrf
    sign_out(ledger, one)
    sign_out(ledger, one)
    with pytest.raises(NotSignedIn) as caught:
        current(ledger, one, clock)
    assert caught.value.code == "people.not_signed_in"
    assert current(ledger, two, clock) == second


@pytest.mark.parametrize("token", [None, "", "x", "\udc80"])
def test_nobodys_cookie(ledger: Ledger, clock: SetClock, token: str | None) -> None:
    with pytest.raises(NotSignedIn):
        current(ledger, token, clock)


def test_wrong_unknown_inactive_and_without_password_sound_alike(ledger: Ledger, clock: SetClock) -> None:
    token, _ = sign_in(ledger, "kiem", PASSWORD, clock)
    set_password(ledger, who(ledger, "so").id, "mật khẩu của sổ")
    assert sign_in(ledger, "so", "mật khẩu của sổ", clock)
    heard = [
        refusal(ledger, "kiem", "sai mật khẩu", clock),
        refusal(ledger, "kiem", "x" * 100_000, clock),
        refusal(ledger, "khong-co", PASSWORD, clock),
    ]
    left = OFFICE.model_copy(deep=True)
    people = [person.model_copy(update={"active": False}) for person in left.organisations[0].people]
    ledger.apply_office(
        OfficeSpec(organisations=[left.organisations[0].model_copy(update={"people": people})])
    )
    heard.append(refusal(ledger, "kiem", PASSWORD, clock))
    assert {(type(one), one.code, one.text("vi")) for one in heard} == {
        (NotSignedIn, "people.sign_in_failed", heard[0].text("vi"))
    }
    with pytest.raises(NotSignedIn):
        current(ledger, token, clock)


def test_somebody_without_a_password_cannot_sign_in_with_none(ledger: Ledger, clock: SetClock) -> None:
    assert who(ledger, "so").password_hash == ""
    for password in ("", "so", PASSWORD):
        assert refusal(ledger, "so", password, clock).code == "people.sign_in_failed"


def test_an_unknown_login_takes_as_long_as_a_known_one(ledger: Ledger, clock: SetClock) -> None:
    def seconds(login: str) -> float:
        taken = []
        for _ in range(3):
            begun = time.process_time()
            refusal(ledger, login, "sai mật khẩu", clock)
            taken.append(time.process_time() - begun)
        return median(taken)

    assert seconds("khong-co") > seconds("kiem") / 4


def test_ten_failures_in_a_row_lock_for_a_quarter_of_an_hour(ledger: Ledger, clock: SetClock) -> None:
    for _ in range(9):
        assert refusal(ledger, "kiem", "sai mật khẩu", clock).code == "people.sign_in_failed"
    until = clock.now() + timedelta(minutes=15)
    for password in ("sai mật khẩu", PASSWORD):
        error = refusal(ledger, "kiem", password, clock)
        assert (error.code, error.params) == ("people.locked", {"until": shown(until)})
    clock.move(timedelta(minutes=15))
    assert refusal(ledger, "kiem", "sai mật khẩu", clock).code == "people.sign_in_failed"
    sign_in(ledger, "kiem", PASSWORD, clock)
    assert who(ledger, "kiem").failed_sign_ins == 0


def test_failures_at_the_same_time_do_not_slip_past_the_tenth(ledger: Ledger, clock: SetClock) -> None:
    def guess(_: int) -> str:
        return refusal(ledger, "kiem", "sai mật khẩu", clock).code

    with ThreadPoolExecutor(4) as guessers:
        heard = list(guessers.map(guess, range(12)))
    assert sorted(heard) == ["people.locked"] * 3 + ["people.sign_in_failed"] * 9


def test_a_new_password_ends_the_old_sessions(ledger: Ledger, clock: SetClock) -> None:
    token, session = sign_in(ledger, "kiem", PASSWORD, clock)
    set_password(ledger, session.person.id, "mật khẩu mới của kiểm")
    with pytest.raises(NotSignedIn):
        current(ledger, token, clock)
    refusal(ledger, "kiem", PASSWORD, clock)
    sign_in(ledger, "kiem", "mật khẩu mới của kiểm", clock)


def test_a_password_is_the_same_however_its_letters_are_composed(ledger: Ledger, clock: SetClock) -> None:
    apart = unicodedata.normalize("NFD", PASSWORD)
    assert apart != PASSWORD
    assert sign_in(ledger, "kiem", apart, clock)


def test_a_hash_of_weaker_times_is_made_anew(ledger: Ledger, clock: SetClock) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    ledger.set_password(who(ledger, "kiem").id, weak)
    token, _ = sign_in(ledger, "kiem", PASSWORD, clock)
    assert current(ledger, token, clock)
    assert "m=65536,t=3" in who(ledger, "kiem").password_hash


@pytest.mark.parametrize("password", ["", "1234567", "x" * 201])
def test_too_short_and_too_long_passwords(password: str) -> None:
    with pytest.raises(BadInput) as caught:
        hash_password(password)
    assert "8" in caught.value.text("vi")


def test_what_a_role_allows(ledger: Ledger) -> None:
    units = {unit_id for role, unit_id in who(ledger, "kiem").roles if role == "unit_head"}
    (kstt,) = units
    kiem, so = who(ledger, "kiem"), who(ledger, "so")

    require(kiem, "unit_head")
    require(kiem, "unit_head", kstt)
    require(so, "clerk")
    require(so, "clerk", kstt)
    for person, role, unit in (
        (kiem, "unit_head", "another unit"),
        (kiem, "clerk", None),
        (kiem, "leader", None),
        (kiem, "form_checker", None),
        (so, "unit_head", None),
        (so, "unit_head", kstt),
        (so, "administrator", None),
        (replace(so, active=False), "clerk", None),
        (replace(so, roles=frozenset({("unit_head", None)})), "unit_head", kstt),
    ):
        with pytest.raises(Denied) as caught:
            require(person, role, unit)
        assert caught.value.code == "people.denied"
    with pytest.raises(Denied) as caught:
        require(kiem, "clerk")
    assert caught.value.text("vi") == "Việc này dành cho vai trò: Văn thư cơ quan."
