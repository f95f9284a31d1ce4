"""From a folder: see a file, claim it, take it in or give it back."""
