"""The front door: every command, and the steps of a document in order."""
