"""Kinds of keys behind one interface, and the one process that opens them."""
