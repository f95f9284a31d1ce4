"""Which file of a set is what."""

import pytest

from document.errors import Returnable
from tests.support.watched import content
from watch_folders.inspect import FileKind
from watch_folders.roles import Member, roles

KINDS = {kind.value: kind for kind in FileKind}


def found(*names: str) -> list[Member]:
    """The members of a set whose files are what their suffix says."""
    return roles([(content(name), KINDS[name.rpartition(".")[2]]) for name in names])


def told(members: list[Member]) -> list[tuple[str, int, str]]:
    return [(m.role.value, m.ordinal, m.content.name) for m in members]


def test_a_docx_beside_its_pdf_is_a_source_and_alone_it_is_the_document() -> None:
    assert told(found("a.docx")) == [("main", 0, "a.docx")]
    assert told(found("a.docx", "a.pdf")) == [("main", 0, "a.pdf"), ("source", 1, "a.docx")]


def test_the_order_is_the_manifests() -> None:
    members = found("a.docx", "a.yaml", "a.pl10.pdf", "a.pl2.docx", "a.pl2.pdf", "a.pdf", "a.pl3.docx")
    assert told(members) == [
        ("main", 0, "a.pdf"),
        ("attachment", 1, "a.pl2.pdf"),
        ("attachment", 2, "a.pl3.docx"),
        ("attachment", 3, "a.pl10.pdf"),
        ("data", 4, "a.yaml"),
        ("source", 5, "a.docx"),
        ("source", 6, "a.pl2.docx"),
    ]
    assert [m.content.name for m in members if m.goes_on] == [
        "a.pdf",
        "a.pl2.pdf",
        "a.pl3.docx",
        "a.pl10.pdf",
    ]


def test_without_a_document_nothing_is_number_zero() -> None:
    assert told(found("a.pl1.pdf", "a.xlsx")) == [("attachment", 1, "a.pl1.pdf"), ("data", 2, "a.xlsx")]


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["a.pdf", "A.pdf"], "two_alike"), (["a.docx", "A.docx"], "two_alike"),
        (["a.pdf", "a.xlsx", "a.yaml"], "two_alike"), (["a.pdf", "a.pl1.xlsx"], "data_appendix"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_apart_goes_back(names: list[str], code: str) -> None:
    with pytest.raises(Returnable) as caught:
        found(*names)
    assert caught.value.code == f"intake.{code}"


def test_the_record_keeps_the_name_in_the_work_folder() -> None:
    (member,) = found("a.pdf")
    fact = member.fact("derived")
    assert (fact.name, fact.digest, fact.size, fact.pdf) == ("a.pdf", "0" * 64, 1, "derived")
    assert member.data == b"x"
