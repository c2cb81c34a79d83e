"""Worker processes that read demos: kept warm, limited in time and memory, replaced when they fail."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from slomix.errors import SlomixError
from slomix_greatshot.demo.cutter import Clip
from slomix_greatshot.highlights import Tuning
from slomix_greatshot.scan import messages

#: A scan of a 2-hour demo takes half a second, uncompiled about a minute.
SECONDS = 60.0
MEGABYTES = 512
#: A worker that has read so many is replaced: whatever it may hold on to goes with it.
ASKS = 200
_GRACE = 2.0
#: How often a demo is read to cut a clip: for its begin, for what is before it, and the clip itself.
_PASSES = 3


class ScanFailed(SlomixError):
    """A worker could not read a file; the text says why."""


class ScanStopped(SlomixError):
    """The workers were ended meanwhile: nothing is said of the file."""


class Worker:
    """One process. `ask` blocks; a second thread ends the process when the time is over."""

    def __init__(self, megabytes: int) -> None:
        self.asked = 0
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = subprocess.Popen(  # noqa: S603  our own module, and a number
            [sys.executable, "-m", "slomix_greatshot.scan.child", str(megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self._late = False

    def ask(self, ask: messages.Ask, seconds: float) -> messages.Answer:
        """Raises `ScanFailed` when the process did not answer; it is of no use any more then."""
        self.asked += 1
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        timer = threading.Timer(seconds + _GRACE, self._expire)
        timer.daemon = True
        timer.start()
        try:
            messages.write(stdin, ask)
            answer = messages.read(stdout, messages.Answer)
        except (OSError, ValueError) as error:
            raise ScanFailed(f"{ask.file} was not read: {error}") from error
        finally:
            timer.cancel()
        if answer is None:
            raise ScanFailed(f"{ask.file} was not read: {self._end(seconds)}")
        if answer.error is not None:
            raise ScanFailed(f"{ask.file} was not read: {answer.error}")
        return answer

    def kill(self) -> None:
        """End the process; whoever waits for its answer hears so."""
        self._process.kill()

    def stop(self) -> None:
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with suppress(OSError):
                    stream.close()
        self._process.wait()

    def _expire(self) -> None:
        self._late = True
        self._process.kill()

    def _end(self, seconds: float) -> str:
        code = self._process.wait()
        if self._late:
            return f"it took longer than {seconds:g} s"
        return f"the worker ended with signal {-code}" if code < 0 else f"the worker ended with exit code {code}"


class Workers:
    """At most `count` workers. `scan` may be called from any number of threads."""

    def __init__(self, count: int = 1, *, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        self._seconds, self._megabytes = seconds, megabytes
        self._room = threading.BoundedSemaphore(count)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def scan(
        self, file: Path | str, *, whole: bool = False, old_protocol: bool = False, tuning: Tuning | None = None
    ) -> messages.Answer:
        """The report of a file and, when `whole`, the demo and its highlights.

        Raises `ScanFailed` when no worker could say anything, `ScanStopped` when they were ended meanwhile.
        """
        ask = messages.Ask(file=str(file), whole=whole, seconds=self._seconds, old_protocol=old_protocol, tuning=tuning)
        with self._worker() as worker:
            return worker.ask(ask, self._seconds)

    def cut(self, file: Path | str, start_ms: int, end_ms: int, out: Path | str) -> Clip:
        """Write a clip, checked snapshot by snapshot. Raises `ScanFailed` with the reason."""
        window = messages.Window(start_ms=start_ms, end_ms=end_ms, out=str(out))
        ask = messages.Ask(file=str(file), whole=False, seconds=_PASSES * self._seconds, cut=window)
        with self._worker() as worker:
            answer = worker.ask(ask, ask.seconds)
        assert answer.clip is not None
        return answer.clip

    def stop(self) -> None:
        """End all of them, those that work too."""
        with self._lock:
            self._stopped = True
            idle, self._idle = self._idle, []
            for worker in self._busy:
                worker.kill()
        for worker in idle:
            worker.stop()

    @contextmanager
    def _worker(self) -> Iterator[Worker]:
        with self._room:
            worker = self._taken()
            try:
                yield worker
            except BaseException as error:
                self._drop(worker)
                if self._stopped and isinstance(error, ScanFailed):
                    raise ScanStopped("the workers were ended") from error
                raise
            if worker.asked >= ASKS or self._stopped:
                self._drop(worker)
                return
            with self._lock:
                self._busy.discard(worker)
                self._idle.append(worker)

    def _taken(self) -> Worker:
        """One that waits, or a new one."""
        with self._lock:
            if self._stopped:
                raise ScanStopped("the workers were ended")
            worker = self._idle.pop() if self._idle else Worker(self._megabytes)
            self._busy.add(worker)
            return worker

    def _drop(self, worker: Worker) -> None:
        with self._lock:
            self._busy.discard(worker)
        worker.stop()
