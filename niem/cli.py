"""Every command. No logic of its own: each one calls the part that does the work."""

import socket
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from document import messages
from document.errors import Misconfigured, NiemError
from document.settings import Site, load
from niem import logs, processes, run
from niem.cli_office import held_app, keys_app, office_app, people_app, vault_app
from niem.terminal import HERE, LangOption, SiteOption, console, show

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Niêm: cấp số, ký số hai lớp, kiểm tra và công khai văn bản.\n\n"
    "Two-layer signing, checking and publishing of official documents.",
)
for name, group in {
    "keys": keys_app, "office": office_app, "people": people_app, "held": held_app, "vault": vault_app,
}.items():  # fmt: skip
    app.add_typer(group, name=name)

ANY_ADDRESS: Final = ("0.0.0.0", "::")  # noqa: S104 (what a setting may say; no browser opens it)


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


__all__ = ["app", "main"]
