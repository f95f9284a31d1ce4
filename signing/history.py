"""The revisions of a file that signatures cover, each compared with the next."""

from collections.abc import Iterator, Sequence

from signing.allowed import Judgement, Limits, closed, judge
from signing.changes import Revision, Step, Unclear, compare
from signing.embedded import Embedded
from signing.evidence import Covers


class History:
    """The revisions that signatures cover, each compared with the next."""

    def __init__(self, pdf: bytes, found: Sequence[Embedded], last: Revision) -> None:
        self.pdf, self.found = pdf, [one for one in found if one.fault is None]
        ends = sorted({one.end for one in self.found})
        self.ends = [end for end in ends if _is_whole(pdf, end)]
        self.revisions: dict[int, Revision] = {}
        for end in self.ends:
            try:
                self.revisions[end] = last if end == len(pdf) else Revision.open(pdf[:end])
            except Unclear:
                continue
        self.ends = [end for end in self.ends if end in self.revisions and self._shows(end)]
        self.steps = [self._closed(end, step) for end, step in self._compared(last)]

    def covers(self, one: Embedded) -> Covers:
        """How much of the file a signature covers: whole_file, revision or partial."""
        if one.end not in self.ends:
            return "partial"
        return "whole_file" if one.end == len(self.pdf) else "revision"

    def judged(self, one: Embedded) -> Judgement:
        """What became of the document after one signature."""
        prepared = self.revisions[one.end].form.fields[one.name]
        return judge(Limits.of(prepared), [step for end, step in self.steps if end >= one.end])

    def filled(self) -> frozenset[str]:
        """The fields that were filled between two signatures, by full name."""
        steps = (step for _, step in self.steps)
        return frozenset(change.name for step in steps for change in step.changes if change.kind == "field")

    def stamped_later(self, one: Embedded) -> bool:
        """Whether a document time stamp covers the signature."""
        return any(other.is_timestamp and other.end > one.end for other in self.found)

    def _shows(self, end: int) -> bool:
        """Whether the revision that a signature covers holds that very signature."""
        fields = self.revisions[end].form.fields
        for one in self.found:
            value = fields[one.name].value if one.end == end and one.name in fields else None
            if one.end == end and (value is None or bytes(value.get("/Contents", b"")) != one.contents):
                return False
        return True

    def _compared(self, last: Revision) -> Iterator[tuple[int, Step]]:
        """Each end with what happened after it, up to the next end or the end of the file."""
        for number, end in enumerate(self.ends):
            following = self.ends[number + 1] if number + 1 < len(self.ends) else len(self.pdf)
            if following == end:
                continue
            tail = self.pdf[end:]
            if number + 1 == len(self.ends) and not tail.strip(b"\0\t\n\f\r "):
                continue
            newer = self.revisions.get(following, last)
            step = compare(self.revisions[end], newer)
            whole = following in self.revisions or _is_whole(self.pdf, len(self.pdf), since=end)
            yield end, step if whole else Step(step.changes, clear=False)

    def _closed(self, end: int, step: Step) -> tuple[int, Step]:
        after = [one for one in self.found if one.end > end and not one.is_timestamp and one.end in self.ends]
        if not after:
            return end, closed(step, None)
        return end, closed(step, Limits.of(self.revisions[after[0].end].form.fields[after[0].name]))


def _is_whole(pdf: bytes, end: int, *, since: int = 0) -> bool:
    """Whether a prefix ends as a PDF must, with a cross-reference that lies behind `since`."""
    tail = pdf[max(since, end - 2048) : end].rstrip(b"\0\t\n\f\r ")
    return 0 < end <= len(pdf) and tail.endswith(b"%%EOF") and b"startxref" in tail
