"""The tree of `/stats`: within Discord's limits, and every old command has its answer in docs/commands.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from slomix.bot.words import vocabulary
from slomix_stats.discord.cog import StatsCog
from slomix_stats.discord.commands import LATEST
from slomix_stats.discord.old_words import WORDS

REPO = Path(__file__).parents[3]
#: What Discord allows for names, descriptions and choices of one top-level command together.
MOST_CHARACTERS = 8000
TABLE = re.compile(r"^\| `(\w+)`(?: \(([^)]*)\))? \| (.+) \|$", re.MULTILINE)
PATH = re.compile(r"`/([a-z ]+)`")


@cache
def published() -> dict[str, Any]:
    nothing: Any = None
    bot = commands.Bot("!", intents=discord.Intents.none())
    group = StatsCog(nothing).app_command
    assert group is not None
    return group.to_dict(bot.tree)


def leaves(item: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    path = f"{prefix}{item['name']}"
    below = [option for option in item.get("options", ()) if option["type"] in (1, 2)]
    for option in below:
        yield from leaves(option, f"{path} ")
    if not below:
        yield path, item


def paths() -> set[str]:
    return {path for path, _ in leaves(published())} | {LATEST}


def characters(item: dict[str, Any]) -> int:
    choices = sum(len(each["name"]) + len(str(each["value"])) for each in item.get("choices") or ())
    return len(item["name"]) + len(item["description"]) + choices + sum(map(characters, item.get("options", ())))


def rows() -> list[tuple[list[str], str]]:
    """(names of the old command that are carried over, what the table says) of docs/commands.md."""
    text = (REPO / "docs" / "commands.md").read_text()
    return [
        ([name, *re.findall(r"(?<!~)`(\w+)`(?!~)", aliases or "")], says) for name, aliases, says in TABLE.findall(text)
    ]


def test_the_tree_is_within_the_limits_of_discord() -> None:
    tree = published()
    assert characters(tree) <= MOST_CHARACTERS
    for item in (tree, *tree["options"]):
        assert len(item.get("options", ())) <= 25
    for path, leaf in leaves(tree):
        for option in leaf.get("options", ()):
            assert option["description"] not in ("", "…"), f"/{path} does not describe {option['name']}"
            assert 1 <= len(option["description"]) <= 100


def test_every_word_fills_options_that_its_command_has() -> None:
    found = dict(leaves(published()))
    for word in WORDS:
        known = {option["name"]: option for option in found[word.command].get("options", ())}
        assert {*word.options, *word.fixed} <= set(known), word
        missing = [name for name, option in known.items() if option.get("required") and name not in word.options]
        assert not missing, f"{word.names[0]} leaves out {missing}"


def test_every_command_of_the_table_is_there() -> None:
    named = {path for path in PATH.findall((REPO / "docs" / "commands.md").read_text()) if path.startswith("stats ")}
    assert named - paths() == set()
    assert paths() - named - {LATEST} == set(), "docs/commands.md does not mention these"


def test_the_words_are_those_of_the_table() -> None:
    known = {name: word.command for name, word in vocabulary(("stats", word) for word in WORDS).items()}
    for names, says in rows():
        if (target := PATH.findall(says)) and target[0].startswith("stats") and says.startswith("`/"):
            assert {name: known.get(name) for name in names} == dict.fromkeys(names, target[0])
    tabled = {name for names, _ in rows() for name in names}
    assert set(known) <= tabled, "words that the table does not name"


@pytest.mark.shared
def test_every_old_command_of_stats_is_in_the_table(shared: Path) -> None:
    spec = (shared / "spec" / "commands.md").read_text()
    section = spec.partition("## Plugin stats (S)")[2].partition("## Plugin proximity")[0]
    text = (REPO / "docs" / "commands.md").read_text()
    for part in section.split("### ")[1:]:
        if part.startswith("Identity"):
            continue
        for line in part.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if len(cells) != 6 or cells[0] in ("command", "--"):
                continue
            aliases = [] if cells[1] == "-" else re.split(r" / |, ", cells[1])
            for name in [name for each in (*cells[0].split(" / "), *aliases) for name in re.findall(r"\w+", each)]:
                assert f"`{name}`" in text, f"{name} has no row"


def test_free_functions_suggest_for_every_option_that_is_found_not_known() -> None:
    nothing: Any = None
    group = StatsCog(nothing).app_command
    assert group is not None
    for command in group.walk_commands():
        for option in command.parameters if isinstance(command, app_commands.Command) else ():
            if option.name in ("player", "first", "second", "session", "map", "metric", "period", "opponent"):
                assert option.autocomplete, f"/{command.qualified_name} does not suggest {option.name}"
