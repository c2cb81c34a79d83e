"""A data folder for tests that start the embedded server themselves (a whole program, say)."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from slomix.errors import DatabaseUnavailable
from slomix.storage import embedded


@contextmanager
def private_data_dir() -> Iterator[Path]:
    """A path for SLOMIX_DATA_DIR that does not exist yet; its server is stopped and all is removed at the end.

    pytest's `tmp_path` is closed to other accounts, so as root its cluster would be made, and stay, in `/var/lib`.
    """
    folder = Path(tempfile.mkdtemp(prefix="slomix-data-"))
    folder.chmod(0o755)
    try:
        yield folder / "var"
    finally:
        remove_cluster(folder / "var")
        # a server of a program that has just ended may still tidy up in it
        shutil.rmtree(folder, ignore_errors=True)


def remove_cluster(data_dir: Path) -> None:
    """Stop the server of a data folder and remove the cluster's home where that is elsewhere."""
    if not data_dir.is_dir():
        return
    try:
        home = embedded.status(data_dir).home
        with ThreadPoolExecutor(1) as thread:  # the caller may sit in a running event loop
            thread.submit(lambda: asyncio.run(embedded.stop(data_dir))).result()
    except DatabaseUnavailable:
        return  # not ours to stop
    if home != data_dir:
        shutil.rmtree(home)
