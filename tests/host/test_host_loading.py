"""What becomes of plugins that are wrong in every way before anything of them runs."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slomix.errors import NotHealthy, PluginError
from slomix.host.host import Host
from slomix.settings import Settings

Install = Callable[..., None]
Told = Callable[..., Settings]

HEALTHY = """
class P(Plugin):
    name = "healthy"
"""


def loaded(settings: Settings, **choice: Any) -> Host:
    host = Host(settings, **choice)
    host.load()
    return host


def plugin(name: str, rest: str = "") -> str:
    return f"class P(Plugin):\n    name = {name!r}\n{rest}\n"


def test_only_chosen_plugins_are_imported(install: Install, told: Told) -> None:
    install("healthy", HEALTHY)
    install("idle", plugin("idle"))
    install("off", plugin("off"))
    host = loaded(told("healthy", "ghost", off=("off",)))
    assert [entry.name for entry in host.loaded] == ["healthy"]
    assert {name: host.states[name].state for name in ("healthy", "idle", "off", "ghost")} == {
        "healthy": "loaded",
        "idle": "disabled",
        "off": "disabled",
        "ghost": "missing",
    }
    assert "slomix plugins enable idle" in host.states["idle"].reason
    assert "install slomix-ghost" in host.states["ghost"].reason
    assert "slomix_idle" not in sys.modules
    assert "slomix_off" not in sys.modules


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("import nonsuch_module\n", "import: ModuleNotFoundError"),
        ("raise SystemExit(3)\n", "import: SystemExit: 3"),
        ("other = 1\n", "import: AttributeError"),
        ("class Q(Plugin):\n    name = 'broken'\nplugin = Q\n", "is a class"),
        ("plugin = 3\n", "is a int"),
        (plugin("other"), "calls itself 'other'"),
        (plugin("broken", "    requires = 'healthy'"), "requires is a string"),
        (
            plugin("broken", "    @hookimpl\n    def register_rotues(self, ctx):\n        return ()"),
            "did you mean register_routes?",
        ),
        (plugin("broken", "    def register_routes(self, ctx):\n        return ()"), "register_routes lacks @hookimpl"),
        (plugin("broken", "    @hookimpl\n    def register_routes(self, context):\n        return ()"), "(self, ctx)"),
        (plugin("broken", "    @hookimpl\n    def startup(self, ctx):\n        return None"), "must be `async def`"),
        (plugin("broken", "    @hookimpl\n    async def register_jobs(self, ctx):\n        yield 1"), "plain `def`"),
    ],
)
def test_a_broken_plugin_is_failed_with_its_reason_and_the_others_go_on(
    install: Install, told: Told, body: str, reason: str
) -> None:
    install("broken", body)
    install("healthy", HEALTHY)
    host = loaded(told("broken", "healthy"))
    assert host.states["broken"].state == "failed"
    assert reason in host.states["broken"].reason
    assert "\n" not in host.states["broken"].reason
    assert [entry.name for entry in host.loaded] == ["healthy"]


def test_ctrl_c_while_importing_ends_the_program(install: Install, told: Told) -> None:
    install("slow", "import time; time.sleep(5)\n")
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        loaded(told("slow"))
    assert time.monotonic() - began < 2


def test_a_plugin_for_another_core_is_known_without_importing_it(install: Install, told: Told) -> None:
    install("older", plugin("older"), requires="slomix<0.1,>=0.0.1", version="2.5")
    host = loaded(told("older"))
    assert host.states["older"].state == "incompatible"
    assert "slomix-older 2.5 needs slomix <0.1,>=0.0.1, this is " in host.states["older"].reason
    assert "slomix_older" not in sys.modules


def test_a_plugin_that_needs_a_broken_one_is_blocked_and_so_is_the_next(install: Install, told: Told) -> None:
    install("third", plugin("third", "    requires = ('second',)"))
    install("second", plugin("second", "    requires = ('first',)"))
    install("first", "raise SystemExit(1)\n")
    host = loaded(told("third", "second", "first"))
    states = {name: host.states[name].state for name in ("first", "second", "third")}
    assert states == {"first": "failed", "second": "blocked", "third": "blocked"}
    assert "needs first, which is failed" in host.states["second"].reason


def test_a_required_plugin_that_is_off_or_not_installed_blocks(install: Install, told: Told) -> None:
    install("one", plugin("one", "    requires = ('off',)"))
    install("two", plugin("two", "    requires = ('nowhere',)"))
    install("off", plugin("off"))
    host = loaded(told("one", "two"))
    assert "slomix plugins enable off" in host.states["one"].reason
    assert "nowhere, which is not installed" in host.states["two"].reason


def test_order_follows_requires_and_after_and_then_the_file(install: Install, told: Told) -> None:
    install("d", plugin("d", "    requires = ('b',)"))
    install("c", plugin("c", "    after = ('a', 'not_there')"))
    install("b", plugin("b"))
    install("a", plugin("a"))
    host = loaded(told("d", "c", "b", "a"))
    assert [entry.name for entry in host.loaded] == ["b", "d", "a", "c"]


def test_a_circle_fails_its_members_and_prints_it(install: Install, told: Told) -> None:
    install("a", plugin("a", "    requires = ('b',)"))
    install("b", plugin("b", "    after = ('a',)"))
    install("c", plugin("c", "    requires = ('a',)"))
    install("healthy", HEALTHY)
    host = loaded(told("a", "b", "c", "healthy"))
    assert "a → b → a" in host.states["a"].reason
    assert [host.states[name].state for name in "abc"] == ["failed", "failed", "blocked"]
    assert [entry.name for entry in host.loaded] == ["healthy"]


def test_an_unknown_setting_and_a_secret_in_the_file_fail_only_their_plugin(install: Install, told: Told) -> None:
    body = """
    from pydantic import SecretStr
    class S(PluginSettings):
        rounds: int = 3
        key: SecretStr | None = None
    class P(Plugin):
        name = {!r}
        Settings = S
    """
    install("typo", body.format("typo"))
    install("leak", body.format("leak"))
    install("fine", body.format("fine"))
    host = loaded(
        told("typo", "leak", "fine", sections={"typo": {"ronds": 1}, "leak": {"key": "canary"}, "fine": {"rounds": 9}})
    )
    assert "Did you mean settings.typo.rounds?" in host.states["typo"].reason
    assert "SLOMIX_LEAK__KEY" in host.states["leak"].reason
    assert "canary" not in host.states["leak"].reason
    assert [(entry.name, entry.settings.model_dump()["rounds"]) for entry in host.loaded] == [("fine", 9)]


def test_only_and_without_narrow_the_choice(install: Install, told: Told) -> None:
    install("a", plugin("a"))
    install("b", plugin("b"))
    assert [entry.name for entry in loaded(told("a", "b"), only=("b",)).loaded] == ["b"]
    host = loaded(told("a", "b"), without=("b",))
    assert [entry.name for entry in host.loaded] == ["a"]
    assert "--without" in host.states["b"].reason
    with pytest.raises(PluginError, match="no plugin nonsense"):
        loaded(told("a"), only=("nonsense",))


def test_strict_refuses_and_lists_every_reason(install: Install, told: Told) -> None:
    install("broken", "raise SystemExit(9)\n")
    install("healthy", HEALTHY)
    with pytest.raises(NotHealthy) as error:
        loaded(told("healthy", "broken", "ghost", strict=True))
    assert error.value.exit_code == 3
    assert "broken is failed: import: SystemExit: 9" in str(error.value)
    assert "ghost is missing" in str(error.value)


def test_two_distributions_with_one_plugin_are_refused(install: Install, told: Told, tmp_path: Path) -> None:
    install("healthy", HEALTHY)
    info = tmp_path / "site" / "impostor-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: impostor\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[slomix]\nhealthy = nowhere:plugin\n")
    host = loaded(told("healthy"))
    assert host.states["healthy"].state == "incompatible"
    assert "impostor" in host.states["healthy"].reason


def test_a_migrations_folder_is_found_in_the_package(install: Install, told: Told, tmp_path: Path) -> None:
    install("healthy", HEALTHY)
    assert loaded(told("healthy")).loaded[0].migrations is None
    folder = tmp_path / "site" / "migrations"
    folder.mkdir()
    assert loaded(told("healthy")).loaded[0].migrations == folder
