"""`python -m niem.tied …`: the same commands as `niem`, for as long as the parent lives.

The supervisor keeps the other end of this process's standard input and never writes to it: its end means
that the parent is gone, however it went. A child that outlived it would hold ports, folders and keys.
"""

import os
import signal
import sys
import threading
import time
from typing import Final

from niem.cli import main

GRACE_SECONDS: Final = 10.0


def _until_the_parent_ends() -> None:
    while sys.stdin.buffer.read(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_until_the_parent_ends, daemon=True).start()
    main()
