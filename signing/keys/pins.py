"""Wrong PINs, counted beside the key's file, so that a restart forgets none.

An attempt is counted **before** it is made and forgiven when the PIN was right: whoever cuts the
power between the two has used up a try.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from document.clock import Clock, shown
from document.errors import Damaged, NiemError, Refused, WrongPin
from signing.keys.private_files import read_private, write_private


@dataclass(frozen=True)
class PinState:
    """`failed` wrong PINs in a row; `locked_until` (UTC) once they are too many."""

    failed: int = 0
    locked_until: datetime | None = None


@dataclass(frozen=True)
class PinCounter:
    """The tries of the key whose state lies in `path` (`<key_id>.state.json`)."""

    path: Path
    tries: int
    lock: timedelta
    clock: Clock

    def count(self) -> PinState:
        """Write down one more try. `Refused("key.locked")` while the key is locked."""
        now = self.clock.now()
        state = self.state()
        if state.locked_until is not None:
            raise Refused("key.locked", until=shown(state.locked_until))
        failed = state.failed + 1
        state = PinState(failed, now + self.lock if failed >= self.tries else None)
        self._write(state)
        return state

    def wrong(self, state: PinState) -> NiemError:
        """What to tell whoever gave the wrong PIN counted in `state`."""
        if state.locked_until is not None:
            return Refused("key.locked", until=shown(state.locked_until))
        return WrongPin("key.wrong_pin", tries=self.tries - state.failed)

    def right(self) -> None:
        """The PIN was right: the count begins anew."""
        self._write(PinState())

    def state(self) -> PinState:
        """The count now; a lock that has run out is over. `Damaged` where the file makes no sense."""
        try:
            found = json.loads(read_private(self.path))
            until = found["locked_until"]
            state = PinState(int(found["failed"]), datetime.fromisoformat(until) if until else None)
            over = state.locked_until is not None and state.locked_until <= self.clock.now()
        except FileNotFoundError:
            return PinState()
        except (ValueError, KeyError, TypeError):
            raise Damaged("key.state_damaged", key=self.path.name.removesuffix(".state.json")) from None
        return PinState() if over else state

    def _write(self, state: PinState) -> None:
        until = state.locked_until.isoformat() if state.locked_until else None
        write_private(self.path, json.dumps({"failed": state.failed, "locked_until": until}).encode())
