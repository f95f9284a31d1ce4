"""The watcher of a site, put together."""

from niem.parts import Parts
from publisher import procedures
from watch_folders.drop import Times
from watch_folders.intake import Intake, Limits
from watch_folders.watch import Watcher, WatchRules


def check_data(data: bytes, name: str) -> None:
    """Every field of a data file, in a child; the rows themselves are read again when they are needed."""
    procedures.check(data, name)


def watcher(parts: Parts) -> Watcher:
    """The watcher with the site's rules; one at a time per site."""
    watch = parts.site.settings.watch
    intake = Intake(
        parts.ledger,
        parts.vault,
        parts.children,
        parts.clock,
        parts.faults,
        Limits(
            max_bytes=watch.max_mb << 20,
            threshold=parts.site.settings.reading.threshold,
            convert_seconds=watch.convert_seconds,
        ),
        check_data,
    )
    times = Times(watch.settle_seconds, watch.stuck_seconds, watch.quiet_seconds)
    return Watcher(
        intake,
        WatchRules(times, watch.rescan_seconds, watch.poll),
        lock_file=parts.site.path("run/watch.lock"),
    )
