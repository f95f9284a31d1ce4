"""What a signed file is, told from the file itself: a document of its own, a separate attachment or a copy.

An attachment and an electronic copy carry the organisation's signature alone; its visible text is prescribed
(Decree 30/2020, Annex I, Part I.III.1, samples 1.3, 2.2 and 3.2; R-SIG-09, 10, 12) and says the very second
of the signature (R-CRY-14). The same key can put the same text on a document whose signatory never signed;
so a file that shows the marks of a document of its own, or nothing that can be read, stays a main document.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import pikepdf

from document.clock import VIET_NAM, shown
from document.kinds import folded
from signing.embedded import Embedded
from signing.evidence import DocumentClass, Reason, SignatureEvidence, reason
from signing.form import visible
from signing.front import Front
from signing.letters import Letters
from signing.painted import BROKEN
from signing.shown import looks, text_of

_TIME: Final = (
    r"(?:(?P<day>\d\d)/(?P<month>\d\d)/(?P<year>\d{4});?|(?P<iso>\d{4}-\d\d-\d\d)T?)"
    r"(?P<clock>\d\d:\d\d:\d\d)(?P<zone>Z|[+-]\d\d:?\d\d)?"
)
# Where the stamp takes two lines, the line's end stands for a semicolon.
_ATTACHMENT: Final = re.compile(rf"Số:(?P<number>\d+/[^;]+?);?{_TIME}", re.IGNORECASE)
_COPY: Final = re.compile(rf"(?P<form>SAOY|SAOLỤC|TRÍCHSAO);?(?P<body>[^;]+?);?{_TIME}", re.IGNORECASE)
_ZONES: Final = frozenset({None, "+07:00", "+0700"})
_FORMS: Final = {"SAOY": "SAO Y", "SAOLỤC": "SAO LỤC", "TRÍCHSAO": "TRÍCH SAO"}
_TOP: Final = 0.8
"""The stamp stands wholly above this share of the page's height, its middle in the right half."""


@dataclass(frozen=True)
class Told:
    """The class, and why: also where a file bears such a stamp and is a main document all the same."""

    document_class: DocumentClass = "main"
    reasons: tuple[Reason, ...] = ()


def told(
    pdf: pikepdf.Pdf, found: Sequence[Embedded], evidence: Sequence[SignatureEvidence], letters: Letters
) -> Told:
    """The class of a file with the signatures `found`, about which `evidence` speaks, one for one."""
    people = [(one, seen) for one, seen in zip(found, evidence, strict=True) if seen.layer != "timestamp"]
    if not people or any(seen.layer != "organisation" or seen.integrity == "broken" for _, seen in people):
        return Told()
    body = people[0][1].organisation
    stamps = [stamp for one, seen in people if seen.organisation == body for stamp in _stamps(one, letters)]
    if not stamps:
        return Told()
    signed = frozenset(
        part.objgen for one, _ in people for part in (one.field.dictionary, *one.field.widgets)
    )
    try:
        front = Front.read(pdf, letters, signed - {(0, 0)})
    except BROKEN:
        return Told("main", (reason("verdict.page_unread"),))
    against = [tuple(_objections(stamp, front, body or "")) for stamp in stamps]
    good = next((stamp for stamp, reasons in zip(stamps, against, strict=True) if not reasons), None)
    return Told("main", against[0]) if good is None else good.told


@dataclass(frozen=True)
class _Stamp:
    """A signature whose appearance shows the prescribed text."""

    one: Embedded
    words: "re.Match[str]"
    place: tuple[int, int]
    """The object of the widget that shows it."""

    @property
    def copy(self) -> str:
        """How a copy was made; empty for an attachment."""
        form = self.words.groupdict().get("form", "")
        return _FORMS[unicodedata.normalize("NFC", form).upper()] if form else ""

    @property
    def told(self) -> Told:
        if self.copy:
            return Told("copy", (reason("verdict.told_copy", form=self.copy),))
        return Told("attachment", (reason("verdict.told_attachment", number=self.words["number"]),))

    @property
    def moment(self) -> datetime | None:
        """The time it shows; None where that is no time."""
        said = self.words
        day = said["iso"] or f"{said['year']}-{said['month']}-{said['day']}"
        try:
            return datetime.fromisoformat(f"{day}T{said['clock']}").replace(tzinfo=VIET_NAM)
        except ValueError:
            return None

    @property
    def keeps_time(self) -> bool:
        """Whether it shows the second of /M, in Viet Nam's time."""
        claimed = self.one.claimed
        right = claimed is not None and claimed.utcoffset() == timedelta(hours=7)
        return right and claimed == self.moment and self.words["zone"] in _ZONES


def _stamps(one: Embedded, letters: Letters) -> Iterator[_Stamp]:
    if not visible(one.field):
        return
    for part, look in looks(one.field):
        text = text_of(look, letters)
        words = _ATTACHMENT.fullmatch(text) or _COPY.fullmatch(text)
        if words:
            yield _Stamp(one, words, part.objgen)


def _objections(stamp: _Stamp, front: Front, body: str) -> Iterator[Reason]:
    """Why the file is not what its stamp says."""
    if not stamp.keeps_time:
        claimed = stamp.one.claimed
        yield reason("verdict.stamp_time_differs", signed="?" if claimed is None else shown(claimed))
    if not _is_top_right(stamp, front):
        yield reason("verdict.stamp_misplaced")
    if stamp.copy:
        if _plain(stamp.words["body"]) != _plain(body):
            yield reason("verdict.stamp_body_differs", name=body)
        # Only an extract may be made of an electronic document (Article 25; R-SIG-13): the others are scans.
        if stamp.copy != "TRÍCH SAO" and (not front.is_picture or front.is_main):
            yield reason("verdict.copy_not_scanned", form=stamp.copy)
    elif front.is_main:
        yield reason("verdict.reads_as_main")
    elif front.is_picture or front.is_unread:
        yield reason("verdict.page_unread")


def _is_top_right(stamp: _Stamp, front: Front) -> bool:
    for annotation in front.page.get("/Annots", []):
        if annotation.objgen == stamp.place:
            left, bottom, right, top = front.shown(annotation.Rect)
            width, height = front.size
            inside = left >= 0 and right <= width and top <= height
            return inside and (left + right) / 2 > width / 2 and bottom > height * _TOP
    return False


def _plain(name: str) -> str:
    """A body's name for comparing: without tones and spaces, UBND and HĐND written out."""
    whole = folded(name).replace(" ", "")
    return whole.replace("UBND", folded("ỦY BAN NHÂN DÂN").replace(" ", "")).replace(
        "HĐND", folded("HỘI ĐỒNG NHÂN DÂN").replace(" ", "")
    )
