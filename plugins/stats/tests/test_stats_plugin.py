"""The plugin's face: its entry point, what it declares, and that looking at it costs nothing."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points

import pytest
from pydantic import ValidationError

from slomix.contrib import Parser
from slomix.plugin import ENTRY_POINT_GROUP
from slomix.testing.declared import records_of
from slomix_stats.plugin import StatsPlugin, StatsSettings


def test_the_entry_point_is_the_plugin():
    (found,) = entry_points(group=ENTRY_POINT_GROUP, name="stats")
    assert isinstance(found.load(), StatsPlugin)


@pytest.mark.parametrize("module", ["slomix_stats", "slomix_stats.api", "slomix_stats.parser", "slomix_stats.scoring"])
def test_what_others_import_is_light(module):
    heavy = "{'asyncpg', 'discord', 'starlette', 'pydantic', 'jinja2'}"
    code = f"import sys, {module}; sys.exit(' '.join({heavy} & sys.modules.keys()) or 0)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr == ""


def test_what_it_reads_writes_and_plays():
    plugin = StatsPlugin()
    assert "stats" in {each.record.name for each in records_of(Parser, "register_parsers", "stats")}
    exports = {export.kind for export in plugin.register_exports(None)}
    assert exports >= {"player-rounds", "matches", "sessions"}
    assert [simulator.name for simulator in plugin.register_simulators(None)] == ["stats"]


def test_a_leaderboard_asks_for_at_least_one_round():
    assert StatsSettings().min_rounds == 3
    with pytest.raises(ValidationError):
        StatsSettings(min_rounds=0)
