"""Make every sample: ``python -m samples.make [FOLDER]`` (needs LibreOffice and Liberation Serif 2).

Two runs give the same files byte for byte: no clock, no user name, no random id goes in.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf

from samples.data import blank_workbook, blank_yaml, workbook
from samples.documents import every_document, read
from samples.hybrid import hybrid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docx.document import Document
    from openpyxl import Workbook

HERE = Path(__file__).parent
MOMENT = (2025, 6, 2, 8, 0, 0)
STAMP = b"2025-06-02T01:00:00Z"
PDF_STAMP = "D:20250602080000+07'00'"


def main() -> None:
    """Write the samples into the folder given, or beside this script."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    folder.mkdir(parents=True, exist_ok=True)
    documents = every_document()
    for name, document in documents.items():
        (folder / f"{name}.docx").write_bytes(packed(document))
    procedures = read("procedures")
    (folder / "QD-cong-bo-TTHC.xlsx").write_bytes(packed(workbook(procedures)))
    (folder / "thu-tuc.mau.xlsx").write_bytes(packed(blank_workbook()))
    (folder / "thu-tuc.mau.yaml").write_text(blank_yaml(), encoding="utf-8")
    convert(folder, [folder / f"{name}.docx" for name in documents])
    (folder / "hybrid").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        convert(Path(scratch), [folder / "CV-bao-cao.docx"], tagged=True)
        tagged = Path(scratch, "CV-bao-cao.pdf").read_bytes()
    (folder / "hybrid" / "CV-bao-cao.hybrid.pdf").write_bytes(hybrid(tagged))


def packed(document: Document | Workbook) -> bytes:
    """Save an Office document so that equal content gives equal bytes."""
    loose = io.BytesIO()
    document.save(loose)
    result = io.BytesIO()
    with zipfile.ZipFile(loose) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", STAMP, content)
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return result.getvalue()


def convert(folder: Path, sources: Iterable[Path], *, tagged: bool = False) -> None:
    """Convert to PDF with LibreOffice, then take its clock and random id out of the result.

    Raises subprocess.CalledProcessError when LibreOffice is missing a part or fails.
    """
    option = json.dumps({"UseTaggedPDF": {"type": "boolean", "value": str(tagged).lower()}})
    paths = list(sources)
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation=file://{profile}",
                "--headless",
                "--convert-to",
                f"pdf:writer_pdf_Export:{option}",
                "--outdir",
                str(folder),
                *map(str, paths),
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
    for source in paths:
        settle(folder / f"{source.stem}.pdf")


def settle(path: Path) -> None:
    """Fix the dates and the file identifier of a PDF in place."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.docinfo["/CreationDate"] = PDF_STAMP
        for key in ("/DocChecksum", "/ID"):
            if key in pdf.trailer:
                del pdf.trailer[key]
        pdf.save(path, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)


if __name__ == "__main__":
    main()
