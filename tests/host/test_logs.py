"""Logs: one line each on standard error, from structlog and from the standard library alike."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

PROGRAM = """
import logging, structlog
from slomix import logs
from slomix.settings import LogSettings
logs.setup(LogSettings(format={format!r}, level={level!r}), verbose={verbose})
log = structlog.get_logger("slomix.test")
log.debug("quiet", number=1)
log.info("said", number=2)
logging.getLogger("slomix.old").warning("old %s", "way")
logging.getLogger("discord.gateway").info("chatter")
secret = "canary"
try:
    1 / 0
except ZeroDivisionError:
    log.exception("broke")
"""


def lines(*, shape: str = "json", level: str = "info", verbose: bool = False) -> list[str]:
    text = PROGRAM.format(format=shape, level=level, verbose=verbose)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert "canary" not in done.stderr
    return done.stderr.splitlines()


def test_json_has_one_object_per_line_and_reads_from_the_left() -> None:
    events: list[dict[str, Any]] = [json.loads(line) for line in lines()]
    assert [event["event"] for event in events] == ["said", "old way", "broke"]
    assert list(events[0]) == ["timestamp", "level", "logger", "event", "number"]
    assert events[1]["logger"] == "slomix.old"
    assert "ZeroDivisionError" in events[2]["exception"]


def test_level_and_verbose() -> None:
    assert [json.loads(line)["event"] for line in lines(level="error")] == ["broke"]
    assert json.loads(lines(verbose=True)[0])["event"] == "quiet"


def test_auto_is_json_where_nobody_looks_and_console_is_text() -> None:
    assert json.loads(lines(shape="auto")[0])["event"] == "said"
    assert "number=2" in lines(shape="console")[0]
