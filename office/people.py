"""Who is asking, and what they may do: passwords, sign-in, sessions, roles.

Passwords are kept as Argon2id (RFC 9106), sessions as the hash of their cookie: whoever reads the
database can sign in as nobody.
"""

import base64
import secrets
import threading
import unicodedata
from datetime import datetime, timedelta
from typing import Final, Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from document import messages
from document.clock import Clock, shown
from document.errors import BadInput, Denied, NotSignedIn, Refused
from document.facts import PersonFact, SessionFact
from document.vault import digest_of

TRIES: Final = 10
LOCK: Final = timedelta(minutes=15)
LEAST_PASSWORD: Final = 8
MOST_PASSWORD: Final = 200

_HASHER: Final = PasswordHasher()


def _nobodys(hasher: PasswordHasher) -> str:
    salt, tag = (
        base64.b64encode(bytes(size)).decode().rstrip("=") for size in (hasher.salt_len, hasher.hash_len)
    )
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${tag}"


_NOBODYS: Final = _nobodys(_HASHER)
"""A hash that no password has, as slow to compare as a real one: unknown logins answer no sooner."""

_one_at_a_time: Final = threading.Lock()
"""Sign-ins wait for one another: each failure is counted before the next try is read, and many at
once take the memory of one."""


class PeopleLedger(Protocol):
    """What this module asks of the ledger."""

    def person_by_login(self, login: str, /) -> PersonFact | None: ...
    def set_password(self, person_id: str, password_hash: str, /) -> object: ...
    def sign_in_failed(self, person_id: str, lock_until: datetime | None, /) -> object: ...
    def sign_in_ok(self, person_id: str, /) -> object: ...
    def open_session(self, token_hash: str, person_id: str, csrf: str, expires_at: datetime, /) -> object: ...
    def session(self, token_hash: str, now: datetime, /) -> SessionFact | None: ...
    def close_session(self, token_hash: str, /) -> object: ...


def sign_in(
    ledger: PeopleLedger, login: str, password: str, clock: Clock, *, hours: float = 8.0
) -> tuple[str, SessionFact]:
    """A new session of `hours` for the right password: the cookie's token, and the session.

    `NotSignedIn("people.sign_in_failed")`, the same for an unknown login, a wrong password and a
    person who is no longer active; every tenth failure in a row locks the account for 15 minutes
    (`Refused("people.locked")`, whatever the password).
    """
    with _one_at_a_time:
        person = ledger.person_by_login(unicodedata.normalize("NFC", login))
        known = person is not None and person.active and person.password_hash
        right = _matches(person.password_hash if person and known else _NOBODYS, password)
        if person is None or not known:
            raise NotSignedIn("people.sign_in_failed")
        now = clock.now()
        if person.locked_until is not None and now < person.locked_until:
            raise Refused("people.locked", until=shown(person.locked_until))
        if not right:
            raise _failed(ledger, person, now)
        if _HASHER.check_needs_rehash(person.password_hash):
            ledger.set_password(person.id, _HASHER.hash(_bytes(password)))
        ledger.sign_in_ok(person.id)
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    expires_at = now + timedelta(hours=hours)
    ledger.open_session(_token_hash(token), person.id, csrf, expires_at)
    return token, SessionFact(person, csrf, expires_at)


def sign_out(ledger: PeopleLedger, token: str) -> None:
    """End the session of a cookie; nothing happens where there is none."""
    ledger.close_session(_token_hash(token))


def current(ledger: PeopleLedger, token: str | None, clock: Clock) -> SessionFact:
    """Whose cookie this is, with their roles as they are now. `NotSignedIn` where it is nobody's."""
    found = ledger.session(_token_hash(token), clock.now()) if token else None
    if found is None or not found.person.active:
        raise NotSignedIn("people.not_signed_in")
    return found


def set_password(ledger: PeopleLedger, person_id: str, password: str) -> None:
    """Give somebody a password; their open sessions end. `BadInput` where it is too short or too long."""
    ledger.set_password(person_id, hash_password(password))


def hash_password(password: str) -> str:
    """What is kept of a password. `BadInput` where it is too short or too long."""
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise BadInput("people.password_length", least=LEAST_PASSWORD, most=MOST_PASSWORD)
    return _HASHER.hash(_bytes(password))


def require(person: PersonFact, role: str, unit_id: str | None = None) -> None:
    """`Denied` unless `person` is active and holds `role`, for `unit_id` where one is given.

    Only a unit head's role is tied to a unit; the other roles hold for the whole organisation.
    """
    if unit_id is None:
        held = person.has(role)
    else:
        everywhere = role != "unit_head" and (role, None) in person.roles
        held = everywhere or (role, unit_id) in person.roles
    if not (person.active and held):
        raise Denied("people.denied", role=messages.text(f"people.role_{role}"))


def _failed(ledger: PeopleLedger, person: PersonFact, now: datetime) -> Refused:
    until = None if (person.failed_sign_ins + 1) % TRIES else now + LOCK
    ledger.sign_in_failed(person.id, until)
    if until is not None:
        return Refused("people.locked", until=shown(until))
    return NotSignedIn("people.sign_in_failed")


def _matches(kept: str, password: str) -> bool:
    if len(password) > MOST_PASSWORD:
        password = ""
    try:
        return _HASHER.verify(kept, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _token_hash(token: str) -> str:
    return digest_of(token.encode("utf-8", "surrogatepass"))
