"""DOCX to PDF with LibreOffice, in a process group of its own that can be killed."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from document.errors import Returnable

SECONDS: Final = 90.0
_PROGRAMS: Final = ("soffice", "libreoffice")


def program() -> str | None:
    """LibreOffice's command on this machine, looked for each time: it may be installed while we run."""
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)


def convert(docx: bytes, seconds: float = SECONDS) -> bytes:
    """The PDF that LibreOffice makes of `docx`.

    `Returnable`: `intake.no_libreoffice`, `intake.conversion_slow` (stopped after `seconds`) or
    `intake.conversion_failed`. Each call has its own profile, so that calls do not wait for each other, no
    macro setting of a person counts, and nothing is left behind.
    """
    command = program()
    if command is None:
        raise Returnable("intake.no_libreoffice")
    with tempfile.TemporaryDirectory(prefix="niem-", ignore_cleanup_errors=True) as folder:
        room = Path(folder)
        source = room / "document.docx"
        source.write_bytes(docx)
        _run(_arguments(command, room, source), room, seconds)
        made = room / "out" / "document.pdf"
        if not made.is_file():
            raise Returnable("intake.conversion_failed")
        return made.read_bytes()


def _arguments(command: str, room: Path, source: Path) -> list[str]:
    return [
        command, f"-env:UserInstallation={(room / 'profile').as_uri()}", "--headless", "--norestore",
        "--nolockcheck", "--nodefault", "--convert-to", "pdf:writer_pdf_Export", "--outdir",
        str(room / "out"), str(source),
    ]  # fmt: skip


def _run(arguments: list[str], room: Path, seconds: float) -> None:
    # A small environment: the converter of strangers' files inherits no setting and no secret.
    environment = {"HOME": str(room), "TMPDIR": str(room), "PATH": os.defpath, "LANG": "C.UTF-8"}
    process = subprocess.Popen(
        arguments, cwd=room, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise Returnable("intake.conversion_slow", seconds=round(seconds)) from None
    finally:
        _end_group(process)
    if process.returncode != 0:
        raise Returnable("intake.conversion_failed")


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """LibreOffice's script starts further processes; none outlives the call."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()
