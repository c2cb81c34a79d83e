"""Hooks that a plugin offers to others: given, counted, translated, and told where they are wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import structlog

from slomix.clock import SystemClock
from slomix.context import PluginContext
from slomix.contrib import Static
from slomix.host.extensions import Given
from slomix.host.host import RECORDS, Host
from slomix.host.loader import LoadedPlugin
from slomix.settings import Settings

Install = Callable[..., None]
Told = Callable[..., Settings]

OWNER = """
from dataclasses import dataclass
from pathlib import Path
from slomix.plugin import hookspec

@dataclass(frozen=True)
class Song:
    title: str

class Hooks:
    @hookspec
    def owner_songs(self, ctx):
        return ()

def translate(plugin, song):
    if song.title == "untranslatable":
        raise ValueError("no words")
    yield Static(folder=Path("/", plugin, song.title))

class P(Plugin):
    name = "owner"

    @hookimpl
    def register_hookspecs(self, ctx):
        yield HookSpecs(hooks=Hooks, records={"owner_songs": (Song,)}, translate=translate)
"""
SINGER = """
class P(Plugin):
    name = "singer"
    after = ("owner",)

    @hookimpl
    def %s(self, ctx):
        from slomix_owner import Song
        yield %s
"""


@pytest.fixture
def extended(install: Install, told: Told) -> Callable[..., Host]:
    def make(hook: str, record: str, *, owner: str | None = OWNER) -> Host:
        names = ["singer"]
        if owner is not None:
            install("owner", owner)
            names.insert(0, "owner")
        install("singer", SINGER % (hook, record))
        host = Host(told(*names))
        host.load()
        host.register(lambda entry: context(host, entry), RECORDS)
        host.extend()
        return host

    return make


def context(host: Host, entry: LoadedPlugin) -> PluginContext:
    nothing: Any = None
    return PluginContext(
        name=entry.name,
        settings=entry.settings,
        core=host.settings.core,
        db=nothing,
        events=nothing,
        jobs=nothing,
        posts=nothing,
        services=nothing,
        contributions=Given(host, entry.name),
        tasks=host.tasks(entry.name),
        people=nothing,
        clock=SystemClock(),
        log=structlog.get_logger(entry.name),
    )


def given(host: Host, owner: str) -> list[tuple[str, str]]:
    from slomix_owner import Song  # type: ignore[import-not-found]

    return [(each.plugin, each.record.title) for each in host.context(owner).contributions.of(Song)]


def test_what_is_given_reaches_the_owner_and_what_it_stands_for_the_core(extended: Callable[..., Host]) -> None:
    host = extended("owner_songs", "Song('anthem')")
    assert given(host, "owner") == [("singer", "anthem")]
    assert [(c.plugin, str(c.record.folder)) for c in host.records(Static)] == [("singer", "/singer/anthem")]
    assert given(host, "singer") == []


@pytest.mark.parametrize(
    ("hook", "record", "told_of"),
    [
        ("owner_song", "Song('anthem')", "has no such hook; did you mean owner_songs?"),
        ("owner_songs", "'anthem'", "gave a str where Song is expected"),
        ("owner_songs", "Song('untranslatable')", "ValueError: no words"),
    ],
)
def test_what_is_wrong_degrades_who_gave_it(
    extended: Callable[..., Host], hook: str, record: str, told_of: str
) -> None:
    host = extended(hook, record)
    assert host.states["singer"].state == "degraded"
    assert told_of in host.states["singer"].reason
    assert host.is_active("owner")


def test_a_hook_of_a_plugin_that_is_absent_is_no_mistake(extended: Callable[..., Host]) -> None:
    host = extended("owner_songs", "Song('anthem')", owner=None)
    assert (host.states["singer"].state, host.states["singer"].reason) == ("loaded", "")


def test_a_hook_that_is_not_named_after_its_owner_fails_the_owner(extended: Callable[..., Host]) -> None:
    host = extended("owner_songs", "Song('anthem')", owner=OWNER.replace("owner_songs", "songs"))
    assert host.states["owner"].state == "failed"
    assert "must begin with owner_" in host.states["owner"].reason
    assert host.states["singer"].state == "loaded"
