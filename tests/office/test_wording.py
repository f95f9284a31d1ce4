"""Parameters of messages, made readable."""

from datetime import UTC, datetime

from office.wording import in_words


def test_stages_and_times_are_told_as_people_say_them() -> None:
    given = {"stage": "checked", "at": datetime(2030, 1, 5, 2, 30, 15, tzinfo=UTC), "n": 3}
    assert in_words(given, "vi") == {"stage": "Chờ ký", "at": "05/01/2030 09:30:15", "n": 3}
    assert in_words({"stage": "somewhere"}, "en") == {"stage": "somewhere"}
