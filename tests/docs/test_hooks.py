"""docs/hooks.md: every hook with its exact signature, and its example running in a whole program."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
import sys
import textwrap
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import discord
import pytest
import pytest_asyncio

from slomix.bot.digest import digest_post
from slomix.contrib import Capability, Check, CliCommand, DigestBlock, Export, Importer, Post, Simulator
from slomix.host.loader import hook_names
from slomix.people.audit import Who
from slomix.plugin import Plugin
from slomix.testing.discord.fixtures import Chat
from slomix.testing.running import Running, running


def _pages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_pages", Path(__file__).with_name("pages.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


PAGES = _pages()
BLOCKS = PAGES.blocks(PAGES.DOCS / "hooks.md")
TESTS = [path for folder in ("tests", "plugins") for path in (PAGES.DOCS.parent / folder).rglob("test_*.py")]


def signature(hook: str) -> str:
    """A hook as `Plugin` declares it, without the name of the module in its types."""
    function = vars(Plugin)[hook]
    word = "async def" if inspect.iscoroutinefunction(function) else "def"
    return f"{word} {hook}{inspect.signature(function)}".replace("'", "")


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """All examples of the page as one installed plugin."""
    (head,) = [block.text for block in BLOCKS if block.words == "head"]
    methods = [textwrap.indent(textwrap.dedent(block.text), "    ") for block in BLOCKS if block.words == "example"]
    text = "\n".join([head, *methods])
    (tmp_path / "slomix_applause.py").write_text(text + "\nplugin = Applause()\n", "utf-8")
    info = tmp_path / "slomix_applause-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: slomix-applause\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[slomix]\napplause = slomix_applause:plugin\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield importlib.import_module("slomix_applause")
    sys.modules.pop("slomix_applause")


@pytest_asyncio.fixture
async def house(dsn: str, module: ModuleType) -> AsyncIterator[Running]:
    async with running(dsn, "applause", role="all") as program:
        yield program


@pytest.mark.parametrize("hook", hook_names())
def test_every_hook_is_documented_with_its_signature(hook: str) -> None:
    found = [block for block in BLOCKS if block.heading == hook]
    assert [block.words for block in found] == ["signature", "example"]
    assert found[0].text.strip() == signature(hook)


def test_no_other_hook_is_documented() -> None:
    assert {block.heading for block in BLOCKS if block.words == "signature"} == set(hook_names())


@pytest.mark.parametrize("hook", hook_names())
def test_every_hook_has_a_test_of_its_name(hook: str) -> None:
    named = re.compile(rf"^(?:async )?def test_hook_{hook}\b", re.MULTILINE)
    assert any(named.search(path.read_text("utf-8")) for path in TESTS)


async def test_hook_register_parsers(house: Running, module: ModuleType) -> None:
    outcome = await house.give("one.clap", b"clap clap\n")
    assert outcome.outcome == "imported"
    assert f"stored {outcome.round_id}" in module.plugin.seen
    refused = await house.give("two.clap", b"boo\n")
    assert (refused.outcome, refused.reason) == ("quarantined", "bad_header")


async def test_hook_register_handlers(house: Running, module: ModuleType) -> None:
    await house.play("radar")
    await house.settle()
    assert module.plugin.seen.count("clapped for radar") == 1


async def test_hook_register_jobs(house: Running, module: ModuleType) -> None:
    await house.play("radar")
    await house.settle()
    assert module.plugin.seen.count("bowed on radar") == 1


async def test_hook_register_services(house: Running, module: ModuleType) -> None:
    await house.play()
    assert await house.runtime.services.get(module.ApplauseV1).total() == 1


async def test_hook_register_commands(house: Running, chat: Chat) -> None:
    await chat.start(house.cogs())
    answer = await chat.fake.person.slash("applause now")
    assert answer.text == "clap clap"


async def test_hook_register_posts(house: Running) -> None:
    (post,) = [found.record for found in house.runtime.host.records(Post)]
    embed = await post.render("supply")
    assert embed.title == "Applause for supply"


async def test_hook_register_digest_blocks(house: Running) -> None:
    post = digest_post(house.runtime.db, house.runtime.settings.core, house.runtime.host.records(DigestBlock))
    await house.play()
    session_id = await house.runtime.db.fetchval("select id from slomix.session")
    embed = await post.render(session_id)
    assert isinstance(embed, discord.Embed)
    assert [(field.name, field.value) for field in embed.fields] == [("Applause", f"for the session {session_id}")]


async def test_hook_register_routes(house: Running) -> None:
    await house.play()
    assert (await house.web.get("/applause/api/v1/total")).json() == {"rounds": 1}


async def test_hook_register_exports(house: Running) -> None:
    round_id = await house.play()
    (export,) = [found.record for found in house.runtime.host.records(Export)]
    context = house.runtime.host.context("applause")
    assert [row async for row in export.rows(context.db)] == [{"round_id": round_id}]


async def test_hook_register_cli(house: Running, capsys: pytest.CaptureFixture[str]) -> None:
    house.runtime.host.declare(("register_cli",))
    (command,) = [found.record.command for found in house.runtime.host.records(CliCommand)]
    command.main([], standalone_mode=False)
    assert capsys.readouterr().out == "clap clap\n"


async def test_hook_register_checks(house: Running) -> None:
    (check,) = [found.record for found in house.runtime.host.records(Check)]
    assert (await check.run()).ok


async def test_hook_register_simulators(house: Running, tmp_path: Path) -> None:
    house.runtime.host.declare(("register_simulators",))
    (simulator,) = [found.record for found in house.runtime.host.records(Simulator)]
    outcomes = await house.take(simulator.run(tmp_path, rounds=1))
    assert [outcome.outcome for outcome in outcomes] == ["imported"]


async def test_hook_register_capabilities(house: Running) -> None:
    (capability,) = [found.record for found in house.runtime.host.records(Capability)]
    assert (capability.name, capability.default) == ("applause.stop", "admin")


async def test_hook_register_people(house: Running, module: ModuleType) -> None:
    await house.play(players=("fragger", "medic"))
    people, who = house.runtime.people, Who(actor="cli:test")
    fragger, medic = await people.the_one("fragger"), await people.the_one("medic")
    module.plugin.claps = {fragger.player_id: 2, medic.player_id: 3}
    await people.merge(who, fragger.player_id, medic.player_id, together=True)
    assert module.plugin.claps == {medic.player_id: 5}
    person = await people.person("medic")
    assert (await people.export(person))["plugins"] == {"applause": {"claps": 5}}
    stranger = await people.forget(who, person)
    assert module.plugin.claps == {stranger.player_id: 5}


async def test_hook_register_importers(house: Running, module: ModuleType) -> None:
    await house.play(players=("fragger",))
    house.runtime.host.declare(("register_importers",))
    (importer,) = [found.record for found in house.runtime.host.records(Importer)]
    async with house.runtime.db.transaction() as tx:
        assert await importer.take(tx, {"player": "fragger", "claps": "7"}, "cli:test")
        assert not await importer.take(tx, {"player": "fragger", "claps": "7"}, "cli:test")
    assert list(module.plugin.claps.values()) == [7]


async def test_hook_register_hookspecs(house: Running, module: ModuleType) -> None:
    given = house.runtime.host.context("applause").contributions.of(module.Rhythm)
    assert [(each.plugin, each.record.beats) for each in given] == [("applause", "clap clap clap")]


async def test_hook_startup(house: Running, module: ModuleType) -> None:
    assert module.plugin.seen == ["started"]


async def test_hook_shutdown(dsn: str, module: Any) -> None:
    async with running(dsn, "applause"):
        assert "stopped" not in module.plugin.seen
    assert module.plugin.seen == ["started", "stopped"]
