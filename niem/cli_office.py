"""The administrator's commands: keys, the office file, accounts, what is held, the vault."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from document import messages
from document.settings import load
from niem.terminal import HERE, SiteOption, console, secret

keys_app = typer.Typer(invoke_without_command=True, help="The key process; or work on keys.")
office_app = typer.Typer(no_args_is_help=True, help="Who is who in the office.")
people_app = typer.Typer(no_args_is_help=True, help="Accounts.")
held_app = typer.Typer(invoke_without_command=True, help="What is held and why; and the only ways out.")
vault_app = typer.Typer(no_args_is_help=True, help="The store of original bytes.")


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

    old = secret(passphrase_file, messages.text("cli.ask_passphrase"))
    pin = secret(pin_file, messages.text("cli.ask_pin"), confirm=True)
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
        load(site), login, secret(password_file, messages.text("cli.ask_password"), confirm=True)
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
