"""Every command. No logic of its own: each one calls the part that does the work."""

import socket
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from rich.console import Console

from document import messages
from document.errors import Misconfigured, NiemError
from document.settings import Site, load
from niem import logs, processes, run

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Niêm: cấp số, ký số hai lớp, kiểm tra và công khai văn bản.\n\n"
    "Two-layer signing, checking and publishing of official documents.",
)
keys_app = typer.Typer(invoke_without_command=True, help="The key process; or work on keys.")
office_app = typer.Typer(no_args_is_help=True, help="Who is who in the office.")
people_app = typer.Typer(no_args_is_help=True, help="Accounts.")
held_app = typer.Typer(invoke_without_command=True, help="What is held and why; and the only ways out.")
vault_app = typer.Typer(no_args_is_help=True, help="The store of original bytes.")
for name, group in {
    "keys": keys_app, "office": office_app, "people": people_app, "held": held_app, "vault": vault_app,
}.items():  # fmt: skip
    app.add_typer(group, name=name)

SiteOption = Annotated[Path, typer.Option("--site", help="Folder of the site.", readable=False)]
"""Not looked into: the public process may have an account that only passes through it."""
LangOption = Annotated[Literal["vi", "en"], typer.Option(help="Language of the report.")]
HERE = Path()
ANY_ADDRESS: Final = ("0.0.0.0", "::")  # noqa: S104 (what a setting may say; no browser opens it)
console = Console(highlight=False, soft_wrap=True, markup=False)
"""Without markup: what is printed stands there as it is, also `[trust]` and a file's name in brackets."""


def main() -> None:
    """Run a command; an error a person may read is printed, never a traceback."""
    try:
        app()
    except NiemError as error:
        show(error)
        sys.exit(2)
    except OSError as error:
        if error.filename is None:  # none of a person's files: ours to mend
            raise
        show(Misconfigured("cli.file", path=error.filename, kind=error.strerror))
        sys.exit(2)


def show(error: NiemError) -> None:
    """An error on the terminal, Vietnamese first: what happened, then what to do."""
    faults = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
    for lang in messages.LANGUAGES:
        faults.print("●" if lang == "vi" else " ", style="red", end=" ")
        faults.print(error.text(lang))
        if error.fix(lang):
            faults.print(f"  → {error.fix(lang)}")


@app.command()
def init(folder: Path) -> None:
    """Make a site: folders, commented settings, an office file to fill in, the database."""
    from niem.init import init as make_site  # noqa: PLC0415 (each command loads what it needs, no more)

    site = make_site(folder)
    console.print(f"✓ {site.root}")
    console.print(messages.text("cli.init_next", "vi", root=site.root))
    console.print(messages.text("cli.init_next", "en", root=site.root))


@app.command("migrate")
def migrate_site(site: SiteOption = HERE) -> None:
    """Bring the database to the newest schema; nothing happens when it is there already."""
    from document.ledger import connect, migrate  # noqa: PLC0415 (as below)

    engine = connect(load(site).database_url, existing=True)
    migrate.upgrade(engine)
    engine.dispose()
    console.print("✓")


@app.command("run")
def run_site(site: SiteOption = HERE) -> None:
    """Serve the site: the processes watch, work, desk, public and keys, kept alive."""
    from niem.doctor import may_start  # noqa: PLC0415 (as below)

    opened = _process("run", site)
    if not may_start(opened, console):
        sys.exit(2)
    console.print(
        messages.text("cli.running", "vi", desk=_url(opened, "desk"), public=_url(opened, "public"))
    )
    run.Supervisor(opened).run(run.stop_on_signals())


@app.command()
def watch(site: SiteOption = HERE) -> None:
    """Watch the units' folders (a process of its own)."""
    processes.watch(_process("watch", site))


@app.command()
def work(site: SiteOption = HERE) -> None:
    """Carry documents on: prepare, seal, verify, issue (a process of its own)."""
    processes.work(_process("work", site))


@app.command()
def desk(site: SiteOption = HERE) -> None:
    """Serve the private desk (a process of its own)."""
    processes.desk(_process("desk", site))


@app.command()
def public(site: SiteOption = HERE) -> None:
    """Serve the public listing (a process of its own; it never opens the ledger)."""
    processes.public(_process("public", site))


@keys_app.callback()
def keys(context: typer.Context, site: SiteOption = HERE) -> None:
    """Hold the keys and answer on the socket (a process of its own)."""
    context.obj = site
    if context.invoked_subcommand is None:
        processes.keys(_process("keys", site))


@keys_app.command("import")
def keys_import(
    file: Path,
    login: Annotated[str, typer.Option(help="Whose key it is.")] = "",
    organisation: Annotated[str, typer.Option(help="Code of the organisation whose key it is.")] = "",
    passphrase_file: Annotated[Path | None, typer.Option(help="Passphrase of FILE.")] = None,
    pin_file: Annotated[Path | None, typer.Option(help="The new PIN, 8 characters or more.")] = None,
    site: SiteOption = HERE,
) -> None:
    """Import a PKCS#12 or PEM key: encrypted anew, its certificate put on record."""
    from niem import keyring  # noqa: PLC0415 (cryptography is slow to load, and few commands need it)

    old = _secret(passphrase_file, messages.text("cli.ask_passphrase"))
    pin = _secret(pin_file, messages.text("cli.ask_pin"), confirm=True)
    key = keyring.import_key(load(site), file, login=login, organisation=organisation, old=old, pin=pin)
    console.print(messages.text("cli.key_imported", "vi", key=key.id, until=key.not_after))


@keys_app.command("list")
def keys_list(site: SiteOption = HERE) -> None:
    """Every key on record: whose it is, until when, its fingerprint."""
    from niem import keyring  # noqa: PLC0415 (as above)

    keyring.show(load(site), console)


@office_app.command("apply")
def office_apply(file: Path, site: SiteOption = HERE) -> None:
    """Make the record say what the office file says: adds and changes, never deletes."""
    from niem import officework  # noqa: PLC0415 (as above)

    officework.apply(load(site), file)
    console.print(f"✓ {file}")


@office_app.command("images")
def office_images(
    organisation: Annotated[str, typer.Option(help="Code of the organisation.")],
    seal: Annotated[Path | None, typer.Option(help="Red transparent PNG of the seal.")] = None,
    person: Annotated[
        list[str] | None, typer.Option(help="LOGIN=PNG, the blue handwritten signature.")
    ] = None,
    site: SiteOption = HERE,
) -> None:
    """Set the image of the seal and of handwritten signatures."""
    from niem import officework  # noqa: PLC0415 (as above)

    officework.images(load(site), organisation, seal, person or [])
    console.print("✓")


@office_app.command("seal-rule")
def office_seal_rule(
    organisation: Annotated[str, typer.Option()],
    clerk: Annotated[str, typer.Option(help="Login of the clerk who answers for it.")],
    authorisation: Annotated[str, typer.Option(help="Number of the written permission (Đ32.2b).")],
    begin: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"])],
    end: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"])],
    kind: Annotated[list[str], typer.Option(help="Kinds it covers, each named.")],
    pin_file: Annotated[Path, typer.Option(help="File with the PIN of the organisation's key.")],
    site: SiteOption = HERE,
) -> None:
    """Record a standing rule for sealing without the clerk's PIN (off by default, R-SIG-04)."""
    from niem import officework  # noqa: PLC0415 (as above)

    period = (begin.date(), end.date())
    officework.seal_rule(
        load(site),
        organisation,
        clerk,
        authorisation=authorisation,
        period=period,
        kinds=kind,
        pin_file=pin_file,
    )
    console.print("✓")


@people_app.command("password")
def people_password(
    login: str,
    password_file: Annotated[Path | None, typer.Option(help="File with the password.")] = None,
    site: SiteOption = HERE,
) -> None:
    """Set somebody's password; open sessions end."""
    from niem import officework  # noqa: PLC0415 (as above)

    officework.password(
        load(site), login, _secret(password_file, messages.text("cli.ask_password"), confirm=True)
    )
    console.print("✓")


@held_app.callback()
def held_list(context: typer.Context, site: SiteOption = HERE) -> None:
    """What is held, since when and why."""
    from niem import held  # noqa: PLC0415 (as above)

    context.obj = site
    if context.invoked_subcommand is None:
        held.show(load(site), console)


@held_app.command("retry")
def held_retry(document: str, reason: Annotated[str, typer.Option()], site: SiteOption = HERE) -> None:
    """Try the step again."""
    from niem import held  # noqa: PLC0415 (as above)

    held.retry(load(site), document, reason, console)


@held_app.command("return")
def held_return(document: str, reason: Annotated[str, typer.Option()], site: SiteOption = HERE) -> None:
    """Give the document back to its unit (only before a number was given)."""
    from niem import held  # noqa: PLC0415 (as above)

    held.give_back(load(site), document, reason, console)


@held_app.command("void")
def held_void(document: str, reason: Annotated[str, typer.Option()], site: SiteOption = HERE) -> None:
    """Void the number: it stays in the register, marked, and is never used again."""
    from niem import held  # noqa: PLC0415 (as above)

    held.void(load(site), document, reason, console)


@vault_app.command("purge")
def vault_purge(digest: str, reason: Annotated[str, typer.Option()], site: SiteOption = HERE) -> None:
    """Destroy bytes whose retention has ended; digest and events stay. The one deletion there is."""
    from niem import held  # noqa: PLC0415 (as above)

    held.purge(load(site), digest, reason, console)


@app.command()
def audit(site: SiteOption = HERE) -> None:
    """Walk every chain of the record and hash every file of the vault again."""
    from niem import held  # noqa: PLC0415 (as above)

    sys.exit(held.audit_site(load(site), console))


@app.command()
def doctor(site: SiteOption = HERE, lang: LangOption = "vi") -> None:
    """Check the site before anything runs, and say what to do about each fault."""
    from niem.doctor import examine  # noqa: PLC0415 (as above)

    sys.exit(examine(load(site), console, lang))


@app.command()
def verify(
    files: Annotated[list[Path], typer.Argument(help="PDF files.")],
    json: Annotated[bool, typer.Option("--json", help="Print the verdicts as JSON.")] = False,
    details: Annotated[bool, typer.Option("-v", help="Every signature with its seven items.")] = False,
    lang: LangOption = "vi",
    trust: Annotated[list[Path] | None, typer.Option(help="PEM file of a root to believe.")] = None,
    test_roots: Annotated[bool, typer.Option(help="Accept test roots (TEST ONLY).")] = False,
    site: Annotated[Path | None, typer.Option("--site", help="Use this site's trust and directory.")] = None,
) -> None:
    """Judge signed PDFs as a stranger would.

    Exit status: 0 all valid, 1 any other verdict, 2 could not run.
    """
    from niem.judge import Wanted, verify_command  # noqa: PLC0415 (as above)

    told = Wanted(as_json=json, details=details, lang=lang)
    sys.exit(verify_command(files, told, roots=trust or [], test_roots=test_roots, site=site))


@app.command()
def demo(
    folder: Path,
    serve: Annotated[bool, typer.Option("--serve", help="Only serve the site that a demo left.")] = False,
    database: Annotated[str, typer.Option(help="A PostgreSQL instead of SQLite.")] = "",
    any_ports: Annotated[bool, typer.Option("--any-ports", help="Take whatever ports are free.")] = False,
) -> None:
    """A whole office in a folder: four real documents go the lawful way, from the folder to the public."""
    from niem import demo as show_case  # noqa: PLC0415 (as above; and it needs the checkout's certs/test)

    if serve:
        sys.exit(show_case.serve(folder, console))
    sys.exit(show_case.play(folder, console, database, any_ports=any_ports))


def _process(name: str, folder: Path) -> Site:
    site = load(folder)
    logs.set_up(name, site.path("logs"))
    return site


def _url(site: Site, name: str) -> str:
    section = getattr(site.settings, name)
    host = socket.gethostname() if section.host in ANY_ADDRESS else section.host
    return f"{'https' if section.tls_certificate else 'http'}://{host}:{section.port}/"


def _secret(file: Path | None, question: str, *, confirm: bool = False) -> str:
    """From a file or the terminal, never from an argument: arguments are seen by every process."""
    if file is not None:
        return file.read_text(encoding="utf-8").strip("\r\n")
    again = messages.text("cli.ask_again") if confirm else False
    answer: str = typer.prompt(question, hide_input=True, confirmation_prompt=again)
    return answer


__all__ = ["app", "main"]
