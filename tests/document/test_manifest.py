"""The identity of a set of files."""

import hashlib
from itertools import permutations

from document.manifest import FileFact, FileRole, manifest_digest, shown_digest


def file(role: FileRole, ordinal: int, digest: str, name: str = "a.pdf") -> FileFact:
    return FileFact(role, ordinal, name, digest, 10)


SET = [
    file(FileRole.MAIN, 0, "aa"),
    file(FileRole.ATTACHMENT, 1, "bb"),
    file(FileRole.ATTACHMENT, 2, "cc"),
    file(FileRole.DATA, 3, "dd"),
    file(FileRole.SOURCE, 4, "ee"),
]


def test_it_is_the_sha256_of_canonical_json_in_the_order_of_roles() -> None:
    expected = b'[["main","aa"],["attachment","bb"],["attachment","cc"],["data","dd"],["source","ee"]]'
    assert {manifest_digest(list(order)) for order in permutations(SET)} == {
        hashlib.sha256(expected).hexdigest()
    }


def test_names_do_not_enter_roles_and_bytes_do() -> None:
    main, *rest = SET
    assert manifest_digest([file(FileRole.MAIN, 0, "aa", "b.pdf"), *rest]) == manifest_digest(SET)
    assert manifest_digest([file(FileRole.MAIN, 0, "ab"), *rest]) != manifest_digest(SET)
    assert manifest_digest([main]) != manifest_digest([file(FileRole.SOURCE, 0, "aa")])


def test_attachments_in_another_order_are_another_document() -> None:
    swapped = [SET[0], file(FileRole.ATTACHMENT, 1, "cc"), file(FileRole.ATTACHMENT, 2, "bb"), *SET[3:]]
    assert manifest_digest(swapped) != manifest_digest(SET)


def test_what_goes_on_is_the_derived_pdf_where_there_is_one() -> None:
    assert file(FileRole.MAIN, 0, "aa").pdf == "aa"
    made = FileFact(FileRole.MAIN, 0, "a.docx", "aa", 10, derived="bb")
    assert made.pdf == "bb"
    assert manifest_digest([made]) == manifest_digest([file(FileRole.MAIN, 0, "aa")])


def test_what_is_shown_is_told_from_what_was_dropped() -> None:
    assert shown_digest(["aa", "bb"]) != shown_digest(["bb", "aa"])
    assert shown_digest(["aa"]) == hashlib.sha256(b'[["shown","aa"]]').hexdigest()
