"""What the other processes see of the keys: a socket, and a key that signs once for one act."""

import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.x509 import load_der_x509_certificate

from document.errors import Damaged, Denied, Unavailable
from signing.keys import wire
from signing.keys.algorithms import fits
from signing.keys.wire import KeyStatus, packed, status_from, unpacked

ANSWER_SECONDS: Final = 30.0


@dataclass(frozen=True)
class KeyClient:
    """The keys' process behind the socket `path`. One connection per request; safe in any thread.

    Every method raises `Unavailable("key.process_down")` where no answer comes in `seconds`, and
    `Denied("key.not_allowed")` where this system user may not connect.
    """

    path: Path
    seconds: float = ANSWER_SECONDS

    def unlock(self, key_id: str, pin: str, intents: Sequence[str], seconds: int) -> None:
        """Open `key_id` for one signature for each of `intents`, for `seconds` (12 hours at most).

        `WrongPin` (params: tries), `Refused("key.locked")` (params: until), `NotFound("key.unknown")`.
        """
        self._ask("unlock", key_id=key_id, pin=pin, intents=list(intents), seconds=seconds)

    def announce_unattended(self, key_id: str, intents: Sequence[str], seconds: int = 3600) -> None:
        """As `unlock`, for a key with a standing rule. `Refused("key.not_unattended")` for another."""
        self._ask("announce_unattended", key_id=key_id, intents=list(intents), seconds=seconds)

    def sign(self, intent_id: str, data: bytes) -> bytes:
        """The signature over `data` for `intent_id`; the same data again gives the same signature.

        `KeyLocked` when the key is not open for it; `Refused("key.intent_used")` for other data.
        """
        return unpacked(self._ask("sign", intent=intent_id, data=packed(data)))

    def status(self) -> list[KeyStatus]:
        """Every key that the process holds, by id."""
        return [status_from(key) for key in self._ask("status")]

    def import_key(
        self, key_id: str, pkcs12_bytes: bytes, old_passphrase: str, pin: str
    ) -> tuple[bytes, tuple[bytes, ...]]:
        """Hand a PKCS#12 or PEM file over, to be kept under `key_id` and closed with `pin`.

        The certificate and its chain, DER. `Conflict("key.exists")`, `BadInput` (see `pkcs12.protect`).
        """
        done = self._ask(
            "import", key_id=key_id, file=packed(pkcs12_bytes), passphrase=old_passphrase, pin=pin
        )
        return unpacked(done["certificate"]), tuple(unpacked(one) for one in done["chain"])

    def _ask(self, act: str, **fields: Any) -> Any:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(self.seconds)
                with wire.address(self.path) as name:
                    connection.connect(name)
                with suppress(ConnectionError):  # whoever may not come in is told so before being asked
                    wire.send(connection, {"act": act, **fields})
                answer = wire.receive(connection, self.seconds)
        except PermissionError:
            raise Denied("key.not_allowed") from None
        except OSError:
            answer = None
        if answer is None:
            raise Unavailable("key.process_down")
        wire.raise_error(answer)
        return answer["done"]


@dataclass(frozen=True)
class IntentKey:
    """The key of one act, as `signing.keys.base.SigningKey`; what it gives back is compared first."""

    client: KeyClient
    intent_id: str
    certificate: bytes
    chain: Sequence[bytes] = ()

    def sign(self, data: bytes) -> bytes:
        """As `KeyClient.sign`; `Damaged` when the signature does not fit the certificate."""
        signature = self.client.sign(self.intent_id, data)
        if not fits(load_der_x509_certificate(self.certificate).public_key(), signature, data):
            raise Damaged("key.signature_wrong")
        return signature
