"""The keys, and the truth about signatures: bytes in, bytes or a verdict out."""
