"""The only writer of stages: each change and its event in one transaction.

`Ledger` is made of one class per kind of act, so that each file can be read alone:

* `core`         the database, transactions, moves and the chained record
* `directory`    who signs in, and whose keys there are
* `office`       what the office file says: bodies, units, folders, people, series
* `intake`       what the watcher asks and writes
* `work`         what the workers ask and write
* `basis`        what a preparation rests on, and when it must be done again
* `review`       checks, the leader's approval, returns
* `register`     number, seal, void
* `views`        what people are shown
* `publication`  issue, and what the public listing is built from
* `audit`        the whole record, to be walked again
"""

from document.ledger.audit import AuditActs
from document.ledger.core import connect
from document.ledger.directory import DirectoryActs
from document.ledger.intake import IntakeActs
from document.ledger.office import OfficeActs
from document.ledger.publication import PublicationActs

__all__ = ["Ledger", "connect"]


class Ledger(IntakeActs, PublicationActs, OfficeActs, DirectoryActs, AuditActs):
    """Everything that may be asked of, or done to, the record. One object per process; thread-safe."""
