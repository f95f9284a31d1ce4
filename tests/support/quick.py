"""A demo site on free ports that waits for nothing longer than it must."""

import re
from pathlib import Path
from typing import Final

from document.settings import FILE, Site, load
from niem import demo_site

QUICK: Final = {
    "settle_seconds": "0.2",
    "stuck_seconds": "1.0",
    "quiet_seconds": "0.3",
    "rescan_seconds": "0.2",
    "ask_seconds": "0.05",
    "lease_seconds": "2.0",
}
"""Short timings, so that a death costs seconds."""


def quick_site(root: Path) -> Site:
    """A demo site on free ports, with short timings."""
    demo_site.build(root, ports=(0, 0, 0))
    return set_to(root, **QUICK)


def set_to(root: Path, **values: str) -> Site:
    """Change entries of the site's settings, each named once in its file; the site as it is then."""
    text = (root / FILE).read_text(encoding="utf-8")
    for name, value in values.items():
        text, count = re.subn(rf"(?m)^{name} = (?:\[.*?\]|\S+)", f"{name} = {value}", text)
        assert count == 1, name
    (root / FILE).write_text(text, encoding="utf-8")
    return load(root)
