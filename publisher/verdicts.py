"""What the public is told of a stored verdict: its sentence, and who signed when.

Serial numbers, subjects and issuers of certificates stay in the ledger: a subject may carry a person's
identity number.
"""

from typing import Any, Final

from document import messages

LAYERS: Final = ("signer", "organisation")


def public_verdict(verdict: dict[str, Any]) -> dict[str, Any]:
    """`publisher.views.Verdict` as JSON, from a verdict as `niem verify --json` prints it."""
    return {
        "verdict": verdict.get("verdict", "unknown"),
        "integrity": verdict.get("integrity", "unknown"),
        "headline": verdict.get("headline") or _unknown(),
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


def _unknown() -> dict[str, str]:
    code = "public.verdict_unknown"
    return {"code": code} | {lang: messages.text(code, lang) for lang in messages.LANGUAGES}
