"""The path of one set: secrecy check, claim, inspect, convert, read, store, admit; or return."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Final

from document.children import Children
from document.clock import Clock, local_date
from document.errors import Conflict, NiemError, Returnable
from document.facts import FolderFact
from document.faults import NONE, Faults
from document.manifest import FileFact, FileRole, manifest_digest
from document.page import Reading
from document.reading import read, secrecy_mark
from document.stages import LIVING
from document.vault import Vault
from watch_folders.claim import Changed, Content, claimed, read_at_rest
from watch_folders.convert import SECONDS, convert
from watch_folders.drop import FileSet
from watch_folders.folders import Places
from watch_folders.inspect import FileKind, inspect, too_big
from watch_folders.names import nfc, parts
from watch_folders.needs import CheckData, IntakeLedger
from watch_folders.receipts import Item, Reason, put_notice, reason_of, send_back
from watch_folders.roles import Member, roles
from watch_folders.secrecy import secrecy_of

_READER_LOST: Final = frozenset({"reading.reader_died", "reading.reader_slow"})


class Outcome(Enum):
    """What became of a set."""

    ADMITTED = "admitted"
    RETURNED = "returned"
    SECRET = "secret"  # noqa: S105 (a mark on paper)
    LATER = "later"
    """Somebody still works on it; it lies in the drop folder as before."""


class _Secret(Exception):
    """A mark that only the finished pages show."""


@dataclass(frozen=True)
class Limits:
    """`max_bytes` of one file, `threshold` of a confidence (0..1), seconds for one conversion."""

    max_bytes: int = 50 << 20
    threshold: float = 0.8
    convert_seconds: float = SECONDS


@dataclass(frozen=True)
class Intake:
    """Takes sets in. Thread-safe; different sets may be taken at the same time."""

    ledger: IntakeLedger
    vault: Vault
    children: Children
    clock: Clock
    faults: Faults = NONE
    limits: Limits = Limits()
    check_data: CheckData | None = None

    def take(self, folder: FolderFact, places: Places, found: FileSet) -> Outcome:
        """One set that is at rest, from the drop folder to wherever it belongs.

        After any error that is nobody's fault (a full disk, a closed pool) the set lies in the drop folder
        again, and the error is raised.
        """
        try:
            contents = read_at_rest(found.files)
            doubt = self._secrecy(contents)
            with claimed(places, found.files, contents, self.faults) as mine:
                try:
                    self._admit(folder, found.key, mine, doubt)
                except NiemError as error:
                    if not _goes_back(error):
                        raise
                    if len(mine) == 1:
                        error.params.pop("of_file", None)
                    self.give_up(folder, places, mine, reason_of(error))
                    return Outcome.RETURNED
        except Changed:
            return Outcome.LATER
        except _Secret:
            self.ledger.secret_seen(folder)
            put_notice(places)
            return Outcome.SECRET
        return Outcome.ADMITTED

    def give_up(self, folder: FolderFact, places: Places, contents: list[Content], reason: Reason) -> None:
        """Give claimed files back, and record it."""

        def record() -> None:
            self.ledger.file_returned(folder, [c.digest for c in contents if c.digest], reason.code)

        send_back(places, [Item(c.path, c.name) for c in contents], reason, self.faults, record)

    def manifest(self, contents: list[Content]) -> str:
        """The manifest digest of a set. `Returnable` when it could not become a document anyway."""
        return manifest_digest([member.fact() for member in self._members(contents)])

    def _secrecy(self, contents: list[Content]) -> Returnable | None:
        """Ask every file for a mark before anything else (R-SIG-16).

        Raises `_Secret`. What could not be asked must not go on: the error is kept as a doubt, because a
        closer look may name the reason better.
        """
        doubt = None
        for content in contents:
            if content.data is None:
                continue
            try:
                with _about(content):
                    mark = self.children.call(secrecy_of, content.data)
            except Returnable as error:
                doubt = error
            else:
                if mark:
                    raise _Secret
        return doubt

    def _admit(self, folder: FolderFact, key: str, contents: list[Content], doubt: Returnable | None) -> None:
        if doubt is not None and doubt.code in _READER_LOST:
            raise doubt
        members = self._members(contents)
        if doubt is not None:
            raise doubt
        main = self._main(folder, key, members)
        self._not_standing(folder, manifest_digest([m.fact() for m in members]))
        self._check_data(members)
        made = {m.ordinal: self._converted(m) for m in members if m.goes_on and m.kind is FileKind.DOCX}
        reading = self.children.call(read, made.get(main.ordinal, main.data))
        signatory_id, confirmed = self._signatory(folder, reading)
        files = [self._stored(member, made.get(member.ordinal)) for member in members]
        self.faults.point("admit.before")
        self.ledger.admit(
            folder, parts(main.content.path.name).stem, files, reading,
            signatory_id=signatory_id, confirmed=confirmed,
        )  # fmt: skip
        self.faults.point("admit.after")

    def _members(self, contents: list[Content]) -> list[Member]:
        return roles([(content, self._inspected(content)) for content in contents])

    def _inspected(self, content: Content) -> FileKind:
        with _about(content):
            return self._kind(content)

    def _kind(self, content: Content) -> FileKind:
        if content.size > self.limits.max_bytes:
            raise too_big(content.size, self.limits.max_bytes)
        if content.data is None:
            raise Returnable("intake.no_access")
        return self.children.call(inspect, content.data, content.name, self.limits.max_bytes).kind

    def _main(self, folder: FolderFact, key: str, members: list[Member]) -> Member:
        """The document of the set; `Returnable` where it is missing, or came after its set was taken."""
        main = next((m for m in members if m.role is FileRole.MAIN), None)
        stem = parts(members[0].content.name).stem
        for document in self.ledger.documents(folder.organisation_id, set(LIVING), folder.unit_id):
            if document.folder_id == folder.id and nfc(document.stem).casefold() == key:
                first = document.files[0].name
                # The same main name again is a new text; anything else belonged to the set that is gone.
                if main is None or nfc(main.content.name).casefold() != nfc(first).casefold():
                    raise Returnable("intake.late", stem=stem)
        if main is None:
            raise Returnable("intake.no_main", stem=stem)
        return main

    def _not_standing(self, folder: FolderFact, digest: str) -> None:
        """Answer a second drop before anything is converted; `admit` asks again, in its transaction."""
        standing = self.ledger.standing(folder.id, digest)
        if standing is not None:
            raise Conflict("intake.duplicate", at=standing.received_at, stage=standing.stage)

    def _check_data(self, members: list[Member]) -> None:
        for member in members:
            if member.role is FileRole.DATA and self.check_data is not None:
                self.children.call(self.check_data, member.data, member.content.name)

    def _converted(self, member: Member) -> bytes:
        """The PDF of a DOCX, looked at like one that was dropped."""
        with _about(member.content):
            pdf = convert(member.data, self.limits.convert_seconds)
            if self.children.call(secrecy_mark, pdf):
                raise _Secret
            self.children.call(inspect, pdf, member.content.name, self.limits.max_bytes)
        return pdf

    def _stored(self, member: Member, made: bytes | None) -> FileFact:
        self.vault.put(member.data)
        return member.fact(None if made is None else self.vault.put(made))

    def _signatory(self, folder: FolderFact, reading: Reading) -> tuple[str | None, bool]:
        """Who signs, and whether no person needs to confirm what was read.

        What was read with certainty and is wrong goes back; what is uncertain waits for a person.
        """
        sure = self.limits.threshold
        if reading.secrecy:
            raise _Secret
        if not reading.has_text:
            return None, False
        self._same_body(folder, reading)
        if not reading.signer.text:
            raise Returnable("intake.no_signer")
        capacity_sure = not reading.capacity.text or reading.capacity.confidence >= sure
        try:
            signatory = self.ledger.find_signatory(
                folder.organisation_id, reading.signer.text, reading.title.text, reading.capacity.text,
                local_date(self.clock.now()),
            )  # fmt: skip
        except Returnable as error:
            if error.code == "intake.signer_unknown" and reading.signer.confidence >= sure:
                raise
            if min(reading.signer.confidence, reading.title.confidence) >= sure and capacity_sure:
                raise
            return None, False
        return signatory.id, reading.confidence >= sure and capacity_sure

    def _same_body(self, folder: FolderFact, reading: Reading) -> None:
        organisation = self.ledger.organisation(folder.organisation_id)
        printed = reading.issuing_body
        if not printed.text or printed.confidence < self.limits.threshold:
            return
        if not organisation.is_called(printed.text):
            raise Returnable(
                "intake.other_organisation", printed=printed.text, organisation=organisation.name
            )


@contextmanager
def _about(content: Content) -> Iterator[None]:
    """Let what is wrong say with which file."""
    try:
        yield
    except Returnable as error:
        error.params["of_file"] = content.name
        raise


def _goes_back(error: NiemError) -> bool:
    return isinstance(error, Returnable) or error.code == "intake.duplicate"
