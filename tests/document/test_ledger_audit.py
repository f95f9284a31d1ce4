"""What the audit asks of the record, on both databases."""

from document.ledger.core import GENESIS
from document.stages import Stage
from tests.support.ledger import Office


def test_the_chain_comes_whole_and_in_order_and_ends_at_its_head(office: Office) -> None:
    office.at(Stage.SIGNED)
    chain = list(office.ledger.chain(office.organisation))
    assert [event.seq for event in chain] == list(range(1, len(chain) + 1))
    assert office.ledger.chain_head(office.organisation) == (len(chain), chain[-1].hash)
    assert list(office.ledger.chain("nothing")) == []
    assert office.ledger.chain_head("nothing") == (0, GENESIS)


def test_every_digest_the_record_names_is_told_with_its_owner(office: Office) -> None:
    files = office.files(attachments=1)
    document = office.at(Stage.SEALED, files=files)
    office.ledger.set_images("minh-giang", "ab" * 32, {"mau": "cd" * 32})
    fact = office.document(document)
    expected = dict.fromkeys([*(f.digest for f in files), *(v.digest for v in fact.versions)], document)
    assert office.ledger.named_digests() == expected | {
        "ab" * 32: office.organisation,
        "cd" * 32: office.id_of("mau"),
    }
