"""What a document is, and how it may move: the lowest floor of the house."""
