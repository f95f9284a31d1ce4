"""Which file of a set is what: the document, its appendices, its data, its sources."""

from collections import defaultdict
from dataclasses import dataclass

from document.errors import Returnable
from document.manifest import FileFact, FileRole
from watch_folders.claim import Content
from watch_folders.inspect import FileKind
from watch_folders.names import natural, parts

_DATA = frozenset({FileKind.XLSX, FileKind.YAML})


@dataclass(frozen=True)
class Member:
    """A file of the set with its role; `pdf` is what was made of a DOCX."""

    content: Content
    kind: FileKind
    role: FileRole
    ordinal: int = 0

    @property
    def data(self) -> bytes:
        """The bytes; inspected files have been read."""
        assert self.content.data is not None
        return self.content.data

    @property
    def goes_on(self) -> bool:
        """Whether it is issued: the document and its appendices."""
        return self.role in {FileRole.MAIN, FileRole.ATTACHMENT}

    def fact(self, derived: str | None = None) -> FileFact:
        """As it stands in the record: under the name it has in the work folder."""
        c = self.content
        return FileFact(self.role, self.ordinal, c.path.name, c.digest, c.size, derived)


def roles(inspected: list[tuple[Content, FileKind]]) -> list[Member]:
    """The members in the manifest's order: main 0, appendices by name, data, sources.

    A DOCX beside the PDF of the same part is its source; alone it is that part. `Returnable`:
    `intake.two_alike`, `intake.data_appendix`. Whether there is a main file is for the caller to ask.
    """
    found: dict[FileRole, list[tuple[Content, FileKind]]] = {role: [] for role in FileRole}
    by_part: dict[str, list[tuple[Content, FileKind]]] = defaultdict(list)
    for item in inspected:
        by_part[parts(item[0].name).part_key].append(item)
    for part, items in by_part.items():
        for role, item in _of_one_part(part, items):
            found[role].append(item)
    for alike in (found[FileRole.MAIN], found[FileRole.DATA]):
        _only_one(alike)
    ordered = [
        (content, kind, role)
        for role in FileRole
        for content, kind in sorted(found[role], key=lambda item: natural(item[0].name))
    ]
    first = 0 if found[FileRole.MAIN] else 1
    return [Member(c, kind, role, n) for n, (c, kind, role) in enumerate(ordered, start=first)]


def _of_one_part(
    part: str, items: list[tuple[Content, FileKind]]
) -> list[tuple[FileRole, tuple[Content, FileKind]]]:
    role = FileRole.ATTACHMENT if part else FileRole.MAIN
    pdfs = [item for item in items if item[1] is FileKind.PDF]
    words = [item for item in items if item[1] is FileKind.DOCX]
    data = [item for item in items if item[1] in _DATA]
    if data and part:
        raise Returnable("intake.data_appendix", name=data[0][0].name)
    _only_one(pdfs)
    _only_one(words)
    rest = FileRole.SOURCE if pdfs else role
    return [
        *((role, item) for item in pdfs),
        *((rest, item) for item in words),
        *((FileRole.DATA, item) for item in data),
    ]


def _only_one(items: list[tuple[Content, FileKind]]) -> None:
    if len(items) > 1:
        raise Returnable("intake.two_alike", first=items[0][0].name, second=items[1][0].name)
