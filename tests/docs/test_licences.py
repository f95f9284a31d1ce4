"""Nothing that the product imports carries a licence that forbids Apache-2.0."""

import re
import tomllib
from importlib.metadata import Distribution, distribution
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.papertrail import ROOT

FORBIDDEN: Final = re.compile(
    r"\b(?:A|L)?GPL|GNU (?:Affero |Lesser )?General Public|\bSSPL|\bBUSL|Commons Clause"
)
WEAK: Final = re.compile(r"\bLGPL|Lesser General Public|\bMPL")
"""Fine as a package of its own, which is how pip installs them."""


def project() -> dict[str, object]:
    found: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def closure() -> dict[str, Distribution]:
    """Every installed distribution that the product needs at run time, by its name."""
    dependencies = project()["dependencies"]
    assert isinstance(dependencies, list)
    asked = [(Requirement(line), "") for line in dependencies]
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    while asked:
        wanted, extra = asked.pop()
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": extra}):
            continue
        key = (str(canonicalize_name(wanted.name)), frozenset(wanted.extras))
        if key in seen:
            continue
        seen.add(key)
        one = found.setdefault(key[0], distribution(wanted.name))
        asked += [(Requirement(line), each) for line in one.requires or [] for each in ("", *wanted.extras)]
    return found


def licence(one: Distribution) -> str:
    """What the package says about its licence: the expression, else the classifiers, else the free text."""

    def told(name: str) -> list[str]:
        found: list[str] = one.metadata.get_all(name, [])
        return found

    classifiers = [line for line in told("Classifier") if line.startswith("License ::")]
    free = [text.partition("\n")[0] for text in told("License")]
    said = " | ".join(told("License-Expression") or classifiers or free)
    return " ".join(said.split())


def forbids(said: str) -> bool:
    """Whether none of the licences offered may stand beside Apache-2.0."""
    choices = re.split(r"\bOR\b|\|", said)
    return all(FORBIDDEN.search(choice) and not WEAK.search(choice) for choice in choices)


def test_no_dependency_forbids_the_licence() -> None:
    packages = closure()
    assert {"pyhanko", "sqlalchemy", "fastapi", "cryptography", "starlette"} <= packages.keys()
    said = {name: licence(one) for name, one in packages.items()}
    assert {name: text for name, text in said.items() if forbids(text)} == {}
    assert sorted(name for name, text in said.items() if not text) == []


def test_the_rule_would_notice() -> None:
    for text in (
        "AGPL-3.0-only",
        "License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
        "GPL-2.0",
        "SSPL-1.0",
    ):
        assert forbids(text), text
    for text in ("MIT", "LGPL-3.0-only", "MPL-2.0", "GPL-2.0-only OR MIT", "Apache-2.0 AND BSD-3-Clause"):
        assert not forbids(text), text


def test_the_licence_is_apache_in_full() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert project()["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert all(f"\n   {number}. " in text for number in range(1, 10))
