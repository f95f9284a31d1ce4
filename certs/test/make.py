"""Builds the test PKI: keys once for the machine, certificates for each site.

    python -m certs.test.make [--force] [--out FOLDER] [--base-url URL]

The certificates of a site carry the address of its OCSP responder, CRL and CA certificates, so each
site has its own set. A build is a folder that needs nothing else: configuration, keys, certificates,
PKCS#12 files, and `pki.json`, which says what is in it.
"""

import argparse
import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)

from certs.test.pki import FAMILIES, PASSPHRASE, Pki

__all__ = ["Pki", "ensure"]

HERE = Path(__file__).parent
SOURCE = HERE / "pki.yml"
KEYS = HERE / "made" / "keys"
SITE = HERE / "made" / "site"
BASE_URL = "http://127.0.0.1:8765"

FORM = 1  # of a built folder; another number makes every older build stale
MARGIN = timedelta(days=60)


def ensure(
    out: Path, base_url: str, *, now: datetime | None = None, keys: Path | None = None, force: bool = False
) -> Pki:
    """The test PKI in `out` for services at `base_url` (no slash at its end), built where needed.

    A build is taken as it is while it is for this address, pki.yml is unchanged, and no certificate
    changes between not yet valid, valid and expired within 60 days of `now` (default: the machine's
    clock, which the verifiers of the world outside go by). Any number of processes may call this at
    once: one builds beside and renames, the others wait and take its work.

    `keys` holds the private keys of all builds; by default the cache in the source tree, or where
    this user may not write there, a folder beside `out`.
    """
    now = (now or datetime.now(UTC)).replace(microsecond=0)
    out = out.absolute()
    if not force and _is_fresh(out, base_url, now):
        return Pki(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with _alone(out.parent / f".{out.name}.lock"):
        if force or not _is_fresh(out, base_url, now):
            _replace(out, base_url, now, keys or _key_cache(out))
    return Pki(out)


def _replace(out: Path, base_url: str, now: datetime, keys: Path) -> None:
    """Builds beside `out`, then puts the build in its place."""
    beside = out.with_name(f".{out.name}.{secrets.token_hex(4)}")
    try:
        _build(beside, base_url, now, keys)
        if out.exists():
            old = out.with_name(f"{beside.name}.old")
            out.rename(old)
            shutil.rmtree(old)
        beside.rename(out)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _is_fresh(out: Path, base_url: str, now: datetime) -> bool:
    try:
        record = json.loads((out / "pki.json").read_text("utf-8"))
    except FileNotFoundError:
        return False
    if (record["form"], record["base_url"], record["source"]) != (FORM, base_url, _digest_of_source()):
        return False
    made = datetime.fromisoformat(record["made"])
    return all(
        _state(certificate, made) == _state(certificate, now) == _state(certificate, now + MARGIN)
        for certificate in record["certificates"].values()
    )


def _state(certificate: dict[str, str], at: datetime) -> tuple[bool, bool]:
    """Whether it has begun, and whether it has ended."""
    begin, end = datetime.fromisoformat(certificate["from"]), datetime.fromisoformat(certificate["to"])
    return at >= begin, at > end


def _digest_of_source() -> str:
    return hashlib.sha256(SOURCE.read_bytes()).hexdigest()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One process at a time; a process that dies lets go."""
    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


# ---- keys


def _key_cache(out: Path) -> Path:
    """The cache in the source tree; or one of this user's own where it is another's."""
    with suppress(OSError):
        KEYS.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.access(KEYS, os.R_OK | os.W_OK | os.X_OK):
            return KEYS
    return out.parent / "test-keys"


def _ensure_keys(keys: Path, labels: list[str]) -> None:
    """An RSA-2048 key for each label (R-CRY-07). OpenSSL makes them outside Python's lock: threads do."""
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(keys / ".lock"):
        missing = [label for label in labels if not (keys / f"{label}.key.pem").exists()]
        with ThreadPoolExecutor() as pool:
            for label, pem in zip(missing, pool.map(lambda _: _new_key(), missing), strict=True):
                path = keys / f".{label}.new"
                _write_private(path, pem)
                path.rename(keys / f"{label}.key.pem")


def _new_key() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write_private(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
        file.write(data)


# ---- certificates


def _build(folder: Path, base_url: str, now: datetime, keys: Path) -> None:
    # Slow to import, and not needed by whoever only reads a build.
    from certomancer.registry import ArchLabel, CertLabel  # noqa: PLC0415

    from certs.test.authority import authority  # noqa: PLC0415

    config = _configuration(yaml.safe_load(SOURCE.read_text("utf-8")), base_url, now)
    specs = {
        label: spec for arch in config["pki-architectures"].values() for label, spec in arch["certs"].items()
    }
    _ensure_keys(keys, list(specs))
    for name, mode in (("keys", 0o700), ("p12", 0o700), ("certs", 0o755)):
        (folder / name).mkdir(mode=mode, parents=True)
    for label in specs:
        _write_private(folder / "keys" / f"{label}.key.pem", (keys / f"{label}.key.pem").read_bytes())

    issued = authority(config, folder)
    for family, arch in config["pki-architectures"].items():
        for label, spec in arch["certs"].items():
            certificate = issued.get_pki_arch(ArchLabel(family)).get_cert(CertLabel(label))
            (folder / "certs" / f"{label}.crt").write_bytes(certificate.dump())
            spec["certificate-file"] = f"certs/{label}.crt"
    (folder / "config.json").write_text(json.dumps(config, ensure_ascii=False, indent=1), "utf-8")
    record = {
        "form": FORM,
        "base_url": base_url,
        "source": _digest_of_source(),
        "made": now.isoformat(),
        "certificates": {
            label: {
                "chain": _chain(specs, label),
                "from": spec["validity"]["valid-from"],
                "to": spec["validity"]["valid-to"],
            }
            for label, spec in specs.items()
        },
    }
    (folder / "pki.json").write_text(json.dumps(record, indent=1), "utf-8")
    _write_bundles(Pki(folder))


def _configuration(source: dict[str, Any], base_url: str, now: datetime) -> dict[str, Any]:
    """pki.yml with what it leaves out: address, keys, serial numbers, and times instead of days."""
    # Through JSON, because YAML's aliases are one object seen many times.
    architectures = json.loads(json.dumps(source["pki-architectures"]))
    for arch in architectures.values():
        for spec in arch["certs"].values():
            spec["serial"] = secrets.randbits(62) | 1 << 62
            spec["validity"] = {key: _time(now, days) for key, days in spec["validity"].items()}
            if "revocation" in spec:
                spec["revocation"]["revoked-since"] = _time(now, spec["revocation"]["revoked-since"])
    return {
        "external-url-prefix": base_url,
        "keysets": {
            family: {"keys": {label: {"path": f"{label}.key.pem"} for label in arch["certs"]}}
            for family, arch in architectures.items()
        },
        "pki-architectures": architectures,
    }


def _time(now: datetime, days: int) -> str:
    return (now + timedelta(days=days)).isoformat()


def _chain(specs: dict[str, dict[str, Any]], label: str) -> list[str]:
    issuer = specs[label]["issuer"]
    return [] if issuer == label else [issuer, *_chain(specs, issuer)]


def _write_bundles(pki: Pki) -> None:
    """PEM files for trust stores, and a PKCS#12 file for each subscriber and service."""
    for name, suffix in (("roots", "root"), ("intermediates", "ca")):
        (pki.folder / name).mkdir()
        for family in FAMILIES:
            certificate = x509.load_der_x509_certificate(pki.certificate(f"{family}-{suffix}"))
            (pki.folder / name / f"{family}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    for label in pki.labels:
        if not label.endswith(("-root", "-ca")):
            _write_private(pki.folder / "p12" / f"{label}.p12", _p12(pki, label))


def _p12(pki: Pki, label: str) -> bytes:
    key = load_pem_private_key(pki.key_pem(label), None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(label)
    return pkcs12.serialize_key_and_certificates(
        label.encode(),
        key,
        x509.load_der_x509_certificate(pki.certificate(label)),
        [x509.load_der_x509_certificate(above) for above in pki.chain(label)],
        BestAvailableEncryption(PASSPHRASE.encode()),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the test PKI (TEST ONLY).")
    parser.add_argument("--force", action="store_true", help="new keys and certificates in any case")
    parser.add_argument("--out", type=Path, default=SITE, help="folder of the build")
    parser.add_argument("--base-url", default=BASE_URL, help="where TSA, OCSP and CRL will answer")
    given = parser.parse_args()
    if given.force:
        for key in KEYS.glob("*.key.pem"):
            key.unlink()
    pki = ensure(given.out, given.base_url, force=given.force)
    print(f"{pki.folder}: {len(pki.labels)} certificates, TEST ONLY")


if __name__ == "__main__":
    main()
