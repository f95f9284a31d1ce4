"""The ledger fulfils what the watched folders ask."""

import inspect

from document.ledger import Ledger
from tests.support.watched import Office
from watch_folders.needs import IntakeLedger


def test_the_ledger_has_every_method_with_parameters_of_the_same_names(office: Office) -> None:
    asked: IntakeLedger = office.ledger
    wanted = [name for name in vars(IntakeLedger) if not name.startswith("_")]
    assert len(wanted) == 11
    for name in wanted:
        ours = inspect.signature(getattr(IntakeLedger, name)).parameters
        theirs = inspect.signature(getattr(Ledger, name)).parameters
        assert list(ours) == [p for p in theirs if p in ours], name
    assert asked.folders() == office.ledger.folders()
