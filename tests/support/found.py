"""What a check of the doctor found."""

from collections.abc import Callable, Iterator

from document import messages
from document.settings import Site
from niem.findings import Finding, State

Check = Callable[[Site], Iterator[Finding]]


def found(check: Check, site: Site, state: State) -> set[str]:
    """Codes of what `check` found in `state`; every one has its words in both languages."""
    findings = list(check(site))
    for finding in findings:
        for lang in messages.LANGUAGES:
            assert "{" not in messages.text(finding.code, lang, **finding.params)
    return {finding.code for finding in findings if finding.state == state}


def faults(check: Check, site: Site) -> set[str]:
    return found(check, site, "fault")
