"""The PDF's part of `inspect`: structure, signatures, and content that could change what is seen."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pikepdf
from asn1crypto import cms

from document.errors import Returnable

_TAIL: Final = 1024
_DEEPEST: Final = 60
_RUNS: Final = frozenset(
    {
        "/Launch", "/ImportData", "/SubmitForm", "/ResetForm", "/Hide", "/SetOCGState", "/GoToE",
        "/GoTo3DView",
    }
)  # fmt: skip
_MEDIA_ACTIONS: Final = frozenset({"/Rendition", "/Movie", "/Sound", "/RichMediaExecute"})
_MEDIA: Final = frozenset({"/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"})
_ATTACHED: Final = frozenset({"/FileAttachment"})


@dataclass
class _Findings:
    """What lies in the file that must not; the codes of the catalogue, and who has signed."""

    codes: set[str] = field(default_factory=set)
    signatures: list[pikepdf.Object] = field(default_factory=list)


_WORST_FIRST: Final = ("javascript", "actions", "xfa", "media", "layers", "attached_files")


def inspect_pdf(data: bytes) -> int:
    """The number of pages of a PDF that may go on; else a `Returnable` (`intake.*`)."""
    if b"%%EOF" not in data[-_TAIL:]:
        raise Returnable("intake.truncated")
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False) as pdf:
            return _inspect_open(pdf)
    except pikepdf.PasswordError:
        raise Returnable("intake.encrypted") from None
    except pikepdf.PdfError:
        raise Returnable("intake.damaged") from None


def _inspect_open(pdf: pikepdf.Pdf) -> int:
    if pdf.is_encrypted:
        raise Returnable("intake.encrypted")
    pages = len(pdf.pages)
    if pages == 0:
        raise Returnable("intake.no_pages")
    found = _Findings()
    for item in _dictionaries(pdf):
        _judge(item, found)
    _judge_root(pdf.Root, found)
    if found.signatures:
        raise Returnable("intake.signed", signer=_signer(found.signatures[0]))
    for code in _WORST_FIRST:
        if code in found.codes:
            raise Returnable(f"intake.{code}")
    return pages


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary of the file, reachable or not: an unused action may be used by a later revision."""
    for top in pdf.objects:
        yield from _inside(top, _DEEPEST)


def _inside(item: Any, deep: int) -> Iterator[pikepdf.Object]:
    if not isinstance(item, pikepdf.Object) or deep == 0:
        return
    if isinstance(item, pikepdf.Array):
        children: list[Any] = list(item.as_list())
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        yield item
        children = [value for _, value in item.items()]
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            yield from _inside(child, deep - 1)


def _judge(item: pikepdf.Object, found: _Findings) -> None:
    # /Type is optional in most of these and viewers do not look at it, so it decides nothing here.
    action, subtype = _name(item, "/S"), _name(item, "/Subtype")
    if action == "/JavaScript" or "/JS" in item:
        found.codes.add("javascript")
    if action in _RUNS:
        found.codes.add("actions")
    if action in _MEDIA_ACTIONS or subtype in _MEDIA:
        found.codes.add("media")
    if subtype in _ATTACHED or "/EF" in item:
        found.codes.add("attached_files")
    if _name(item, "/Type") == "/OCG" or "/OCProperties" in item:
        found.codes.add("layers")
    if "/ByteRange" in item and "/Contents" in item:
        found.signatures.append(item)


def _judge_root(root: pikepdf.Object, found: _Findings) -> None:
    names, form, opened = root.get("/Names"), root.get("/AcroForm"), root.get("/OpenAction")
    if isinstance(opened, pikepdf.Dictionary) and _name(opened, "/S") != "/GoTo":
        found.codes.add("actions")
    if isinstance(names, pikepdf.Dictionary) and "/JavaScript" in names:
        found.codes.add("javascript")
    if isinstance(names, pikepdf.Dictionary) and "/EmbeddedFiles" in names:
        found.codes.add("attached_files")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        found.codes.add("xfa")


def _name(item: pikepdf.Object, key: str) -> str:
    value = item.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _signer(signature: pikepdf.Object) -> str:
    """Who signed: the certificate's common name, else the name beside it, else a dash."""
    try:
        message = cms.ContentInfo.load(bytes(signature.Contents))["content"]
        wanted = message["signer_infos"][0]["sid"].chosen["serial_number"].native
        for choice in message["certificates"]:
            if choice.chosen.serial_number == wanted:
                return str(choice.chosen.subject.native["common_name"])
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        pass  # no CMS that can be read: it counts as signed all the same
    beside = signature.get("/Name")
    return str(beside) if beside is not None else "—"
