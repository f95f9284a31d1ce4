"""The keys in their folder, and the acts they are open for.

A PIN opens a key for the acts (intents) it was given for, until a time. For each of them the key
signs one value, once; then the open key is forgotten. What was signed for which act stands in the
journal, so that a worker that lost the answer gets the same one again, also from a new process.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Final

from document.clock import Clock
from document.errors import BadInput, Conflict, Damaged, KeyLocked, NotFound, Refused, Unavailable, WrongPin
from document.vault import digest_of
from signing.keys import pkcs12
from signing.keys.algorithms import PrivateKey, fits, sign_with
from signing.keys.journal import Journal
from signing.keys.pins import PinCounter
from signing.keys.private_files import private_folder, read_private, write_private
from signing.keys.wire import KeyStatus

LONGEST: Final = timedelta(hours=12)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True)
class Grant:
    """An open key for one act."""

    key_id: str
    key: PrivateKey
    expires: datetime


class KeyHolder:
    """The keys of `folder` (`<key_id>.p12`, `<key_id>.state.json`, `journal.sqlite`). Thread-safe.

    `unattended` names the keys that a standing rule lets open from `<key_id>.pin`.
    """

    def __init__(
        self, folder: Path, *, tries: int, lock: timedelta, clock: Clock, unattended: Iterable[str] = ()
    ) -> None:
        self._folder = private_folder(folder)
        self._tries = tries
        self._lock_time = lock
        self._clock = clock
        self._unattended = frozenset(unattended)
        self._grants: dict[str, Grant] = {}
        self._one_pin = Lock()  # PINs are tried one after another, so that none escapes the count
        self._one_use = Lock()  # guards the grants and the journal
        self._journal = Journal(folder / "journal.sqlite")

    def unlock(self, key_id: str, pin: str, intents: Sequence[str], seconds: int) -> None:
        """Open `key_id` for one signature for each of `intents`, for `seconds`.

        `WrongPin` (with the tries left), `Refused("key.locked")`, `NotFound`, `BadInput`.
        """
        until = timedelta(seconds=seconds)
        if not intents or not timedelta() < until <= LONGEST:
            raise BadInput("key.request_bad", what="intents, seconds")
        with self._one_pin, _recorded():
            grant = Grant(key_id, self._open(key_id, pin), self._clock.now() + until)
        with self._one_use:
            self._grants.update(dict.fromkeys(intents, grant))

    def announce_unattended(self, key_id: str, intents: Sequence[str], seconds: int) -> None:
        """As `unlock`, with the PIN from the key's PIN file: only for keys with a standing rule.

        `Refused("key.not_unattended")` for any other, `NotFound`, `Misconfigured` (file open to others).
        """
        if key_id not in self._unattended:
            raise Refused("key.not_unattended", key=key_id)
        with _recorded():
            pin = self._standing_pin(key_id)
        self.unlock(key_id, pin, intents, seconds)

    def sign(self, intent: str, data: bytes) -> bytes:
        """The signature over `data` for `intent`; the same data again gives the same signature.

        `KeyLocked` when the key is not open for it, `Refused("key.intent_used")` when it has signed
        something else for it and was not opened again.
        """
        digest = digest_of(data)
        with self._one_use, _recorded():
            self._forget_expired()
            grant = self._grants.get(intent)
            signature = self._journal.made(intent, digest, grant.key_id if grant else None)
            if signature is None and grant is None:
                if self._journal.used(intent):
                    raise Refused("key.intent_used", intent=intent)
                raise KeyLocked("key.closed")
            if signature is None:
                assert grant is not None
                use = self._journal.begin(intent, grant.key_id, digest, self._clock.now())
                signature = sign_with(grant.key, data)
                if not fits(grant.key.public_key(), signature, data):
                    raise Damaged("key.signature_wrong")
                self._journal.finish(use, signature)
            self._grants.pop(intent, None)
            return signature

    def import_key(
        self, key_id: str, file: bytes, old_passphrase: str, pin: str
    ) -> tuple[bytes, tuple[bytes, ...]]:
        """Keep the key of a PKCS#12 or PEM file, closed with `pin`; its certificate and chain (DER).

        `Conflict("key.exists")`: a key is never overwritten. `BadInput` as `pkcs12.protect`.
        """
        target = self._file(key_id, "p12")
        with self._one_pin, _recorded():
            if target.exists():
                raise Conflict("key.exists", key=key_id)
            closed, certificate, chain = pkcs12.protect(file, old_passphrase, pin)
            write_private(target, closed)
        return certificate, chain

    def status(self) -> list[KeyStatus]:
        """Every key of the folder, by id."""
        with self._one_use:
            self._forget_expired()
            grants = list(self._grants.values())
        found = []
        with _recorded():
            for file in sorted(self._folder.glob("*.p12")):
                state = self._counter(file.stem).state()
                found.append(
                    KeyStatus(
                        key_id=file.stem,
                        tries_left=max(self._tries - state.failed, 0),
                        locked_until=state.locked_until,
                        unattended=file.stem in self._unattended and file.with_suffix(".pin").exists(),
                        open_for=sum(grant.key_id == file.stem for grant in grants),
                        whole=pkcs12.is_whole(file.read_bytes()),
                    )
                )
        return found

    def forget_expired(self) -> None:
        """Let go of every open key whose time has run out."""
        with self._one_use:
            self._forget_expired()

    def close(self) -> None:
        """Forget every open key; an act under way ends first."""
        with self._one_pin, self._one_use:
            self._grants.clear()
            self._journal.close()

    def _open(self, key_id: str, pin: str) -> PrivateKey:
        pkcs12.pin_bytes(pin)  # what can be no PIN is no try
        try:
            data = read_private(self._file(key_id, "p12"))
        except FileNotFoundError:
            raise NotFound("key.unknown", key=key_id) from None
        counter = self._counter(key_id)
        state = counter.count()
        try:
            key = pkcs12.open_key(data, pin)
        except WrongPin:
            raise counter.wrong(state) from None
        counter.right()
        return key

    def _standing_pin(self, key_id: str) -> str:
        try:
            return read_private(self._file(key_id, "pin")).decode().strip()
        except FileNotFoundError:
            raise NotFound("key.pin_file_missing", key=key_id) from None
        except UnicodeDecodeError:
            raise BadInput("key.pin_strange", most=pkcs12.MOST_PIN) from None

    def _counter(self, key_id: str) -> PinCounter:
        return PinCounter(self._file(key_id, "state.json"), self._tries, self._lock_time, self._clock)

    def _file(self, key_id: str, suffix: str) -> Path:
        if not _NAME.fullmatch(key_id):
            raise BadInput("key.request_bad", what="key_id")
        return self._folder / f"{key_id}.{suffix}"

    def _forget_expired(self) -> None:
        now = self._clock.now()
        for intent in [name for name, grant in self._grants.items() if grant.expires <= now]:
            del self._grants[intent]


@contextmanager
def _recorded() -> Iterator[None]:
    """What cannot be written down is not done: a failing disk becomes `Unavailable`."""
    try:
        yield
    except (OSError, sqlite3.Error) as fault:
        raise Unavailable("key.record_failed", kind=type(fault).__name__) from fault
