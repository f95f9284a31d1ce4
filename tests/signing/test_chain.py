from datetime import timedelta

import pytest
from asn1crypto import x509

from certs.test.pki import Pki
from signing.asking import Asking
from signing.chain import Material, chain
from signing.trust import Trust
from tests.support.sealed import NOW, trust

pytest_plugins = ["tests.support.pki"]
HERE = Asking(frozenset({"127.0.0.1"}))


def judged(pki: Pki, label: str, **more: object) -> tuple[str, str, list[str]]:
    found = chain(
        x509.Certificate.load(pki.certificate(label)),
        [x509.Certificate.load(above) for above in pki.chain(label)],
        trust=more.pop("trust", trust(pki, online=HERE)),  # type: ignore[arg-type]
        material=more.pop("material", Material()),  # type: ignore[arg-type]
        at=more.pop("at", NOW),  # type: ignore[arg-type]
    )
    return found.trust, found.revocation, [one.code for one in found.reasons]


@pytest.mark.parametrize(
    ("label", "state", "revocation", "codes"),
    [
        ("leader-mau", "trusted", "good", []),
        ("unrelated", "trusted", "good", []),
        ("revoked-mau", "revoked", "revoked", ["verdict.revoked"]),
        ("expired-mau", "expired", "unknown", ["verdict.expired_at_signing"]),
        ("not-yet-mau", "expired", "unknown", ["verdict.not_yet_valid_at_signing"]),
        ("self-made", "untrusted", "unknown", ["verdict.untrusted"]),
    ],
)
def test_certificates_of_the_test_pki(
    pki: Pki, label: str, state: str, revocation: str, codes: list[str]
) -> None:
    assert judged(pki, label) == (state, revocation, codes)


def test_it_is_the_moment_of_signing_that_counts(pki: Pki) -> None:
    assert judged(pki, "revoked-mau", at=NOW - timedelta(days=60)) == ("trusted", "good", [])
    assert judged(pki, "expired-mau", at=NOW - timedelta(days=600))[0] == "trusted"
    assert judged(pki, "leader-mau", at=NOW - timedelta(days=500))[0] == "expired"


def test_an_unknown_status_is_said(pki: Pki) -> None:
    found = judged(pki, "leader-mau", trust=trust(pki))
    assert found == ("trusted", "unknown", ["verdict.revocation_unknown"])


def test_what_the_file_carries_is_used_and_damaged_parts_left_out(pki: Pki) -> None:
    links = [pki.certificate("leader-mau"), *pki.chain("leader-mau")]
    ocsps, crls = HERE.gather(links)
    material = Material((), (b"hong", *ocsps), (b"", *crls))
    assert judged(pki, "leader-mau", trust=trust(pki), material=material)[1] == "good"
    # An answer about another certificate says nothing about this one.
    assert judged(pki, "leader-thu", trust=trust(pki), material=material)[1] == "unknown"


def test_only_the_roots_of_the_store_count(pki: Pki) -> None:
    public = Trust.load([pki.roots()["public"]], test_site=True, online=HERE)
    assert judged(pki, "leader-mau", trust=public)[0] == "untrusted"
    assert judged(pki, "leader-mau", trust=Trust())[2] == ["verdict.no_trust_store"]
