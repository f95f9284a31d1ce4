"""One table of moves; the SQL, the wording and the lists agree with it."""

import pytest
from sqlalchemy import CheckConstraint, Index, Table

from document import messages
from document.stages import LIVING, MACHINE, MOVES, Stage, may_move
from document.tables import Base

DOCUMENTS: Table = Base.metadata.tables["documents"]
ENDED = set(Stage) - LIVING


def quoted(sql: str) -> set[str]:
    return set(sql.split("'")[1::2])


def test_every_stage_has_its_moves_and_its_wording() -> None:
    assert set(MOVES) == set(Stage)
    for lang in messages.LANGUAGES:
        texts = [messages.text(f"stage.{stage}", lang) for stage in Stage]
        assert len(set(texts)) == len(Stage)


def test_the_wording_names_no_stage_that_does_not_exist() -> None:
    parts = {"unit_head", "form_check", "needs_reading"}  # waits within a stage
    known = {code.removeprefix("stage.") for code in messages.catalogue() if code.startswith("stage.")}
    assert known - parts == {stage.value for stage in Stage}


def test_the_sql_check_knows_exactly_the_stages() -> None:
    checks = [c for c in DOCUMENTS.constraints if isinstance(c, CheckConstraint)]
    (known,) = [str(c.sqltext) for c in checks if "stage" in str(c.sqltext)]
    assert quoted(known) == {stage.value for stage in Stage}


def test_the_unique_index_holds_for_exactly_the_living() -> None:
    (index,) = [i for i in DOCUMENTS.indexes if isinstance(i, Index) and i.name == "uq_documents_living"]
    assert [c.name for c in index.columns] == ["organisation_id", "folder_id", "digest"]
    for database in ("sqlite", "postgresql"):
        assert quoted(str(index.dialect_options[database]["where"])) == {s.value for s in LIVING}


def test_what_ended_before_issue_or_after_it_goes_nowhere() -> None:
    for stage in ENDED - {Stage.ISSUED}:
        assert MOVES[stage] == frozenset()
    assert MOVES[Stage.ISSUED] == {Stage.RECALLED, Stage.REPLACED}


def test_the_machine_works_only_on_the_living() -> None:
    assert MACHINE < LIVING


def test_every_living_stage_can_be_reached_and_left() -> None:
    reached = {Stage.RECEIVED}
    while True:
        more = reached | {new for old in reached for new in MOVES[old]}
        if more == reached:
            break
        reached = more
    assert reached == set(Stage)
    assert all(MOVES[stage] for stage in LIVING)


def test_the_way_has_no_short_cut() -> None:
    way = [
        Stage.RECEIVED, Stage.PREPARED, Stage.CHECKED, Stage.APPROVED, Stage.SIGNED, Stage.NUMBERED,
        Stage.SEALED, Stage.VERIFIED, Stage.ISSUED,
    ]  # fmt: skip
    for place, old in enumerate(way):
        assert {new for new in way[place + 1 :] if may_move(old, new)} == set(way[place + 1 : place + 2])


@pytest.mark.parametrize("stage", sorted(LIVING - {Stage.HELD}))
def test_held_leads_back_or_to_the_end_its_stage_had(stage: Stage) -> None:
    numbered = stage in {Stage.NUMBERED, Stage.SEALED, Stage.VERIFIED}
    assert may_move(stage, Stage.HELD)
    assert {new for new in Stage if may_move(Stage.HELD, new, stage)} == {
        stage,
        Stage.VOID if numbered else Stage.RETURNED,
    }


def test_held_from_nowhere_goes_nowhere() -> None:
    assert not any(may_move(Stage.HELD, new) for new in Stage)
