"""Deaths at moments that nobody chose, more than one worker, and the record after all of them."""

import json
import random
import subprocess
import threading
from itertools import chain
from typing import Final

from document.clock import local_date
from document.stages import Stage
from niem.run import PROCESSES, command
from office.audit import audit
from tests.support.crashing import Office
from tests.support.played import niem
from tests.support.samples import DECISION, KINHTE, KSTT, LETTER, NOTICE, PLAN, TONGHOP

SEED: Final = 20300614
TWICE: Final = 2
"""Deaths of one process: a step that its worker died in three times would be held, as it should."""
SAMPLES: Final = {
    "ngau-nhien-qd": DECISION,
    "ngau-nhien-cv": LETTER,
    "ngau-nhien-kh": PLAN,
    "ngau-nhien-tb": NOTICE,
}


def kill_at_random(crashed: Office, chance: random.Random) -> None:
    """Each process twice and two of them once more, in any order, at any moment."""
    doomed = [*PROCESSES * TWICE, "watch", "desk"]
    chance.shuffle(doomed)
    for process in doomed:
        threading.Event().wait(chance.uniform(0.1, 1.5))
        crashed.kill(process)


def test_all_samples_are_issued_once_whatever_dies(crashed: Office) -> None:
    dropped = [crashed.drop(sample, stem) for stem, sample in SAMPLES.items()]
    killer = threading.Thread(target=kill_at_random, args=[crashed, random.Random(SEED)])  # noqa: S311 (the same deaths in every run)
    killer.start()
    try:
        for one in dropped:
            crashed.until_stage(one, Stage.ISSUED)
    finally:
        killer.join()
    for one in dropped:
        crashed.issued_once(one)


def test_two_workers_are_as_one(crashed: Office) -> None:
    second = subprocess.Popen(command("work", crashed.site.root), stdin=subprocess.DEVNULL)
    try:
        dropped = [crashed.drop(NOTICE, f"hai-tho-{n}") for n in range(3)]
        for one in dropped:
            crashed.until_stage(one, Stage.ISSUED)
    finally:
        second.terminate()
        second.wait(20)
    for one in dropped:
        document = crashed.issued_once(one)
        assert crashed.intents(document) == {"signer": 1, "organisation": 1}


def test_every_delivered_document_is_valid(crashed: Office) -> None:
    found = json.loads(_verify(crashed))
    assert len(found) >= len(SAMPLES)
    for verdict in found:
        assert (verdict["verdict"], verdict["integrity"]) == ("valid", "intact"), verdict


def _verify(crashed: Office) -> str:
    lying = chain.from_iterable(crashed.place(unit, 2).glob("*.pdf") for unit in (KSTT, TONGHOP, KINHTE))
    files = [str(path) for path in lying if "Phu_luc" not in path.name]
    return niem("verify", "--json", "--site", str(crashed.site.root), *files).stdout


def test_numbers_have_no_gap_and_no_double(crashed: Office) -> None:
    year = local_date(crashed.ledger.clock.now()).year
    for organisation in crashed.ledger.organisations():
        rows = crashed.ledger.register(organisation.id, year)
        for series in {_series(row.symbol) for row in rows}:
            numbers = sorted(row.number for row in rows if _series(row.symbol) == series)
            assert numbers == list(range(1, len(numbers) + 1))


def _series(symbol: str) -> str:
    """The offices of the demo number decisions apart and everything else together."""
    return symbol if symbol == "QĐ-UBND" else "chung"


def test_the_record_is_sound(crashed: Office) -> None:
    report = audit(crashed.ledger, crashed.vault)
    assert report.sound, report.lines("en")


def test_nothing_outlives_the_process_it_served(crashed: Office) -> None:
    crashed.until(lambda: crashed.left_behind() == [], "children of the dead", seconds=15)
