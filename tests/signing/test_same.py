import io
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from signing.same import Comparison, Different, uses

Make = Callable[[pikepdf.Pdf], object]


def same(one: Make, other: Make, *, strict: bool = False) -> bool:
    with pikepdf.new() as old, pikepdf.new() as new:
        try:
            Comparison(frozenset()).check(one(old), other(new), strict=strict)
        except Different:
            return False
        return True


def circle(pdf: pikepdf.Pdf, end: int = 1) -> object:
    one = pdf.make_indirect(Dictionary(End=end))
    other = pdf.make_indirect(Array([one]))
    one.Next = other
    return one


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (lambda _: Dictionary(A=1), lambda _: Dictionary(A=1), True),
        (lambda _: Dictionary(A=1), lambda _: Dictionary(A=2), False),
        (lambda _: Dictionary(A=1), lambda _: Dictionary(A=1, B=1), False),
        (lambda _: Array([1, 2]), lambda _: Array([1]), False),
        (lambda _: String("a"), lambda _: String("b"), False),
        (lambda _: Name.A, lambda _: Name.B, False),
        (lambda _: Name.A, lambda _: String("A"), False),
        (lambda _: Dictionary(A=1), lambda pdf: pdf.make_indirect(Dictionary(A=1)), True),
        (lambda pdf: pdf.make_stream(b"a"), lambda pdf: pdf.make_stream(b"a"), True),
        (lambda pdf: pdf.make_stream(b"a"), lambda pdf: pdf.make_stream(b"b"), False),
        (lambda pdf: pdf.make_stream(b"a"), lambda pdf: pdf.make_stream(b"a", Filter=Name.A), False),
        (circle, circle, True),
        (circle, lambda pdf: circle(pdf, 2), False),
        (lambda _: None, lambda _: Dictionary(), False),
        (lambda _: 1, lambda _: 1.5, False),
        (lambda _: Dictionary(Data=1), lambda _: Dictionary(Data=2), True),
    ],
)
def test_sameness(one: Make, other: Make, equal: bool) -> None:  # noqa: FBT001
    assert same(one, other) is equal


def test_a_difference_found_once_is_found_again() -> None:
    with pikepdf.new() as old, pikepdf.new() as new:
        comparison = Comparison(frozenset())
        pair = circle(old), circle(new, 2)
        for _ in range(2):
            with pytest.raises(Different):
                comparison.check(*pair)


def test_handled_objects_are_left_out_but_not_where_they_paint() -> None:
    with pikepdf.new() as old, pikepdf.new() as new:
        pages = [pdf.make_indirect(Dictionary(A=number)) for number, pdf in enumerate((old, new))]
        comparison = Comparison(frozenset({pages[0].objgen}))
        comparison.check(Dictionary(P=pages[0]), Dictionary(P=pages[1]))
        with pytest.raises(Different):
            comparison.check(Dictionary(Resources=pages[0]), Dictionary(Resources=pages[1]))


def test_uses_are_counted() -> None:
    with pikepdf.new() as pdf:
        target = pdf.make_indirect(Dictionary(A=1))
        pdf.Root.One = Dictionary(Deep=Array([target]))
        pdf.Root.Two = pdf.make_indirect(Dictionary(B=target))
        out = io.BytesIO()
        pdf.save(out)
    with pikepdf.open(out) as pdf:
        assert uses(pdf, pdf.Root.Two.B.objgen) == 2
