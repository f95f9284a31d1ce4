"""Take the files of a set out of the drop folder by renaming them, and let go of them again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from document.faults import NONE, Faults
from document.vault import digest_of, sync_folder
from watch_folders.drop import AtRest, mark_of
from watch_folders.folders import Places, free_names, move
from watch_folders.names import parts


@dataclass(frozen=True)
class Content:
    """One file of a set: where it lies, how it was named when dropped, and its bytes.

    `data` is None where it could not be read: over the size limit, or no right to.
    """

    path: Path
    name: str
    size: int
    digest: str
    data: bytes | None


class Changed(Exception):
    """The files are not what they were at rest: somebody still works on them."""


def read_at_rest(files: tuple[AtRest, ...]) -> list[Content]:
    """The bytes of a set that is at rest, the document before its appendices. `Changed`."""
    contents = [_read(file) for file in files]
    return sorted(contents, key=_document_first)


def _document_first(content: Content) -> tuple[bool, bool, str]:
    p = parts(content.name)
    return p.part_key != "", p.extension.lower() != ".pdf", content.name


def _read(file: AtRest) -> Content:
    if not file.digest:
        return Content(file.path, file.name, file.mark.size, "", None)
    try:
        data = file.path.read_bytes()
    except FileNotFoundError:
        raise Changed from None
    if digest_of(data) != file.digest:
        raise Changed
    return Content(file.path, file.name, len(data), file.digest, data)


@contextmanager
def claimed(
    places: Places, files: tuple[AtRest, ...], contents: list[Content], faults: Faults = NONE
) -> Iterator[list[Content]]:
    """The same contents, lying in the work folder; whatever is still there after an error goes back.

    `Changed` when a file was written to, renamed or is held by somebody at this moment. After a crash
    `UnitFolder` puts back what lies in the work folder and belongs to no document.
    """
    faults.point("claim.before")
    # The document goes last: while a claim is half done, what is left in the drop folder is never
    # appendices without their document.
    moved = _move_all(places.work, contents[::-1])[::-1]
    try:
        sync_folder(places.work)
        sync_folder(places.drop)
        faults.point("claim.after")
        _still_at_rest(moved, files)
        yield moved
    except BaseException:
        release(places, moved)
        raise


def _still_at_rest(moved: list[Content], files: tuple[AtRest, ...]) -> None:
    """A rename keeps size and time; a writer who still had the file open does not."""
    marks = {file.name: file.mark for file in files}
    if any(mark_of(content.path) != marks[content.name] for content in moved):
        raise Changed


def _move_all(folder: Path, contents: list[Content]) -> list[Content]:
    names = free_names(folder, [content.name for content in contents])
    moved: list[Content] = []
    try:
        for content, name in zip(contents, names, strict=True):
            move(content.path, folder / name)
            moved.append(Content(folder / name, content.name, content.size, content.digest, content.data))
    except OSError as error:
        for done, content in zip(moved, contents, strict=False):
            move(done.path, content.path)
        raise Changed from error
    return moved


def release(places: Places, contents: list[Content]) -> None:
    """Put files of the work folder that are still there back into the drop folder, as one set."""
    left = [content for content in contents if content.path.exists()]
    names = free_names(places.drop, [content.name for content in left])
    for content, name in zip(left, names, strict=True):
        move(content.path, places.drop / name)
    sync_folder(places.drop)
    sync_folder(places.work)
