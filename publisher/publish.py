"""Issued -> public: the read model is built whole, beside the old one, and switched in one act.

On SQLite `public/listing-<n>.sqlite` is complete and on disk before the pointer `public/current` names it;
on PostgreSQL the tables of schema `niem_public` are filled anew in one transaction, and the reading role
may do nothing but SELECT. Signed PDFs lie in `public/files/` under their digest. The public process needs
nothing else: not the ledger, not the vault.
"""

import fcntl
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import (
    Connection,
    Engine,
    NullPool,
    create_engine,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
)

from document.clock import Clock, SystemClock
from document.errors import NiemError
from document.facts import ProcedureFact
from document.faults import NONE, Faults
from document.files import replace
from document.vault import Vault, digest_of, sync_folder
from publisher.model_rows import Row, file_rows, public_facts, rows_of, words_of
from publisher.read_model import (
    SCHEMA,
    VERSION,
    about,
    announcements,
    facts_about,
    metadata,
    signed_files,
    words,
)

POINTER: Final = "current"
FILES: Final = "files"

_LISTING = re.compile(r"listing-(\d+)\.sqlite")
_BATCH: Final = 200
"""Announcements written at once."""
_ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class Source(Protocol):
    """What is asked of the ledger."""

    def listing_state(self) -> str: ...
    def published(self) -> list[ProcedureFact]: ...


def publish(
    ledger: Source, vault: Vault, public_root: Path, *, clock: Clock | None = None, faults: Faults = NONE
) -> Path | None:
    """Bring the public listing up to the ledger; None when it is already. Any number of workers may call it.

    A decision whose bytes were purged keeps its record and loses its file.
    """
    _open_folder(public_root)
    with _alone(public_root):
        state = ledger.listing_state()
        current = current_listing(public_root)
        if current is not None and state_of(current) == state:
            return None
        faults.point("publish.before")
        facts = public_facts(ledger.published())
        kept = copy_files(facts, vault, public_root / FILES)
        number = _number(current) + 1
        target = public_root / f"listing-{number}.sqlite"
        _sweep(public_root, keep={current.name} if current else set())
        about_rows = _about(number, state, clock or SystemClock())
        _write_sqlite(target, about_rows, facts, kept)
        replace(public_root / POINTER, f"{target.name}\n".encode())
        faults.point("publish.after")
        _sweep(public_root, keep={target.name} | ({current.name} if current else set()))
        _drop_files(public_root)
        return target


def publish_postgresql(
    engine: Engine,
    ledger: Source,
    vault: Vault,
    public_root: Path,
    *,
    reader: str,
    clock: Clock | None = None,
    faults: Faults = NONE,
) -> bool:
    """The same into schema `niem_public`; `reader` is the role of the public process. False when up to date.

    `ValueError` for a name of a role that would need quoting.
    """
    if not _ROLE.fullmatch(reader):
        raise ValueError(reader)
    _open_folder(public_root)
    state = ledger.listing_state()
    served = engine.execution_options(schema_translate_map={None: SCHEMA})
    with served.connect() as connection:
        if _known(connection).get("state") == state:
            return False
    with served.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": SCHEMA})
        known = _prepare_schema(connection)
        if known.get("state") == state:
            return False
        faults.point("publish.before")
        facts = public_facts(ledger.published())
        kept = copy_files(facts, vault, public_root / FILES)
        for table in (words, signed_files, announcements, about):
            connection.execute(delete(table))
        number = int(known.get("number", "0")) + 1
        _fill(connection, _about(number, state, clock or SystemClock()), facts, kept)
        # Names of schema and role cannot be parameters; both are checked.
        connection.execute(text(f"REVOKE ALL ON SCHEMA {SCHEMA} FROM PUBLIC"))
        connection.execute(text(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {reader}"))
        connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {reader}"))
    faults.point("publish.after")
    return True


def _known(connection: Connection) -> dict[str, str]:
    """What the schema says about itself; nothing where it is missing or another version's."""
    if not inspect(connection).has_table("about", schema=SCHEMA):
        return {}
    known = facts_about(connection)
    return known if known.get("version") == VERSION else {}


def _prepare_schema(connection: Connection) -> dict[str, str]:
    """Make the schema where it is missing, or anew where it is another version's; `_known` of it."""
    known = _known(connection)
    if not known:
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        metadata.drop_all(connection)
        metadata.create_all(connection)
    return known


def current_listing(public_root: Path) -> Path | None:
    """The file the pointer names, or None."""
    try:
        name = (public_root / POINTER).read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    target = public_root / name
    return target if _LISTING.fullmatch(name) and target.is_file() else None


def state_of(listing: Path) -> str | None:
    """The ledger's state that `listing` was built from; None where it is not one of this version."""
    with sqlite_engine(listing).connect() as connection:
        if not inspect(connection).has_table("about"):
            return None
        known = facts_about(connection)
    return known.get("state") if known.get("version") == VERSION else None


def sqlite_engine(path: Path) -> Engine:
    return create_engine(f"sqlite:///{path}", poolclass=NullPool)


def copy_files(facts: Iterable[ProcedureFact], vault: Vault, folder: Path) -> set[str]:
    """The signed PDFs, under their digest; those that could be had."""
    _open_folder(folder)
    kept: set[str] = set()
    for digest in sorted({file.digest for fact in facts for file in fact.files}):
        target = folder / f"{digest}.pdf"
        if not vault.path(digest).exists():
            target.unlink(missing_ok=True)  # purged: no copy outlives the bytes
        if not (target.is_file() and digest_of(target.read_bytes()) == digest):
            try:
                data = vault.get(digest)
            except NiemError:
                continue  # purged, or damaged: the page says so; niem doctor and audit look after the vault
            replace(target, data)
        kept.add(digest)
    return kept


def drop_copy(public_root: Path, digest: str) -> None:
    """Take the public copy of purged bytes away at once; the next listing says so."""
    (public_root / FILES / f"{digest}.pdf").unlink(missing_ok=True)


def _open_folder(folder: Path) -> None:
    """A folder that other accounts may read, whatever the umask is."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)


def _about(number: int, state: str, clock: Clock) -> list[Row]:
    known = {
        "version": VERSION,
        "number": str(number),
        "state": state,
        "built_at": clock.now().isoformat(),
    }
    return [{"key": key, "value": value} for key, value in known.items()]


def _fill(connection: Connection, about_rows: list[Row], facts: list[ProcedureFact], kept: set[str]) -> None:
    connection.execute(insert(about), about_rows)
    if files := file_rows(facts):
        connection.execute(insert(signed_files), files)
    waiting = rows_of(facts, kept)
    while batch := list(islice(waiting, _BATCH)):
        connection.execute(insert(announcements), batch)
        connection.execute(insert(words), [word for row in batch for word in words_of(row)])


def _write_sqlite(target: Path, about_rows: list[Row], facts: list[ProcedureFact], kept: set[str]) -> None:
    """The file is complete and on disk before it has its name. No WAL: readers open it alone, unchanging."""
    beside = target.with_name(f".{target.name}.tmp")
    beside.unlink(missing_ok=True)
    engine = sqlite_engine(beside)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
        connection.exec_driver_sql("PRAGMA synchronous=FULL")
        connection.commit()
        metadata.create_all(connection)
        _fill(connection, about_rows, facts, kept)
        connection.commit()
        found = connection.execute(select(func.count()).select_from(about)).scalar_one()
        assert found == len(about_rows)
        connection.exec_driver_sql("PRAGMA optimize")
    beside.chmod(0o644)
    beside.rename(target)
    sync_folder(target.parent)


def _number(current: Path | None) -> int:
    found = _LISTING.fullmatch(current.name) if current else None
    return int(found.group(1)) if found else 0


def _sweep(public_root: Path, keep: set[str]) -> None:
    """Remove listings but those of `keep` (the current one, and the one before it for readers that have just
    read the pointer), and what a crash left half-written.
    """
    for file in public_root.iterdir():
        old = _LISTING.fullmatch(file.name) or file.name.startswith(".listing-")
        if old and file.name not in keep:
            file.unlink(missing_ok=True)


def _drop_files(public_root: Path) -> None:
    """Remove PDFs that none of the kept listings names (recalled decisions)."""
    named: set[str] = set()
    for listing in public_root.glob("listing-*.sqlite"):
        if state_of(listing) is None:
            continue  # of another version of Niêm; gone after the next switch
        with sqlite_engine(listing).connect() as connection:
            named |= set(connection.scalars(select(signed_files.c.digest)))
    for file in (public_root / FILES).glob("*.pdf"):
        if file.stem not in named:
            file.unlink(missing_ok=True)


@contextmanager
def _alone(public_root: Path) -> Iterator[None]:
    """One publisher at a time on this machine; the lock goes with its process."""
    with (public_root / ".lock").open("w", encoding="ascii") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_UN)
