"""A small office with a real ledger, vault, keys' process and desk, for tests of the desk."""

import secrets
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import uvicorn

from certs.test import images
from document.children import Children
from document.clock import SetClock
from document.facts import KeyFact, PersonFact
from document.ledger import Ledger, connect
from document.ledger.work import NewVersion
from document.manifest import FileFact, FileRole
from document.office_file import OfficeSpec
from document.page import Blank, Box, Field, Reading
from document.tables import Base
from document.vault import Vault, digest_of
from office import people
from office.desk import create_app
from office.parts import DeskSite
from signing.appearance import pixels
from signing.plan import plan
from signing.prepare import prepare, prepare_attachment
from tests.support import pen
from tests.support.keyfiles import PASSPHRASE, PIN, Holder, Process, keys_process, make_holder
from tests.support.pages import Drawn, Letter, draw

PASSWORD: Final = "mật khẩu đăng nhập"

OFFICE: Final = OfficeSpec.model_validate(
    {
        "organisations": [
            {
                "code": "minh-giang",
                "level": "province",
                "place": "Minh Giang",
                "names": [{"name": "Ủy ban nhân dân tỉnh Minh Giang", "valid_from": "2020-01-01"}],
                "units": [
                    {"code": "kstt", "name": "Phòng Kiểm soát thủ tục hành chính", "folder": "kstt"},
                    {"code": "tonghop", "name": "Phòng Tổng hợp", "folder": "tonghop"},
                ],
                "people": [
                    {
                        "login": "mau",
                        "name": "Trần Văn Mẫu",
                        "roles": ["leader"],
                        "signs": [{"capacity": "KT. CHỦ TỊCH", "title": "PHÓ CHỦ TỊCH"}],
                    },
                    {
                        "login": "thu",
                        "name": "Phạm Văn Thử",
                        "roles": ["leader"],
                        "signs": [{"capacity": "TL. CHỦ TỊCH", "title": "CHÁNH VĂN PHÒNG"}],
                    },
                    {"login": "kiem", "name": "Nguyễn Thị Kiểm", "head_of": ["kstt"]},
                    {"login": "hop", "name": "Ngô Văn Hợp", "head_of": ["tonghop"]},
                    {"login": "thuc", "name": "Đỗ Văn Thức", "roles": ["form_checker"]},
                    {"login": "so", "name": "Vũ Thị Sổ", "roles": ["clerk"]},
                ],
                "series": [{"code": "chung", "symbols": ["*"]}],
            },
            {
                "code": "tan-mau",
                "level": "commune",
                "place": "Tân Mẫu",
                "names": [{"name": "Ủy ban nhân dân xã Tân Mẫu", "valid_from": "2020-01-01"}],
                "units": [{"code": "kinhte", "name": "Phòng Kinh tế", "folder": "kinhte"}],
                "people": [
                    {"login": "cach", "name": "Bùi Thị Cách", "roles": ["form_checker", "clerk"]},
                ],
                "series": [{"code": "chung", "symbols": ["*"]}],
            },
        ]
    }
)


@dataclass(frozen=True)
class Holders:
    """The leader's and the organisation's key in a keys' process, and the pattern of an office with them:
    what all tests share.
    """

    leader: Holder
    organisation: Holder
    process: Process
    pattern: Path


@contextmanager
def holders(folder: Path) -> Iterator[Holders]:
    """Two new keys in a running keys' process."""
    leader, organisation = make_holder(), make_holder()
    with keys_process(folder, tries=50) as process:
        process.client.import_key("leader", leader.file(), PASSPHRASE, PIN)
        process.client.import_key("organisation", organisation.file(), PASSPHRASE, PIN)
        pattern = folder / "pattern"
        pattern.mkdir()
        _pattern(pattern, leader, organisation)
        yield Holders(leader, organisation, process, pattern)


@dataclass(frozen=True)
class Office:
    """The parts, and short words for what tests do over and over."""

    site: DeskSite
    ledger: Ledger
    clock: SetClock

    def person(self, login: str) -> PersonFact:
        """Somebody, by the name used to sign in."""
        found = self.ledger.person_by_login(login)
        assert found is not None
        return found

    def received(
        self,
        *,
        unit: str = "kstt",
        confirmed: bool = True,
        attachment: bool = False,
        blind: tuple[str, ...] = (),
        **fields: Any,
    ) -> str:
        """A document that was taken in; the fields are those of `Letter`, `blind` what was not found."""
        letter = Letter(**fields)
        drawn = draw(letter)
        folder = next(f for f in self.ledger.folders() if f.path.endswith(unit))
        unseen: dict[str, Any] = dict.fromkeys(blind)
        reading = replace(read(drawn, letter), **unseen)
        if not confirmed:
            reading = replace(reading, signer=replace(reading.signer, confidence=0.4))
        files = [self._file(FileRole.MAIN, 0, drawn.pdf)]
        if attachment:
            files.append(
                self._file(FileRole.ATTACHMENT, 1, draw(Letter(subject=("Phụ lục",), signers=())).pdf)
            )
        signer = letter.signers[0]
        signatory = self.ledger.find_signatory(
            folder.organisation_id, signer.name, signer.title, " / ".join(signer.capacity), DAY
        )
        known = signatory.id if confirmed else None
        return self.ledger.admit(folder, "QD-01", files, reading, signatory_id=known, confirmed=confirmed)

    def _file(self, role: FileRole, ordinal: int, pdf: bytes) -> FileFact:
        name = f"QD-01.phu-luc-{ordinal}.pdf" if ordinal else "QD-01.pdf"
        return FileFact(role, ordinal, name, self.site.vault.put(pdf), len(pdf))

    def prepared(self, **fields: Any) -> str:
        """A document that waits for its checks."""
        document_id = self.received(**fields)
        self.prepare(document_id)
        return document_id

    def prepare(self, document_id: str) -> None:
        """The worker's step."""
        document = self.ledger.document(document_id)
        assert document.signatory is not None
        image = document.signatory.signature_image
        shape = pixels(self.site.vault.get(image)) if image else None
        made = plan(
            document.reading,
            image_size=(shape.width, shape.height) if shape else None,
            seal_mm=36,
            widest_number="8888",
        )
        vault = self.site.vault
        main = prepare(vault.get(document.files[0].pdf), made)
        others = [(f.ordinal, prepare_attachment(vault.get(f.pdf), f.ordinal)) for f in document.files[1:]]
        versions = [NewVersion(n, vault.put(pdf), len(pdf)) for n, pdf in [(0, main), *others]]
        self.ledger.prepared(document_id, made.as_json(), versions)

    def checked(self, **fields: Any) -> str:
        """A document that waits for the leader."""
        document_id = self.prepared(**fields)
        shown = self.ledger.shown(document_id)
        for step, login in (("content", "kiem"), ("form", "thuc")):
            who = self.person(login).id
            self.ledger.decide(document_id, step, who, shown=shown, outcome="pass", reason="")
        return document_id

    def signed(self, **fields: Any) -> str:
        """A document that waits for the clerk; its signed bytes are the prepared ones (no key used)."""
        document_id = self.checked(**fields)
        document = self.ledger.document(document_id)
        shown = self.ledger.shown(document_id)
        key = self.ledger.keys_of(document.organisation_id, self.person("mau").id)[0]
        intent = self.ledger.plan_intent(document_id, self.person("mau").id, key.id, shown)
        self.ledger.approve(intent.id, shown)
        self.ledger.signed(intent.id, intent.base, 1)
        return document_id


_SERVED: Final[dict[str, DeskSite]] = {}
"""The site behind each address that `serving` gave."""


@contextmanager
def serving(site: DeskSite) -> Iterator[str]:
    """The desk on a free port of this machine; gives its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(site), log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.01)
            address = f"http://127.0.0.1:{listening.getsockname()[1]}"
            _SERVED[address] = site
            yield address
        finally:
            server.should_exit = True
            thread.join()


class Browser:
    """A client that sends the session's token with every form, and asks for JSON."""

    def __init__(self, address: str, login: str | None = None, **headers: str) -> None:
        self.http = httpx.Client(base_url=address, headers=headers, timeout=60)
        self.csrf = ""
        if login:
            self._enter(_SERVED[address], login)

    def _enter(self, site: DeskSite, login: str) -> None:
        """A session without the password, whose hash is slow by design (test_desk_entry types it)."""
        person = site.ledger.person_by_login(login)
        assert person is not None
        token, self.csrf = secrets.token_urlsafe(), secrets.token_urlsafe()
        expires_at = site.clock.now() + timedelta(days=1000)
        site.ledger.open_session(digest_of(token.encode()), person.id, self.csrf, expires_at)
        self.http.cookies.set("niem_session", token)

    def get(self, path: str) -> Any:
        """The JSON of a page."""
        return self.http.get(path, headers=JSON)

    def post(self, path: str, **fields: Any) -> Any:
        """Send a form as a program."""
        return self.http.post(path, data={"csrf": self.csrf, **fields}, headers=JSON)

    def shown(self, document_id: str) -> str:
        """The digest that the document's page shows."""
        return str(self.get(f"/documents/{document_id}").json()["document"]["shown"])


JSON: Final = {"Accept": "application/json"}
_CLOCK: Final = SetClock()
DAY: Final = _CLOCK.now().date()


@contextmanager
def office(folder: Path, shared: Holders, children: Children) -> Iterator[Office]:
    """One office of its own, copied from the pattern; the keys' process and the readers are shared."""
    shutil.copytree(shared.pattern, folder, dirs_exist_ok=True)
    with _open(folder, shared, children) as made:
        yield made


@contextmanager
def _open(folder: Path, shared: Holders, children: Children) -> Iterator[Office]:
    clock = SetClock()
    engine = connect(f"sqlite:///{folder / 'niem.sqlite'}")
    ledger = Ledger(engine, clock)
    site = DeskSite(
        ledger=ledger,
        vault=Vault(folder / "vault"),
        children=children,
        keys=shared.process.client,
        clock=clock,
        test_site=True,
    )
    try:
        yield Office(site, ledger, clock)
    finally:
        engine.dispose()


def _pattern(folder: Path, leader: Holder, organisation: Holder) -> None:
    """An office with its people, keys and images: made once, copied for every test."""
    engine = connect(f"sqlite:///{folder / 'niem.sqlite'}")
    Base.metadata.create_all(engine)
    ledger, vault = Ledger(engine, SetClock()), Vault(folder / "vault")
    ledger.apply_office(OFFICE)
    body = next(o for o in ledger.organisations() if o.code == "minh-giang")
    ledger.set_images(
        "minh-giang",
        vault.put(images.seal("ỦY BAN NHÂN DÂN TỈNH MINH GIANG")),
        {"mau": vault.put(images.signature("Trần Văn Mẫu"))},
    )
    mau = next(p for p in ledger.people(body.id) if p.login == "mau")
    ledger.add_key(_key("leader", leader, body.id, mau.id), "pkcs12")
    ledger.add_key(_key("organisation", organisation, body.id, None), "pkcs12")
    kept = people.hash_password(PASSWORD)  # slow by design, so people share a password here
    for one in ledger.organisations():
        for person in ledger.people(one.id):
            ledger.set_password(person.id, kept)
    engine.dispose()


def _key(key_id: str, holder: Holder, organisation: str, person: str | None) -> KeyFact:
    return KeyFact(
        id=key_id,
        organisation_id=organisation,
        person_id=person,
        fingerprint=digest_of(holder.der),
        certificate=holder.der,
        chain=(),
        not_before=holder.certificate.not_valid_before_utc,
        not_after=holder.certificate.not_valid_after_utc,
        for_test=True,
    )


def read(drawn: Drawn, letter: Letter) -> Reading:
    """What a reader would find on a drawn letter, from the places the letter was drawn at."""

    def field(text: str, box: Box | None = None) -> Field:
        return Field(text, box, 1.0, "drawn")

    def blank(name: str, printed: str) -> Blank:
        if printed:
            return Blank(Box(0, 0, 0, 1, 1), 0, 13, italic=name != "number", filled=printed, confidence=1.0)
        place = box_of(drawn.box(name))
        return Blank(place, place.y0 + 3, 13, italic=name != "number", confidence=1.0)

    title, name = box_of(drawn.box("title")), box_of(drawn.box("name"))
    middle = name.centre[0]
    area = Box(name.page, middle - 85, name.y1, middle + 85, title.y0)
    signer = letter.signers[0]
    return Reading(
        pages=letter.pages,
        sizes=((pen.WIDTH, pen.HEIGHT),) * letter.pages,
        issuing_body=field(" ".join(letter.issuer)),
        symbol=field(letter.symbol.lstrip("/")),
        number=blank("number", letter.number),
        day=blank("day", letter.day),
        month=blank("month", letter.month),
        year=blank("year", letter.year),
        place=field(letter.place),
        kind=field("QĐ"),
        subject=field(" ".join(letter.subject)),
        capacity=field(" / ".join(signer.capacity)),
        title=field(signer.title, title),
        signer=field(signer.name, name),
        signature_area=area,
        recipients=letter.recipients,
        archive_unit="VT, KSTT",
    )


def box_of(place: pen.Box) -> Box:
    """A drawn place as a box."""
    return Box(*place)
