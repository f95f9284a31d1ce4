"""The test PKI: TEST ONLY, see the README beside this file."""
