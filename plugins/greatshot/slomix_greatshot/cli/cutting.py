"""`slomix greatshot cut FILE --start MS --end MS -o OUT`: a clip without loss."""

from __future__ import annotations

from pathlib import Path

import click

from slomix_greatshot.demo.cutter import cut as cut_demo


@click.command(short_help="Cut a clip out of a demo.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--start", type=int, required=True, metavar="MS", help="Server time where the clip begins.")
@click.option("--end", type=int, required=True, metavar="MS", help="Server time where it ends.")
@click.option("-o", "out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The clip's file.")
def cut(file: Path, start: int, end: int, out: Path) -> None:
    """Cut a clip that plays by itself; every snapshot in it is exactly the one of the demo."""
    if not out.parent.is_dir():
        raise click.BadParameter(f"there is no folder {out.parent}", param_hint="-o")
    clip = cut_demo(file, start, end, out)
    click.echo(f"{out}: {clip.snapshots} snapshots from {clip.start_ms} to {clip.end_ms}")
