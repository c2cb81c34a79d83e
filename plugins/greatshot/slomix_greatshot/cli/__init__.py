"""`slomix greatshot scan`, `snapshots` and `cut`: they need neither settings nor a database."""

from __future__ import annotations

import click

from slomix_greatshot.cli.cutting import cut
from slomix_greatshot.cli.scanning import scan
from slomix_greatshot.cli.snapshots import snapshots

__all__ = ["offline"]


@click.group()
def offline() -> None:
    """Read demos."""


for _command in (scan, snapshots, cut):
    offline.add_command(_command)
