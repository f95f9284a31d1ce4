"""An office whose only worker is the test: one step at a time."""

from document.facts import DocumentFact
from document.stages import Stage
from niem.parts import Parts
from niem.worker import work_once
from tests.support.crashing import Office
from tests.support.samples import Dropped


def received(staffed: Office, dropped: Dropped) -> DocumentFact:
    """The document as soon as the watcher has taken it in."""
    staffed.until(lambda: bool(staffed.documents(dropped.stem)), f"{dropped.stem}: taken in")
    return staffed.document(dropped.stem)


def until(staffed: Office, worker: Parts, dropped: Dropped, stage: Stage) -> DocumentFact:
    """People and this worker carry the document on, one after the other, exactly to `stage`."""
    received(staffed, dropped)

    def there() -> bool:
        document = staffed.document(dropped.stem)
        if document.stage is stage:
            return True
        people = dropped.unit.acting(document)
        for login in people:
            staffed.work(login)
        if not people:
            work_once(worker)
        return False

    staffed.until(there, f"{dropped.stem}: {stage}")
    return staffed.document(dropped.stem)
