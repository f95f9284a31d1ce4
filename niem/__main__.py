"""`python -m niem`: the same commands as `niem`."""

from niem.cli import main

main()
