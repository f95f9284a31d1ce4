"""What the public is told of a stored verdict: the headline, and who signed when.

Serial numbers, subjects and issuers of certificates stay in the ledger: a subject may carry a person's
identity number.
"""

from typing import Any, Final

LAYERS: Final = ("signer", "organisation")

_BY_VERDICT: Final = {
    "valid": "valid",
    "incomplete": "incomplete",
    "invalid": "invalid",
    "unsigned": "invalid",
}


def headline(verdict: dict[str, Any]) -> str:
    """The entry `public.verdict_<...>` that says it in a sentence."""
    if not verdict:
        return "unknown"
    if verdict.get("integrity") == "modified":
        return "modified"
    missing = (verdict.get("layers") or {}).get("missing")
    if verdict.get("verdict") == "indeterminate" and verdict.get("integrity") == "intact" and not missing:
        return "indeterminate"
    return _BY_VERDICT.get(str(verdict.get("verdict")), "invalid")


def public_verdict(verdict: dict[str, Any]) -> dict[str, Any]:
    """`publisher.views.Verdict` as JSON, from a verdict as `niem verify --json` prints it."""
    return {
        "verdict": verdict.get("verdict", "unknown"),
        "integrity": verdict.get("integrity", "unknown"),
        "headline": headline(verdict),
        "signatures": [
            {
                "layer": one["layer"],
                "name": (one.get("organisation") if one["layer"] == "organisation" else one.get("signer"))
                or "",
                "signing_time": one.get("signing_time"),
                "time_source": one.get("time_source"),
            }
            for one in verdict.get("signatures", ())
            if one.get("layer") in LAYERS
        ],
    }
