import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import ocsp, x509
from pyhanko.sign.validation.dss import DocumentSecurityStore

from certs.test.pki import Pki
from document.errors import Refused
from signing.cms import certificate
from signing.revision import Revision
from signing.revocation import Evidence, Revocation, embed
from tests.support.papers import drawn

HERE = frozenset({"127.0.0.1"})


def chain(pki: Pki, label: str) -> list[x509.Certificate]:
    return [certificate(der) for der in (pki.certificate(label), *pki.chain(label))]


def asking(pki: Pki, *, hosts: frozenset[str] = HERE, memory: Path | None = None) -> Revocation:
    return Revocation((pki.chain("leader-mau")[-1],), hosts, 10, memory)


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def test_good_certificates_give_their_answers_and_their_path(pki: Pki) -> None:
    found = asking(pki).gather([chain(pki, "leader-mau"), chain(pki, "org-minh-giang")], at=now(), base=b"")
    assert {pki.certificate("leader-mau"), pki.certificate("org-minh-giang")} <= set(found.certificates)
    serials = {
        single["cert_id"]["serial_number"].native
        for answer in found.ocsps
        for single in ocsp.OCSPResponse.load(answer).response_data["responses"]
    }
    assert {chain(pki, label)[0].serial_number for label in ("leader-mau", "org-minh-giang")} <= serials


def test_a_revoked_certificate_is_refused_by_name(pki: Pki) -> None:
    with pytest.raises(Refused) as caught:
        asking(pki).gather([chain(pki, "revoked-mau")], at=now(), base=b"")
    assert caught.value.code == "signing.revoked"


@pytest.mark.parametrize("hosts", [frozenset[str](), frozenset({"ocsp.example"})])
def test_only_hosts_on_the_list_are_asked(pki: Pki, hosts: frozenset[str]) -> None:
    assert not asking(pki, hosts=hosts).gather([chain(pki, "revoked-mau")], at=now(), base=b"")


def test_a_chain_to_an_unknown_root_gives_nothing(pki: Pki) -> None:
    assert not asking(pki).gather([chain(pki, "unrelated")], at=now(), base=b"")


def test_the_same_act_gets_the_same_evidence_after_a_crash(pki: Pki, tmp_path: Path) -> None:
    at, leader = now(), [chain(pki, "leader-mau")]
    first = asking(pki, memory=tmp_path).gather(leader, at=at, base=b"bytes")
    # Another process, and nobody to ask any more.
    again = asking(pki, hosts=frozenset(), memory=tmp_path).gather(leader, at=at, base=b"bytes")
    assert again == first
    assert first
    assert not asking(pki, hosts=frozenset(), memory=tmp_path).gather(leader, at=at, base=b"other bytes")


def test_evidence_stands_in_the_revision_that_is_being_written(pki: Pki) -> None:
    found = asking(pki).gather([chain(pki, "leader-mau")], at=now(), base=b"")
    writer = Revision.on(drawn().pdf)
    embed(writer, found)
    made = writer.finish()
    assert made.startswith(drawn().pdf)
    store = DocumentSecurityStore.read_dss(Revision(io.BytesIO(made)).prev)
    assert len(store.ocsps) == len(found.ocsps)
    assert not store.vri_entries


def test_without_evidence_nothing_is_written() -> None:
    writer = Revision.on(drawn().pdf)
    embed(writer, Evidence(certificates=(b"alone says nothing",)))
    assert writer.finish() == Revision.on(drawn().pdf).finish()
