"""Page images. PDFium runs in child processes only; what it drew is kept for a while, in memory."""

import threading
from collections import OrderedDict
from typing import Final

from document.errors import NotFound
from document.rendering import page_count, render_page
from office.parts import DeskSite

WIDTHS: Final = (800, 1240)
"""Pixels: a phone's, and a desk's."""
MOST_BYTES: Final = 64 * 1024 * 1024


class Pages:
    """Drawn pages by digest; the least recently used go first."""

    def __init__(self, site: DeskSite, most_bytes: int = MOST_BYTES) -> None:
        self._site = site
        self._most = most_bytes
        self._lock = threading.Lock()
        self._drawn: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()
        self.size = 0
        self._counts: dict[str, int] = {}

    def count(self, digest: str) -> int:
        """Pages of the PDF `digest`. `Returnable` when it cannot be read, `NotFound` when it was purged."""
        if digest not in self._counts:
            self._counts[digest] = self._site.children.call(page_count, self._site.vault.get(digest))
        elif not self._site.vault.path(digest).exists():
            self._forget(digest)  # purged: what was drawn of it goes too
            raise NotFound("vault.missing", digest=digest)
        return self._counts[digest]

    def png(self, digest: str, page: int, width: int) -> bytes:
        """Page `page` (from 0) of the PDF `digest`, `width` pixels wide (rounded to one of `WIDTHS`)."""
        if not 0 <= page < self.count(digest):
            raise NotFound("desk.page_unknown")
        wide = next((w for w in WIDTHS if w >= width), WIDTHS[-1])
        key = (digest, page, wide)
        with self._lock:
            if key in self._drawn:
                self._drawn.move_to_end(key)
                return self._drawn[key]
        png = self._site.children.call(render_page, self._site.vault.get(digest), page, wide)
        self._keep(key, png)
        return png

    def _forget(self, digest: str) -> None:
        with self._lock:
            self._counts.pop(digest, None)
            for key in [key for key in self._drawn if key[0] == digest]:
                self.size -= len(self._drawn.pop(key))

    def _keep(self, key: tuple[str, int, int], png: bytes) -> None:
        with self._lock:
            if key in self._drawn:
                return
            self._drawn[key] = png
            self.size += len(png)
            while self.size > self._most:
                _, dropped = self._drawn.popitem(last=False)
                self.size -= len(dropped)
