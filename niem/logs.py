"""Logs: one JSON object per line, to the process's own file and, for a person, to the terminal.

Tracebacks are written without local variables (a PIN might stand in one), and entries whose name
speaks of a secret are taken out whatever they hold.
"""

import logging
import sys
from pathlib import Path
from typing import Any, Final

import structlog
from structlog.typing import EventDict, WrappedLogger

SECRET: Final = frozenset({"pin", "password", "passphrase", "secret", "token", "cookie"})


def _without_secrets(logger: WrappedLogger, name: str, entry: EventDict) -> EventDict:
    del logger, name
    return {key: value for key, value in entry.items() if key.lower() not in SECRET}


def _plain_traceback(logger: WrappedLogger, name: str, entry: EventDict) -> EventDict:
    """The kind of the error and where it happened; never its values."""
    del logger, name
    info = entry.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if isinstance(info, tuple) and info[0] is not None:
        entry["error"] = info[0].__name__
        where: list[str] = []
        step = info[2]
        while step is not None:
            code = step.tb_frame.f_code
            where.append(f"{Path(code.co_filename).name}:{step.tb_lineno} {code.co_name}")
            step = step.tb_next
        entry["at"] = where[-12:]
    return entry


def _handler(process: str, folder: Path | None) -> logging.Handler:
    if folder is None:
        return logging.StreamHandler()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return logging.FileHandler(folder / f"{process}.log", encoding="utf-8")
    except PermissionError:
        return logging.StreamHandler()  # a process with an account of its own: the system keeps its log


def set_up(process: str, folder: Path | None) -> None:
    """Send this process's log to `folder/<process>.log`, or to standard error if it may not."""
    handler = _handler(process, folder)
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at_utc"),
        _plain_traceback,
        _without_secrets,
    ]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for noisy in ("httpx", "fontTools", "pyhanko", "pyhanko_certvalidator", "watchdog", "PIL", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
