"""Documents in words."""

from datetime import UTC, datetime

import pytest

from document import messages
from document.stages import Stage
from office import desk_views as views
from tests.support.desk import Office


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_where_it_stands_in_the_words_of_the_office(place: Office, lang: str) -> None:
    waiting = place.ledger.document(place.received(confirmed=False))
    prepared = place.prepared(subject=("A",))
    told = [views.status(waiting, lang), views.status(place.ledger.document(prepared), lang)]
    shown = place.ledger.shown(prepared)
    who = place.person("kiem").id
    place.ledger.decide(prepared, "content", who, shown=shown, outcome="pass", reason="")
    told.append(views.status(place.ledger.document(prepared), lang))
    told.append(views.status(place.ledger.document(place.checked(subject=("B",))), lang))
    assert told == [
        messages.text(code, lang)
        for code in ("stage.needs_reading", "stage.unit_head", "stage.form_check", "stage.checked")
    ]


def test_every_stage_step_and_act_has_words(place: Office) -> None:
    for stage in Stage:
        assert messages.text(f"stage.{stage.value}")
    for step in ("content", "form", "approve", "unapprove", "number", "withdraw", "held.retry", "other"):
        assert messages.text(views.step_code(step))
    document_id = place.signed()
    acts = [views.event(e, "vi")["act"] for e in place.ledger.history(document_id)]
    assert acts == [
        "Tiếp nhận",
        "Chuẩn bị các trường ký số",
        "Kiểm tra nội dung: đạt",
        "Kiểm tra thể thức: đạt",
        "Ghi nhận yêu cầu ký",
        "Duyệt ký",
        "Ký số",
    ]


def test_times_are_those_of_viet_nam(place: Office) -> None:
    told = views.summary(place.ledger.document(place.received()), "vi")
    assert told["received_at"] == "2030-06-14T09:00:00+07:00"


def test_a_person_s_words_are_the_reason(place: Office) -> None:
    document_id = place.prepared()
    shown = place.ledger.shown(document_id)
    who = place.person("kiem").id
    assert views.reason(place.ledger.document(document_id), "vi") == ""
    place.ledger.decide(document_id, "content", who, shown=shown, outcome="return", reason="Sai {căn} cứ")
    assert views.reason(place.ledger.document(document_id), "vi") == "Sai {căn} cứ"


def test_a_printed_date_of_another_day_is_told_before_anyone_signs(place: Office) -> None:
    late = place.checked(subject=("In sẵn",), day="01", month="5", year="2030")
    blank = place.checked(subject=("Còn trống",))
    clock = place.clock

    def warnings(document_id: str, login: str = "mau") -> list[str]:
        document = place.ledger.document(document_id)
        return list(views.detail(document, place.person(login), clock, "vi")["warnings"])

    (told,) = warnings(late)
    assert "ngày 01 tháng 5 năm 2030" in told
    assert "14/06/2030" in told
    assert warnings(blank) == warnings(late, "so") == []
    clock.at = datetime(2030, 12, 25, 3, 0, tzinfo=UTC)
    (ending,) = warnings(blank)
    assert "2030" in ending
