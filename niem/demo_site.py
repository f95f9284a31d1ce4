"""The demo's site: settings with free ports, the test PKI, people with passwords, keys and images."""

import shutil
import socket
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from rich.console import Console

from certs.test import images
from certs.test.make import Pki, ensure
from document import messages
from document.settings import FILE, Site, load
from niem import keyring, logs, officework
from niem.held import ledger_of
from niem.init import init
from niem.run import taken

SAMPLES: Final = Path(__file__).parents[1] / "samples"
PASSWORD: Final = "niem-demo-2026"  # noqa: S105 (TEST ONLY: printed for whoever tries the demo)
PIN: Final = "12345678"
"""TEST ONLY: the PIN of every key of the demo."""
PORTS: Final = (8443, 8080, 8880)
"""Of desk, public listing and test services: preferred; a free one is taken where somebody listens."""
PEOPLE_KEYS: Final = {"mau": "leader-mau", "thu": "leader-thu", "hoa": "deputy-hoa"}
BODY_KEYS: Final = {"minh-giang": "org-minh-giang", "tan-mau": "org-tan-mau"}


def build(root: Path, database: str = "", ports: tuple[int, int, int] = PORTS) -> Site:
    """Make the site; everything in it is for test only.

    `database`: a PostgreSQL URL instead of SQLite. `ports`: of desk, public listing and test services, each
    replaced by a free one where somebody listens (0: any free one).
    """
    init(root, "demo", database)
    desk, public, services = _free_ports(*ports)
    pki = ensure(root / "pki", f"http://127.0.0.1:{services}")
    _settings(root, pki, desk, public)
    site = load(root)
    shutil.copyfile(SAMPLES / "office.toml", root / "office.toml")
    officework.apply(site, root / "office.toml")
    _people(site, pki)
    return site


def _settings(root: Path, pki: Pki, desk: int, public: int) -> None:
    roots = _trusted(root, "root", list(pki.roots().values()))
    between = _trusted(root, "issuing", pki.intermediates())
    text = (root / FILE).read_text(encoding="utf-8")
    for old, new in {
        "port = 8443": f"port = {desk}",
        "port = 8080": f"port = {public}",
        'feedback_address = ""': 'feedback_address = "Trung tâm Phục vụ hành chính công (mẫu)"',
        'feedback_phone = ""': 'feedback_phone = "1900 0000"',
        'feedback_email = ""': 'feedback_email = "pakn@minhgiang.example"',
        "timestamp_urls = []": f"timestamp_urls = {_toml(pki.tsa_urls())}",
        "roots = []": f"roots = {_toml(roots)}",
        "intermediates = []": f"intermediates = {_toml(between)}",
        "revocation_hosts = []": 'revocation_hosts = ["127.0.0.1"]',
    }.items():
        text = text.replace(old, new, 1)
    (root / FILE).write_text(text, encoding="utf-8")


def _trusted(root: Path, role: str, files: list[Path]) -> list[str]:
    """Copies inside the site, so that its settings hold no path of this machine."""
    names = [f"trust/{role}-{file.name}" for file in files]
    for name, file in zip(names, files, strict=True):
        shutil.copyfile(file, root / name)
    return names


def _toml(items: list[str]) -> str:
    return "[" + ", ".join(f'"{item}"' for item in items) + "]"


def _people(site: Site, pki: Pki) -> None:
    with ledger_of(site) as ledger:
        bodies = {o.code: o for o in ledger.organisations()}
        people = {p.login: p for o in bodies.values() for p in ledger.people(o.id)}
    for login in people:
        officework.password(site, login, PASSWORD)
    pictures = site.root / "images"
    pictures.mkdir()
    for login in PEOPLE_KEYS:
        (pictures / f"{login}.png").write_bytes(images.signature(people[login].full_name))
    for code, body in bodies.items():
        (pictures / f"{code}.png").write_bytes(images.seal(body.name))
        own = [f"{n}={pictures / n}.png" for n in PEOPLE_KEYS if people[n].organisation_id == body.id]
        officework.images(site, code, pictures / f"{code}.png", own)
    for login, label in PEOPLE_KEYS.items():
        keyring.import_key(site, pki.p12(label), login=login, organisation="", old=pki.passphrase, pin=PIN)
    for code, label in BODY_KEYS.items():
        keyring.import_key(site, pki.p12(label), login="", organisation=code, old=pki.passphrase, pin=PIN)


def _free_ports(*preferred: int) -> list[int]:
    """Ports nobody listens on: the preferred ones where they are free, else others; all different."""
    with ExitStack() as held:
        return [_free(port, held) for port in preferred]


def _free(preferred: int, held: ExitStack) -> int:
    for port in (preferred, 0):
        probe = held.enter_context(socket.socket())
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            continue
        return int(probe.getsockname()[1])
    raise OSError(preferred)


def taken_ports(site: Site) -> list[int]:
    """Ports of the site on which somebody else listens already."""
    services = int(services_command(site)[-1])
    return [port for port in (site.settings.desk.port, site.settings.public.port, services) if taken(port)]


def services_command(site: Site) -> list[str]:
    """How the TSA, OCSP and CRL of the site are started, on the port their certificates name."""
    port = site.settings.signing.timestamp_urls[0].split(":")[2].split("/")[0]
    return [
        sys.executable, "-m", "certs.test.services", "--folder", str(site.root / "pki"), "--port", port,
    ]  # fmt: skip


def log_to_file(site: Site) -> None:
    """The supervisor's own log goes to the site's folder: the terminal is for people."""
    logs.set_up("run", site.path("logs"))


def tell(site: Site, console: Console, documents: int, seconds: float) -> None:
    """What was made, and how to look at it."""
    delivered = sorted(site.root.glob("shares/*/*/3. Đã phát hành/*.pdf"))
    console.print(messages.text("demo.delivered", "vi"))
    for file in delivered:
        console.print(f"  ● {file.relative_to(site.root)}", soft_wrap=True)
    for lang in messages.LANGUAGES:
        console.print(
            messages.text(
                "demo.done", lang, documents=documents, files=len(delivered), seconds=f"{seconds:.0f}",
                path=_relative(site.root), file=f'"{_relative(delivered[0])}"',
            )
        )  # fmt: skip


def tell_open(site: Site, console: Console, heading: str) -> None:
    """Under a heading of the catalogue: addresses, who can sign in, and with what."""
    desk, public = site.settings.desk, site.settings.public
    for lang in messages.LANGUAGES:
        console.print(f"\n{messages.text(heading, lang)}")
        console.print(
            messages.text(
                "demo.open", lang, desk=f"http://{desk.host}:{desk.port}/",
                public=f"http://{public.host}:{public.port}/", password=PASSWORD, pin=PIN,
            )
        )  # fmt: skip


def _relative(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
