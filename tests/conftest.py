"""Fixtures that tests of several folders use: PKI, databases, an office on record, a demo that was played."""

pytest_plugins = [
    "tests.support.pki",
    "tests.support.postgres",
    "tests.support.ledger",
    "tests.support.played",
]
