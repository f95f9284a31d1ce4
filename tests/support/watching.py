"""Watchers in processes of their own, for the crash tests: `python -m tests.support.watching`.

Everything is imported once; then each line of stdin names an office's folder, a fork watches it until it
has nothing left to do or is killed, and a line of stdout says how it ended.
"""

import os
import sys
import time
from pathlib import Path

from document.children import Children
from document.clock import SetClock
from document.faults import Faults
from document.ledger import Ledger, connect
from document.vault import Vault
from tests.support.watched import QUICK
from watch_folders.folders import places
from watch_folders.intake import Intake
from watch_folders.watch import Watcher, WatchRules


def watch(root: Path) -> None:
    """Watch until the folders have been at rest for a while."""
    faults = Faults(root / "faults")
    ledger = Ledger(connect(f"sqlite:///{root}/ledger.sqlite"), SetClock(), faults)
    with Children(workers=1) as children:
        intake = Intake(ledger, Vault(root / "vault", faults), children, SetClock(), faults)
        watcher = Watcher(intake, WatchRules(QUICK, rescan_seconds=0.1, poll="always"))
        drops = [places(folder).drop for folder in ledger.folders()]
        watcher.look()
        while any(any(drop.iterdir()) for drop in drops) or any(u.restless for u in watcher._units.values()):
            time.sleep(0.05)
            watcher.look()
            watcher.drain()
        watcher.close()


def main() -> None:
    """One fork after the other; nothing here has a thread or an open file when it forks."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            watch(Path(line.rstrip("\n")))
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
