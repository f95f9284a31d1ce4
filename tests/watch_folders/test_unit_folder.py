"""One unit's folder over time: crashes, secrets, failures."""

from collections.abc import Callable

import pytest

from tests.support import bad_files
from tests.support.pages import letter
from tests.support.watched import QUICK, Hand, Office, names, refuse_all
from watch_folders.intake import Intake, Limits
from watch_folders.receipts import NOTICE, REASON
from watch_folders.unit_folder import UnitFolder


class Unit:
    """A unit's folder whose seconds pass as told."""

    def __init__(self, office: Office, intake: Intake | None = None) -> None:
        self.hand = Hand()
        self.watched = UnitFolder(office.folder, intake or office.intake, QUICK, self.hand)

    def pass_time(self, looks: int = 5) -> int:
        """Look a few times and do what is to be done; the number of sets that were taken."""
        taken = 0
        for _ in range(looks):
            work = self.watched.look()
            for item in work:
                item.run()
            taken += len(work)
            self.hand.at += 0.2
        return taken


@pytest.fixture
def unit(office: Office) -> Unit:
    return Unit(office)


def test_a_dropped_set_becomes_a_document_once(office: Office, unit: Unit) -> None:
    office.drop("QD.pdf", letter())
    assert unit.pass_time() == 1
    assert unit.pass_time() == 0
    assert len(office.documents()) == 1
    assert names(office.places.work) == ["QD.pdf"]
    assert not unit.watched.restless


def test_a_set_in_hand_is_not_taken_twice(office: Office, unit: Unit) -> None:
    office.drop("QD.pdf", letter())
    found: list[Callable[[], None]] = []
    for _ in range(5):
        found += [item.run for item in unit.watched.look()]
        unit.hand.at += 0.2
    assert len(found) == 1
    assert unit.watched.restless


def test_what_a_crash_left_claimed_is_taken_up_again_with_the_other_half(office: Office, unit: Unit) -> None:
    (office.places.work / "KH.phu-luc-1.pdf").write_bytes(letter(symbol="/PL"))
    office.drop("KH.pdf", letter())
    assert unit.pass_time() == 1
    (document,) = office.documents()
    assert [f.name for f in document.files] == ["KH.pdf", "KH.phu-luc-1.pdf"]


def test_copies_of_a_document_stay_after_a_restart_even_when_somebody_changed_them(
    office: Office, unit: Unit
) -> None:
    office.drop("QD.pdf", letter())
    unit.pass_time()
    assert Unit(office).pass_time() == 0
    (office.places.work / "QD.pdf").write_bytes(letter(number="99"))
    assert Unit(office).pass_time() == 0
    assert names(office.places.work) == ["QD.pdf"]
    assert len(office.documents()) == 1


def test_copies_of_a_document_that_has_ended_wait_for_its_end_to_be_shown(office: Office, unit: Unit) -> None:
    office.drop("QD.pdf", letter())
    unit.pass_time()
    (document,) = office.documents()
    office.ledger.withdraw(document.id, document.unit_id, "Sửa")
    restarted = Unit(office)
    assert restarted.pass_time() == 0
    restarted.watched.give_back(office.ledger.to_give_back()[0])
    office.ledger.folder_done(document.id)
    assert names(office.places.work) == []
    assert len(office.documents()) == 1


def test_a_second_claim_of_the_same_set_that_a_crash_left_is_answered(office: Office, unit: Unit) -> None:
    office.drop("QD.pdf", letter())
    unit.pass_time()
    (office.places.work / "QD (2).pdf").write_bytes(letter())
    assert Unit(office).pass_time() == 1
    assert names(office.places.returned) == ["QD (2).pdf", f"QD (2).pdf{REASON}"]
    assert names(office.places.work) == ["QD.pdf"]


def test_a_secret_file_is_asked_once_and_its_notice_goes_with_it(office: Office, unit: Unit) -> None:
    secret = office.drop("Kế hoạch.pdf", bad_files.secret())
    office.drop("QD.pdf", letter())
    assert unit.pass_time() == 2
    assert unit.pass_time() == 0
    assert names(office.places.drop) == ["Kế hoạch.pdf", NOTICE]
    assert office.acts().count("secret.seen") == 1
    assert len(office.documents()) == 1
    secret.unlink()
    unit.pass_time(1)
    assert names(office.places.drop) == []


def test_a_secret_file_that_was_replaced_by_an_ordinary_one_goes_on(office: Office, unit: Unit) -> None:
    office.drop("QD.pdf", bad_files.secret())
    unit.pass_time()
    office.drop("QD.pdf", letter())
    assert unit.pass_time(8) == 1
    assert names(office.places.drop) == []
    assert len(office.documents()) == 1


def test_after_a_restart_the_notice_stays_while_the_secret_file_does(office: Office, unit: Unit) -> None:
    office.drop("Kế hoạch.pdf", bad_files.secret())
    unit.pass_time()
    restarted = Unit(office)
    for _ in range(6):
        restarted.pass_time(1)
        assert NOTICE in names(office.places.drop)


def test_an_unforeseen_failure_is_tried_three_times_and_then_comes_back(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = Limits(threshold="no number")  # type: ignore[arg-type]
    unit = Unit(office, office.with_intake(limits=wrong).intake)
    office.drop("QD.pdf", letter())
    office.drop("QD.yaml", b"- code: 1.900001\n")
    unit.pass_time(30)
    assert names(office.places.returned) == ["QD.pdf", f"QD.pdf{REASON}", "QD.yaml"]
    assert "ba lần không thành công" in office.reason()
    logged = capsys.readouterr().out
    assert logged.count("TypeError") == 3
    assert "QD" not in logged


def test_a_folder_that_is_not_there_is_an_error(office: Office, unit: Unit) -> None:
    office.places.drop.rmdir()
    with pytest.raises(FileNotFoundError):
        unit.watched.look()


def test_a_full_check_in_a_child_returns_its_own_words(office: Office) -> None:
    unit = Unit(office, office.with_intake(check_data=refuse_all).intake)
    office.drop("QD.pdf", letter())
    office.drop("QD.yaml", b"- code: 1.900001\n")
    assert unit.pass_time() == 1
    assert "QD.yaml: 17" in office.reason()
