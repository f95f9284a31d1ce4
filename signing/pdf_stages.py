"""The stages of a PDF's bytes as types: a function that seals cannot be given unsigned bytes by mistake.

The chain is `prepare` -> `PreparedPdf` -> `sign` -> `SignedPdf` -> `seal` -> `SealedPdf`; for a separate
attachment `prepare_attachment` -> `PreparedAttachment` -> `stamp` -> `SealedAttachment`. At every step the
bytes that came in are an exact prefix of the bytes that go out.
"""

from typing import NewType

PreparedPdf = NewType("PreparedPdf", bytes)
SignedPdf = NewType("SignedPdf", bytes)
SealedPdf = NewType("SealedPdf", bytes)
PreparedAttachment = NewType("PreparedAttachment", bytes)
SealedAttachment = NewType("SealedAttachment", bytes)
