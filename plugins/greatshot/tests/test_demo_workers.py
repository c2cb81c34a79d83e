"""Worker processes: warm, limited in time and memory, replaced when they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from slomix_greatshot.checks import reader
from slomix_greatshot.demo import READER
from slomix_greatshot.scan import messages
from slomix_greatshot.scan.workers import ScanFailed, Workers
from slomix_greatshot.simulate.example import example


@pytest.fixture
def made(tmp_path: Path) -> Path:
    example(tmp_path / "match.dm_84")
    return tmp_path / "match.dm_84"


def test_a_worker_reads_one_file_after_another(made: Path, tmp_path: Path) -> None:
    with Workers(1) as workers:
        first = workers.scan(made)
        assert first.report is not None
        assert (first.report.ok, first.report.map, len(first.report.obituaries)) == (True, "supply", 6)
        assert first.demo is None
        refused = workers.scan(tmp_path / "none.dm_84")
        assert refused.report is not None
        assert refused.report.error == f"{tmp_path / 'none.dm_84'} can not be read: No such file or directory"
        whole = workers.scan(made, whole=True)
        assert whole.demo is not None
        assert whole.demo.rounds[1].map == "adlernest"
        assert len(workers._idle) == 1


def test_a_worker_that_ends_is_replaced(made: Path) -> None:
    with Workers(1) as workers:
        workers.scan(made)
        os.kill(workers._idle[0]._process.pid, signal.SIGKILL)
        workers._idle[0]._process.wait()
        with pytest.raises(ScanFailed, match=r"match\.dm_84 was not read: "):
            workers.scan(made)
        again = workers.scan(made)
        assert again.report is not None
        assert again.report.ok


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    """A pipe that nobody writes to takes for ever."""
    os.mkfifo(tmp_path / "endless.dm_84")
    with Workers(1, seconds=0.2) as workers:
        began = time.monotonic()
        with pytest.raises(ScanFailed, match=r"it took longer than 0\.2 s"):
            workers.scan(tmp_path / "endless.dm_84")
        assert time.monotonic() - began < 30
        assert workers._idle == []


def test_memory_has_an_end(made: Path) -> None:
    with Workers(1, megabytes=300) as workers:
        workers.scan(made)
        limits = Path(f"/proc/{workers._idle[0]._process.pid}/limits").read_text("ascii")
    assert f"Max address space         {300 << 20} " in limits
    code = "from slomix_greatshot.scan.child import restrict; restrict(300); bytearray(400 << 20)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "MemoryError"


def test_a_message_that_is_none_is_refused() -> None:
    import io

    with pytest.raises(ValueError, match="a message of 4294967295 bytes"):
        messages.read(io.BytesIO(b"\xff\xff\xff\xff"), messages.Ask)
    assert messages.read(io.BytesIO(b""), messages.Ask) is None


async def test_the_doctor_says_which_reader_runs() -> None:
    told = await reader()
    assert told.ok
    assert ("native" if READER == "native" else "Python") in told.detail


def test_the_python_reader_can_be_asked_for() -> None:
    code = "import asyncio; from slomix_greatshot.checks import reader; print(asyncio.run(reader()).detail)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "SLOMIX_GREATSHOT_READER": "python"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "demos are read by the Python reader, as SLOMIX_GREATSHOT_READER says\n"
