import io
from datetime import timedelta

import pikepdf
import pytest
from asn1crypto import x509

from certs.test.pki import Pki
from signing.chain import Material
from signing.cms_reading import read_cms
from signing.policy import DEFAULT
from signing.trust import Directory, Trust, fingerprint
from signing.who import holder, issuer_of, may_sign, time_of
from tests.support.sealed import NOW, signed, trust

pytest_plugins = ["tests.support.pki"]


def load(pki: Pki, label: str) -> x509.Certificate:
    return x509.Certificate.load(pki.certificate(label))


def test_holders_told_from_the_subject(pki: Pki) -> None:
    person = holder(load(pki, "leader-mau"), None, DEFAULT)
    assert (person.layer, person.assumed, person.signer) == ("signer", True, "Trần Văn Mẫu")
    body = holder(load(pki, "org-tan-mau"), None, DEFAULT)
    assert (body.layer, body.signer, body.organisation) == (
        "organisation",
        None,
        "ỦY BAN NHÂN DÂN XÃ TÂN MẪU",
    )


def test_the_directory_knows_better(pki: Pki) -> None:
    directory = Directory({}, {fingerprint(pki.certificate("leader-mau")): "minh-giang"})
    found = holder(load(pki, "leader-mau"), directory, DEFAULT)
    assert (found.layer, found.assumed, found.listed) == ("organisation", False, True)
    assert holder(load(pki, "leader-thu"), directory, DEFAULT).listed is False


@pytest.mark.parametrize(
    ("label", "fits"),
    [("leader-mau", True), ("org-minh-giang", True), ("wrong-purpose", False), ("tsa-1", False)],
)
def test_purpose(pki: Pki, label: str, fits: bool) -> None:  # noqa: FBT001
    assert may_sign(load(pki, label), DEFAULT) is fits


def test_the_issuer(pki: Pki) -> None:
    assert issuer_of(load(pki, "leader-mau")) == "CA phục vụ các cơ quan Nhà nước G2 (TEST ONLY)"


@pytest.mark.parametrize(
    ("stamped", "roots", "source", "codes"),
    [
        (True, "state", "timestamp", []),
        (True, "public", "claimed", ["verdict.timestamp_untrusted"]),
        (True, "", "claimed", []),
        (False, "state", "claimed", []),
    ],
)
def test_times(pki: Pki, stamped: bool, roots: str, source: str, codes: list[str]) -> None:  # noqa: FBT001
    with pikepdf.open(io.BytesIO(signed(pki, stamped=stamped)[0])) as pdf:
        fields = {str(field.T): field for field in pdf.Root.AcroForm.Fields}
        message = read_cms(bytes(fields["Niem_Ky_1"].V.Contents))
    store = Trust.load([pki.roots()[roots]], test_site=True) if roots else Trust()
    # The stamp is of its own moment, however long the run has lasted when this test's turn comes.
    said = message.token.stamped if message.token else NOW
    found = time_of(message, said, trust=store, material=Material(), policy=DEFAULT)
    assert (found.source, [one.code for one in found.reasons]) == (source, codes)


def test_no_time_at_all(pki: Pki) -> None:
    with pikepdf.open(io.BytesIO(signed(pki)[0])) as pdf:
        fields = {str(field.T): field for field in pdf.Root.AcroForm.Fields}
        message = read_cms(bytes(fields["Niem_Ky_1"].V.Contents))
    found = time_of(message, None, trust=trust(pki), material=Material(), policy=DEFAULT)
    assert (found.moment, [one.code for one in found.reasons]) == (None, ["verdict.time_unknown"])


def test_a_stamp_of_another_hour_is_told(pki: Pki) -> None:
    with pikepdf.open(io.BytesIO(signed(pki, stamped=True)[0])) as pdf:
        fields = {str(field.T): field for field in pdf.Root.AcroForm.Fields}
        message = read_cms(bytes(fields["Niem_Ky_1"].V.Contents))
    assert message.token is not None
    said = message.token.stamped - timedelta(hours=1)
    found = time_of(message, said, trust=trust(pki), material=Material(), policy=DEFAULT)
    assert [one.code for one in found.reasons] == ["verdict.times_differ"]
