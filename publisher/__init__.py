"""The public face, read-only."""
