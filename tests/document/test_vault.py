"""Bytes by digest: safe before they count, hashed on every read."""

import hashlib
import os
import stat
import threading
from pathlib import Path

import pytest

from document.errors import Damaged, NotFound
from document.vault import Vault, digest_of, sync_folder

DATA = "Bản gốc của văn bản".encode()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault")


def test_bytes_come_back_under_their_sha256(vault: Vault) -> None:
    digest = vault.put(DATA)
    assert digest == hashlib.sha256(DATA).hexdigest() == digest_of(DATA)
    assert vault.get(digest) == DATA
    assert vault.path(digest) == vault.root / digest[:2] / digest


def test_the_same_bytes_are_one_file_that_nobody_writes_to(vault: Vault) -> None:
    digest = vault.put(DATA)
    inode = vault.path(digest).stat().st_ino
    assert vault.put(DATA) == digest
    assert vault.path(digest).stat().st_ino == inode
    assert stat.S_IMODE(vault.path(digest).stat().st_mode) == 0o440
    assert [p.name for p in vault.root.rglob("*") if p.is_file()] == [digest]


def test_empty_bytes_have_a_name_too(vault: Vault) -> None:
    assert vault.get(vault.put(b"")) == b""


def test_what_is_not_there_and_what_was_purged_is_not_found(vault: Vault) -> None:
    digest = vault.put(DATA)
    vault.purge(digest)
    vault.purge(digest)
    for missing in (digest, "00" * 32):
        with pytest.raises(NotFound) as caught:
            vault.get(missing)
        assert missing in caught.value.text("vi")


@pytest.mark.parametrize("place", [0, len(DATA) // 2, len(DATA) - 1])
def test_a_changed_byte_is_damage_and_the_same_drop_heals_it(vault: Vault, place: int) -> None:
    digest = vault.put(DATA)
    vault.path(digest).chmod(0o640)
    vault.path(digest).write_bytes(DATA[:place] + bytes([DATA[place] ^ 1]) + DATA[place + 1 :])
    with pytest.raises(Damaged) as caught:
        vault.get(digest)
    assert caught.value.code == "vault.damaged"
    vault.put(DATA)
    assert vault.get(digest) == DATA


def test_a_truncated_file_is_damage(vault: Vault) -> None:
    digest = vault.put(DATA)
    os.chmod(vault.path(digest), 0o640)  # noqa: PTH101
    vault.path(digest).write_bytes(DATA[:-1])
    with pytest.raises(Damaged):
        vault.get(digest)


def test_a_disk_that_refuses_leaves_nothing_half_done(vault: Vault) -> None:
    digest = digest_of(DATA)
    vault.path(digest).mkdir(parents=True)  # the name is taken by something a file cannot replace
    with pytest.raises(OSError, match=r"."):
        vault.put(DATA)
    assert [p for p in vault.root.rglob("*") if p.is_file()] == []


def test_many_writers_of_the_same_bytes(vault: Vault) -> None:
    threads = [threading.Thread(target=vault.put, args=(DATA,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [p.name for p in vault.root.rglob("*") if p.is_file()] == [digest_of(DATA)]


def test_syncing_a_folder_that_is_not_there_is_nothing(tmp_path: Path) -> None:
    sync_folder(tmp_path / "nothing")
    sync_folder(tmp_path)
