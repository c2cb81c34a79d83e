"""The parsers of what rounds have besides their stats file."""

from __future__ import annotations

from collections.abc import Iterator

from slomix.contrib import Parser
from slomix_stats.inputs import endstats, gametimes, peer, report, webhook
from slomix_stats.inputs.store import store_endstats, store_peer, store_report
from slomix_stats.people.files import endstats_without, report_without

#: The longest genuine ones: 64 players in every block, and their spawns.
_ENDSTATS_BYTES = 256 << 10
_REPORT_BYTES = 256 << 10
#: Every shot that hit somebody is in it.
_PEER_BYTES = 32 << 20


def parsers() -> Iterator[Parser]:
    """One parser per format."""
    yield Parser(
        name="endstats",
        version=endstats.ENDSTATS_VERSION,
        sniff=endstats.sniff,
        parse=endstats.parse,
        sighting=endstats.sighting,
        without=endstats_without,
        store=store_endstats,
        max_bytes=_ENDSTATS_BYTES,
        named=True,
    )
    for name, module in (("gametimes", gametimes), ("webhook", webhook)):
        yield Parser(
            name=name,
            version=report.REPORT_VERSION,
            sniff=module.sniff,
            parse=module.parse,
            sighting=report.sighting,
            without=report_without,
            store=store_report,
            text=False,
            max_bytes=_REPORT_BYTES,
        )
    yield Parser(
        name="peer",
        version=peer.PEER_VERSION,
        sniff=peer.sniff,
        parse=peer.parse,
        sighting=peer.sighting,
        without=report_without,
        store=store_peer,
        text=False,
        max_bytes=_PEER_BYTES,
        kept=peer.kept,
    )
