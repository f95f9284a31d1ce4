import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from signing.allowed import Limits, Lock, closed, judge
from signing.changes import Change, Step
from signing.form import FormField

FILLED = Change("field", "Niem_So", 0)
SIGNED = Change("signature", "Niem_Dau", 0)
HIDDEN = Change("signature_field", "An", seen=False)
STORE = Change("long_term")
PAGE = Change("forbidden", page=1, code="verdict.changed_page")


def test_the_worst_change_counts() -> None:
    found = judge(Limits(2), [Step((STORE,)), Step((SIGNED, FILLED))])
    assert (found.modification, found.reasons) == ("form_filling", ())
    assert judge(Limits(), []).modification == "none"
    assert judge(Limits(1), [Step((STORE,))]).modification == "long_term"


@pytest.mark.parametrize(
    ("limits", "change", "code"),
    [
        (Limits(1), SIGNED, "verdict.no_changes_permitted"),
        (Limits(2, (Lock("/Include", frozenset({"Niem_So"})),)), FILLED, "verdict.locked_field"),
        (Limits(2, (Lock("/Exclude", frozenset({"Niem_Dau"})),)), FILLED, "verdict.locked_field"),
        (Limits(None, (Lock("/All", frozenset()),)), SIGNED, "verdict.locked_field"),
        (Limits(None, (Lock("/Gi_do", frozenset()),)), SIGNED, "verdict.locked_field"),
        (Limits(3), PAGE, "verdict.changed_page"),
    ],
)
def test_what_a_signature_forbids(limits: Limits, change: Change, code: str) -> None:
    found = judge(limits, [Step((change,))])
    assert (found.modification, [one.code for one in found.reasons]) == ("not_allowed", [code])


def test_a_lock_on_a_group_locks_its_fields() -> None:
    lock = Lock("/Include", frozenset({"Nhom"}))
    assert [lock.locks(name) for name in ("Nhom", "Nhom.So", "Nhom2")] == [True, True, False]


def test_an_unclear_step_is_unknown() -> None:
    assert judge(Limits(), [Step((), clear=False)]).modification == "unknown"


@pytest.mark.parametrize(
    ("closing", "change", "code"),
    [
        (None, FILLED, "verdict.added_after_last"),
        (None, HIDDEN, ""),
        (None, STORE, ""),
        (Limits(), FILLED, ""),
        (Limits(None, (Lock("/Include", frozenset({"Niem_So"})),)), FILLED, ""),
        (Limits(None, (Lock("/Include", frozenset({"Niem_Ngay"})),)), FILLED, "verdict.foreign_field"),
    ],
)
def test_somebody_must_answer_for_what_is_seen(closing: Limits | None, change: Change, code: str) -> None:
    (found,) = closed(Step((change,)), closing).changes
    assert found.code == code
    assert (found.kind == "forbidden") == bool(code)


def test_limits_are_read_from_signature_and_field_and_the_stricter_holds() -> None:
    with pikepdf.new() as pdf:
        params = Dictionary(P=2)
        value = Dictionary(
            Reference=Array(
                [
                    Dictionary(TransformMethod=Name.DocMDP, TransformParams=params),
                    Dictionary(
                        TransformMethod=Name.FieldMDP,
                        TransformParams=Dictionary(Action=Name.Include, Fields=Array([String("A")])),
                    ),
                ]
            )
        )
        plain = Dictionary(V=value)
        locked = Dictionary(V=value, Lock=Dictionary(Action=Name.All, P=1))
        assert Limits.of(FormField("F", "/Sig", pdf.make_indirect(plain), ())) == Limits(
            2, (Lock("/Include", frozenset({"A"})),)
        )
        assert Limits.of(FormField("F", "/Sig", pdf.make_indirect(locked), ())).level == 1
