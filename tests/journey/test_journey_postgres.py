"""The same way on PostgreSQL, with the same code: only the URL differs."""

from pathlib import Path

from document.stages import Stage
from document.vault import Vault
from niem.demo import DOCUMENTS
from office.audit import audit
from tests.support.played import play
from tests.support.postgres import fresh_database


def test_the_demo_ends_the_same_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    with fresh_database(postgres_url) as url:
        played = play(tmp_path / "site", "--database", url)
        try:
            assert played.status == 0, played.output
            assert len(played.ledger.documents(None, {Stage.ISSUED})) == DOCUMENTS
            assert len(played.issued) == DOCUMENTS + 1
            assert {found["verdict"] for found in played.verdicts(*played.issued)} == {"valid"}
            assert audit(played.ledger, Vault(played.site.vault)).sound
            assert not list(played.site.root.glob("ledger.sqlite*"))
        finally:
            played.ledger.engine.dispose()
