"""The sample documents of the demo, and the script that makes them (``python -m samples.make``)."""
