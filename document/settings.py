"""The only reader of configuration: `niem.toml`, typed, frozen; an unknown or wrong entry stops the start.

A site is a folder. Paths in the file are absolute or from that folder.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from document.errors import Misconfigured
from document.faults import Faults

FILE = "niem.toml"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SiteSection(_Section):
    """Which kind of site this is; only demo and test sites accept test certificates and fault points."""

    kind: Literal["office", "demo", "test"] = "office"


class DatabaseSection(_Section):
    """Where the ledger lives: SQLite in the site's folder, or a PostgreSQL."""

    url: str = Field(default="sqlite:///ledger.sqlite", pattern=r"^(sqlite:///|postgresql\+psycopg://)")


class WatchSection(_Section):
    """When a file in a watched folder is taken."""

    settle_seconds: float = Field(default=2.0, ge=0.1, le=60)
    stuck_seconds: float = Field(default=60.0, ge=1, le=3600)
    quiet_seconds: float = Field(default=5.0, ge=0.1, le=600)
    rescan_seconds: float = Field(default=2.0, ge=0.1, le=600)
    max_mb: int = Field(default=50, ge=1, le=2000)
    poll: Literal["auto", "always", "never"] = "auto"
    convert_seconds: float = Field(default=60.0, ge=5, le=600)


class ReadingSection(_Section):
    """Below `threshold` a document waits for a person instead of guessing."""

    threshold: float = Field(default=0.8, ge=0.5, le=1.0)
    children: int = Field(default=2, ge=1, le=64)
    seconds: float = Field(default=60.0, ge=1, le=600)
    memory_mb: int = Field(default=1536, ge=256, le=65536)


class WorkSection(_Section):
    """How often workers ask the ledger, and how long a claim holds."""

    ask_seconds: float = Field(default=0.25, ge=0.05, le=10)
    lease_seconds: float = Field(default=120.0, ge=1, le=3600)
    recheck_seconds: float = Field(default=3600.0, ge=1, le=604800)
    """How long after a verdict that could not learn a revocation status it is asked again."""


class WebSection(_Section):
    """Where a web process listens; a PIN is taken only over HTTPS or from loopback."""

    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    tls_certificate: str = ""
    tls_key: str = ""

    @model_validator(mode="after")
    def _both_or_none(self) -> "WebSection":
        if bool(self.tls_certificate) != bool(self.tls_key):
            raise ValueError("tls_certificate and tls_key belong together")
        return self


class DeskSection(WebSection):
    """The private desk."""

    port: int = Field(default=8443, ge=0, le=65535)
    session_hours: float = Field(default=8.0, gt=0, le=72)


class PublicSection(WebSection):
    """The public listing, and what issued files are called.

    `database`: on PostgreSQL the URL of a role that may only read, with its name (`role@`); empty: a SQLite
    file.
    """

    port: int = Field(default=8080, ge=0, le=65535)
    apart: bool = False
    """`niem public` runs by itself, under an account of its own: `niem run` does not start it."""
    database: str = Field(default="", pattern=r"^(|postgresql\+psycopg://.+)$")
    title: str = ""
    feedback_address: str = ""
    feedback_phone: str = ""
    feedback_email: str = ""
    """Where feedback and petitions are taken: every page of the listing shows it (R-TTHC-09)."""
    file_name: str = "{number}_{subject}"
    file_name_length: int = Field(default=50, ge=20, le=150)

    @field_validator("file_name")
    @classmethod
    def _is_a_name(cls, pattern: str) -> str:
        rest = pattern.replace("{subject}", "", 1).replace("{number}", "", 1)
        if "{number}" not in pattern or not re.fullmatch(r"[A-Za-z0-9_. -]*", rest):
            raise ValueError("{number}, perhaps {subject}, and around them letters, digits, _ - . or blanks")
        return pattern

    @field_validator("database")
    @classmethod
    def _role_is_named(cls, url: str) -> str:
        if url and not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", urlsplit(url).username or ""):
            raise ValueError("the URL names a role, in small letters: postgresql+psycopg://role@...")
        return url


class KeysSection(_Section):
    """The key process."""

    folder: str = "keys"
    socket: str = "run/keys.sock"
    pin_tries: int = Field(default=5, ge=1, le=15)
    lock_minutes: int = Field(default=15, ge=0, le=1440)
    group: str = ""
    """System group whose members may ask for signatures, where the key process has an account of its own."""
    unattended: list[str] = []
    """Keys that a standing rule may open from a PIN file (R-SIG-04); `niem doctor` names them."""
    hold_minutes: float = Field(default=30.0, gt=0, le=240)
    """How long a key stays open for the listed acts of a batch."""


class SigningSection(_Section):
    """Level, time stamps and locks."""

    level: Literal["B-B", "B-T", "B-LT"] = "B-LT"
    timestamp_urls: list[str] = []
    timestamp_seconds: float = Field(default=5.0, gt=0, le=60)
    timestamp_required: bool = True
    """Whether the organisation's signature waits until a time-stamp service answers (B-T)."""
    issue_when_revocation_unknown: bool = True
    strict_lock: bool = False
    attachment_text: str = "Số: {number_symbol}; {date}; {time} +07:00"
    """What stands on a separate appendix (R-SIG-10)."""


class TrustSection(_Section):
    """Who is believed: PEM files of roots and issuing authorities, and hosts that may be asked."""

    roots: list[str] = []
    intermediates: list[str] = []
    revocation_hosts: list[str] = []


class FontsSection(_Section):
    """Fonts for number and date, first found first used; files or folders."""

    order: list[str] = []


class Settings(_Section):
    """The whole of `niem.toml`."""

    site: SiteSection = SiteSection()
    database: DatabaseSection = DatabaseSection()
    watch: WatchSection = WatchSection()
    reading: ReadingSection = ReadingSection()
    work: WorkSection = WorkSection()
    desk: DeskSection = DeskSection()
    public: PublicSection = PublicSection()
    keys: KeysSection = KeysSection()
    signing: SigningSection = SigningSection()
    trust: TrustSection = TrustSection()
    fonts: FontsSection = FontsSection()


@dataclass(frozen=True)
class Site:
    """A site's folder with its settings; every path of the product comes from here."""

    root: Path
    settings: Settings

    def path(self, name: str) -> Path:
        """`name` from the site's folder, or as it is when absolute."""
        return (self.root / name).resolve() if name else self.root

    @cached_property
    def database_url(self) -> str:
        """The URL with a SQLite file's path made absolute."""
        url = self.settings.database.url
        if url.startswith("sqlite:///"):
            return f"sqlite:///{self.path(url.removeprefix('sqlite:///'))}"
        return url

    @property
    def vault(self) -> Path:
        return self.root / "vault"

    @property
    def public(self) -> Path:
        return self.root / "public"

    @property
    def public_store(self) -> Path:
        """What the public writes; its folder belongs to the account of the public process."""
        return self.root / "public-store" / "ratings.sqlite"

    @property
    def served(self) -> dict[str, WebSection]:
        """The pages that `niem run` serves, by name: the public ones may run apart."""
        public = {} if self.settings.public.apart else {"public": self.settings.public}
        return {"desk": self.settings.desk, **public}

    @property
    def socket(self) -> Path:
        return self.path(self.settings.keys.socket)

    @property
    def keys(self) -> Path:
        return self.path(self.settings.keys.folder)

    @property
    def is_trial(self) -> bool:
        """A demo or test site: test certificates are accepted, fault points can be armed."""
        return self.settings.site.kind in ("demo", "test")

    @property
    def faults(self) -> Faults:
        return Faults(self.root / "faults") if self.is_trial else Faults()


def load(root: Path) -> Site:
    """The site at `root`.

    Raises `Misconfigured("settings.missing")` where there is no `niem.toml`, and
    `Misconfigured("settings.wrong")` with one line per fault: line number, entry, what is allowed.
    """
    file = root / FILE
    try:
        source = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Misconfigured("settings.missing", path=file) from None
    except UnicodeDecodeError as error:
        raise Misconfigured("settings.wrong", path=file, faults=str(error)) from None
    try:
        return Site(root.resolve(), Settings.model_validate(tomllib.loads(source)))
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured("settings.wrong", path=file, faults=toml_fault(error, source)) from None
    except ValidationError as error:
        faults = "\n".join(_fault(source, dict(item)) for item in error.errors(include_url=False))
        raise Misconfigured("settings.wrong", path=file, faults=faults) from None


def toml_fault(error: tomllib.TOMLDecodeError, source: str) -> str:
    """What is no TOML, always with a line (the reader gives none for the last one)."""
    return str(error).replace("at end of document", f"at line {len(source.splitlines())}, the last")


def _fault(source: str, item: dict[str, Any]) -> str:
    loc = [str(part) for part in item["loc"]]
    allowed = item["msg"]
    if item["type"] == "extra_forbidden":
        allowed = f"unknown entry; known: {', '.join(_known(loc))}"
    return f"  line {_line(source, loc)}: {'.'.join(loc)}: {allowed}"


def _known(loc: list[str]) -> list[str]:
    if len(loc) == 1:
        return sorted(Settings.model_fields)
    section = Settings.model_fields[loc[0]].annotation
    return (
        sorted(section.model_fields) if isinstance(section, type) and issubclass(section, BaseModel) else []
    )


def _line(source: str, loc: list[str]) -> int:
    """The line on which the entry `loc` stands (its section's line when the entry is not found)."""
    section, found = "", 0
    for number, line in enumerate(source.splitlines(), start=1):
        text = line.strip()
        if text.startswith("["):
            section = text[1:].partition("]")[0].strip()
            path = [section]
        else:
            path = [part for part in (section, *text.partition("=")[0].strip().split(".")) if part]
        if len(path) > 1 and path == loc[:2]:
            return number
        if not found and path[:1] == loc[:1]:
            found = number
    return found
