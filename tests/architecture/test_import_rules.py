"""Who may import what: the walls between core, roles and plugins."""

from __future__ import annotations

import subprocess
import sys
from typing import Protocol

import pytest

#: What plugins may use of the core. A trailing `.` allows everything below.
PUBLIC = (
    "slomix.bot.answers",
    "slomix.bot.errors",
    "slomix.bot.manners",
    "slomix.bot.permissions",
    "slomix.bot.sources",
    "slomix.clock",
    "slomix.context",
    "slomix.contrib",
    "slomix.errors",
    "slomix.events",
    "slomix.identity.aliases",
    "slomix.identity.place.prologue",
    "slomix.ingest.names",
    "slomix.names",
    "slomix.nouns",
    "slomix.plugin",
    "slomix.settings",
    "slomix.signals",
    "slomix.testing.",
    "slomix.web.",
)


class Source(Protocol):
    path: str
    imports: frozenset[tuple[str, str]]

    def imported(self, package: str) -> bool: ...


def public(module: str, name: str) -> bool:
    if (module, name) == ("slomix.storage.database", "Connection"):
        return True
    full = f"{module}.{name}"
    return any(
        module == allowed or full == allowed or (allowed.endswith(".") and f"{module}.".startswith(allowed))
        for allowed in PUBLIC
    )


def core(source: Source) -> bool:
    return source.path.startswith("core/")


def test_core_imports_no_plugin(sources: list[Source]) -> None:
    offenders = [
        (source.path, module)
        for source in sources
        if core(source)
        for module, _ in source.imports
        if module.startswith("slomix_")
    ]
    assert offenders == []


def test_plugins_import_only_public_names(sources: list[Source]) -> None:
    offenders = []
    for source in sources:
        if core(source):
            continue
        own = source.path.split("/")[2]
        for module, name in source.imports:
            package = module.split(".")[0]
            if package == "slomix" and not public(module, name):
                offenders.append((source.path, module, name))
            theirs = package.startswith("slomix_") and package != own
            if theirs and module != f"{package}.api" and (module, name) != (package, "api"):
                offenders.append((source.path, module, name))
    assert offenders == []


def test_discord_is_imported_only_where_the_bot_is(sources: list[Source]) -> None:
    def may(path: str) -> bool:
        return path.startswith(("core/slomix/bot/", "core/slomix/testing/discord/")) or "/discord/" in path

    assert [source.path for source in sources if source.imported("discord") and not may(source.path)] == []


@pytest.mark.parametrize("package", ["yoyo", "psycopg"])
def test_the_second_driver_is_imported_only_to_migrate(sources: list[Source], package: str) -> None:
    users = {source.path for source in sources if source.imported(package)}
    assert users <= {"core/slomix/storage/migrate.py"}


@pytest.mark.parametrize(
    ("below", "never"),
    [
        ("core/slomix/host/", ("slomix.bot", "slomix.web", "slomix.cli", "slomix.runtime")),
        ("core/slomix/storage/", ("slomix.bot", "slomix.web", "slomix.cli", "slomix.ingest", "slomix.host")),
        ("core/slomix/identity/", ("slomix.bot", "slomix.web", "slomix.cli", "slomix.host")),
        ("core/slomix/ingest/", ("slomix.bot", "slomix.web", "slomix.cli", "slomix.runtime")),
        ("core/slomix/web/", ("slomix.bot", "slomix.cli")),
        ("core/slomix/bot/", ("slomix.web", "slomix.cli")),
    ],
)
def test_lower_layers_do_not_reach_up(sources: list[Source], below: str, never: tuple[str, ...]) -> None:
    offenders = [
        (source.path, package)
        for source in sources
        if source.path.startswith(below)
        for package in never
        if source.imported(package)
    ]
    assert offenders == []


def modules_after(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after `statement`."""
    report = "import sys; print(' '.join({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", f"{statement}\n{report}"], capture_output=True, check=True, text=True)
    return set(done.stderr.splitlines()[-1].split())


def test_help_imports_nothing_heavy() -> None:
    loaded = modules_after("from slomix.cli.program import run; assert run(['--help']) == 0")
    heavy = {"asyncpg", "starlette", "discord", "uvicorn", "pydantic", "structlog", "rich", "asyncio", "msgspec"}
    assert loaded & heavy == set()


@pytest.mark.parametrize("module", ["slomix.runtime", "slomix.web.app", "slomix.bot.client", "slomix.host.host"])
def test_roles_other_than_the_bot_do_not_load_discord_or_yoyo(module: str) -> None:
    assert modules_after(f"import {module}") & {"discord", "yoyo", "psycopg"} == set()
