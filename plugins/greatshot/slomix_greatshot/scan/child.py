"""The worker: `python -m slomix_greatshot.scan.child MEGABYTES` reads the demos that it is asked for."""

from __future__ import annotations

import gc
import os
import sys
from functools import cache

from slomix.errors import SlomixError
from slomix_greatshot.demo import Limits, read
from slomix_greatshot.demo.cutter import cut
from slomix_greatshot.highlights import find
from slomix_greatshot.scan import messages
from slomix_greatshot.scan.report import refusal, report


def restrict(megabytes: int) -> None:
    """No more memory than this and no core dumps, where the system has such limits."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    size = megabytes << 20
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        size = min(size, hard)
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


def restrict_seconds(seconds: float) -> None:
    """The system ends this process should it compute longer; whoever asked looks at the clock as well."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 2, hard))


def answer(ask: messages.Ask) -> messages.Answer:
    try:
        demo = read(ask.file, limits=Limits(seconds=ask.seconds), old_protocol=ask.old_protocol)
        found = find(demo, ask.tuning)
        told = report(ask.file, demo, found)
        return messages.Answer(report=told, demo=demo, found=list(found)) if ask.whole else messages.Answer(report=told)
    except SlomixError as error:
        return messages.Answer(report=refusal(ask.file, str(error)))
    except OSError as error:
        return messages.Answer(report=refusal(ask.file, f"{ask.file} can not be read: {error.strerror}"))


@cache
def give_way() -> None:
    """Somebody waits for a scan, nobody for a clip: this process takes what others leave, from now on."""
    if hasattr(os, "nice"):
        os.nice(10)


def clip(ask: messages.Ask, window: messages.Window) -> messages.Answer:
    give_way()
    try:
        return messages.Answer(clip=cut(ask.file, window.start_ms, window.end_ms, window.out))
    except SlomixError as error:
        return messages.Answer(error=str(error))
    except OSError as error:
        return messages.Answer(error=f"{ask.file} can not be cut: {error.strerror}")


def main() -> None:
    restrict(int(sys.argv[1]))
    gc.disable()  # a demo is a tree of values: nothing that only the collector finds is left behind
    while ask := messages.read(sys.stdin.buffer, messages.Ask):
        restrict_seconds(ask.seconds)
        try:
            told = answer(ask) if ask.cut is None else clip(ask, ask.cut)
        except MemoryError:
            told = messages.Answer(error="it needs more memory than a scan may use")
        messages.write(sys.stdout.buffer, told)
        del told


if __name__ == "__main__":
    main()
