"""What Poppler's `pdfsig` says of the same file, compared field by field.

It runs as a child process without network (`-nocert`: no chains), with a time limit; its exit status says
nothing (it is 0 on a digest mismatch) and is ignored. Document time stamps it cannot judge.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from signing.evidence import FieldOpinion, Reason, SecondOpinion, SignatureEvidence, reason

TOOL: Final = "pdfsig"
SECONDS: Final = 30.0
_BLOCK: Final = re.compile(r"^Signature #\d+:$", re.MULTILINE)
_LINE: Final = re.compile(r"^\s+- (?P<key>[^:\n]+): ?(?P<value>.*)$", re.MULTILINE)
_JUDGED: Final = {"Signature is Valid.": True, "Signature is Invalid.": False, "Digest Mismatch.": False}


def pdfsig(pdf_path: Path, *, seconds: float = SECONDS) -> SecondOpinion | None:
    """Ask `pdfsig`; None where it is not installed, does not answer in time, or cannot read the file."""
    tool = shutil.which(TOOL)
    if tool is None:
        return None
    try:
        run = subprocess.run(
            [tool, "-nocert", str(pdf_path.absolute())],
            capture_output=True,
            timeout=seconds,
            check=False,
            stdin=subprocess.DEVNULL,
            env={"LC_ALL": "C.UTF-8", "HOME": "/nonexistent"},
        )
    except (subprocess.TimeoutExpired, OSError):
        return None
    return SecondOpinion(TOOL, tuple(_read(run.stdout.decode("utf-8", "replace"))))


def _read(text: str) -> Iterator[FieldOpinion]:
    for block in _BLOCK.split(text)[1:]:
        said = {found["key"].strip(): found["value"].strip() for found in _LINE.finditer(block)}
        name = said.get("Signature Field Name")
        if name is None:
            continue
        valid = _JUDGED.get(said.get("Signature Validation", ""))
        total = "Not total document signed" not in block if "otal document signed" in block else None
        yield FieldOpinion(name, valid, valid, total)


def compared(opinion: SecondOpinion, signatures: Sequence[SignatureEvidence]) -> SecondOpinion:
    """The opinion with its disagreements: "cannot judge" (a document time stamp) is none."""
    ours = {one.field: one for one in signatures}
    theirs = {one.field: one for one in opinion.signatures}
    found = [
        reason("verdict.opinion_missing", tool=opinion.tool, name=name)
        for name, one in ours.items()
        if name not in theirs and one.layer != "timestamp"
    ]
    for name, said in theirs.items():
        found += _differs(opinion.tool, said, ours.get(name))
    return replace(opinion, agrees=not found, disagreements=tuple(found))


def _differs(tool: str, said: FieldOpinion, one: SignatureEvidence | None) -> Iterator[Reason]:
    if one is None:
        yield reason("verdict.opinion_extra", tool=tool, name=said.field)
    elif one.layer != "timestamp":
        if said.digest_valid is not None and said.digest_valid != (one.integrity == "intact"):
            yield reason("verdict.opinion_integrity", tool=tool, name=said.field)
        if said.total_document is not None and said.total_document != (one.covers == "whole_file"):
            yield reason("verdict.opinion_coverage", tool=tool, name=said.field)
