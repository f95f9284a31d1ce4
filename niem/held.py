"""What is held and why, the ways out, destroying bytes, and the audit: for the terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.table import Column, Table

from document import messages
from document.clock import shown
from document.errors import NotFound
from document.facts import DocumentFact
from document.ledger import Ledger, connect
from document.settings import Site
from document.vault import Vault
from office.check import worded
from publisher.publish import drop_copy


@contextmanager
def ledger_of(site: Site) -> Iterator[Ledger]:
    """The site's ledger, closed at the end."""
    engine = connect(site.database_url, existing=True)
    try:
        yield Ledger(engine, faults=site.faults)
    finally:
        engine.dispose()


def reason_of(document: DocumentFact, lang: str = "vi") -> str:
    """Why a document is held, as a sentence."""
    code = document.reason or "work.three_times"
    params = {**document.reason_params, "stage": document.held_from or document.stage}
    return messages.text(code, lang, **params) if code in messages.catalogue() else code


def show(site: Site, console: Console) -> None:
    """A table of everything held."""
    with ledger_of(site) as ledger:
        documents = ledger.held()
    if not documents:
        console.print(messages.text("cli.nothing_held", "vi"))
        return
    table = Table(Column("Mã", no_wrap=True), "Văn bản", "Từ lúc", "Bước", "Lý do", "Cách xử lý")
    for document in documents:
        code = document.reason or "work.three_times"
        known = code in messages.catalogue()
        table.add_row(
            document.id,
            document.stem,
            shown(document.stage_at),
            messages.text(f"stage.{(document.held_from or document.stage).value}"),
            reason_of(document),
            messages.fix(code, "vi", **document.reason_params) if known else "",
        )
    console.print(table)


def retry(site: Site, document_id: str, reason: str, console: Console) -> None:
    """HELD -> where it came from."""
    reason = worded(reason)
    with ledger_of(site) as ledger:
        stage = ledger.retry(document_id, reason)
    console.print(messages.text(f"stage.{stage.value}"))


def give_back(site: Site, document_id: str, reason: str, console: Console) -> None:
    """HELD -> RETURNED; the watcher gives the files back."""
    reason = worded(reason)
    with ledger_of(site) as ledger:
        ledger.return_held(document_id, reason)
    console.print(messages.text("stage.returned"))


def void(site: Site, document_id: str, reason: str, console: Console) -> None:
    """The number stays, marked."""
    reason = worded(reason)
    with ledger_of(site) as ledger:
        ledger.void(document_id, reason)
    console.print(messages.text("stage.void"))


def purge(site: Site, digest: str, reason: str, console: Console) -> None:
    """Record first, then destroy: the bytes, and the copy the public was shown.

    Renderings lie in the desk's memory only; it lets go of them when their bytes are gone.
    """
    reason = worded(reason)
    vault = Vault(site.vault)
    if not vault.path(digest).exists():
        raise NotFound("vault.missing", digest=digest)
    with ledger_of(site) as ledger:
        ledger.purged(digest, reason)
        vault.purge(digest)
        drop_copy(site.public, digest)
    console.print(f"✓ {digest}")


def audit_site(site: Site, console: Console) -> int:
    """Walk chains and vault; 0 when everything is as recorded, 1 when anything is not."""
    from office.audit import audit  # noqa: PLC0415 (only this command needs it)

    with ledger_of(site) as ledger:
        report = audit(ledger, Vault(site.vault))
    for line in report.lines("vi"):
        console.print(line)
    return 0 if report.sound else 1
