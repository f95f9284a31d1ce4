"""Certificates that come with the source: test ones only."""
