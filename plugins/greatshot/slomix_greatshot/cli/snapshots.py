"""`slomix greatshot snapshots FILE`: the checksum of each snapshot."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from slomix_greatshot.demo.frames import snapshots as snapshots_of


@click.command(short_help="Write the checksum of each snapshot.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def snapshots(file: Path) -> None:
    """Write `{"i", "time", "crc"}` for each snapshot, one JSON object per line."""
    encode = msgspec.json.Encoder().encode
    for snapshot in snapshots_of(file):
        sys.stdout.write(encode(snapshot).decode() + "\n")
