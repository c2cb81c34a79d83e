"""The budget and the comparison of command sets."""

from __future__ import annotations

import pytest

from slomix.bot.budget import allot
from slomix.bot.sync import same_commands

OURS = {
    "name": "stats",
    "type": 1,
    "description": "Stats",
    "nsfw": False,
    "default_member_permissions": None,
    "options": [{"name": "player", "type": 1, "description": "One", "options": []}],
}
THEIRS = {
    "id": "7",
    "application_id": "8",
    "version": "9",
    "name": "stats",
    "type": 1,
    "description": "Stats",
    "name_localizations": None,
    "options": [{"name": "player", "type": 1, "description": "One"}],
}


def test_what_discord_adds_makes_no_difference() -> None:
    assert same_commands([OURS], [THEIRS])


@pytest.mark.parametrize(
    "changed",
    [
        OURS | {"description": "Numbers"},
        OURS | {"default_member_permissions": 32},
        OURS | {"options": [{"name": "player", "type": 1, "description": "Two"}]},
        OURS | {"options": []},
    ],
)
def test_what_we_change_makes_one(changed: dict[str, object]) -> None:
    assert not same_commands([changed], [THEIRS])


def test_a_command_more_or_less_makes_one() -> None:
    assert not same_commands([OURS], [])
    assert not same_commands([], [THEIRS])


def test_the_ninety_first_command_is_refused() -> None:
    many = [(f"p{number}", [f"p{number}-{letter}" for letter in "abcde"]) for number in range(14)]  # 84
    allotted = allot([*many, ("five", "vwxy"), ("full", ["a"]), ("last", [])], {"slomix": "slomix"})
    assert len(allotted.owners) == 90
    assert list(allotted.refused) == ["full", "last"]
    assert "92 Discord commands; at most 90" in allotted.refused["full"]
    assert "91 Discord commands" in allotted.refused["last"]


def test_five_shortcuts_are_fine_and_six_are_not_also_from_several_cogs() -> None:
    assert allot([("stats", "abc"), ("stats", "de")], {}).refused == {}
    assert "below /stats" in allot([("stats", "abc"), ("stats", "def")], {}).refused["stats"]


def test_of_two_plugins_with_one_command_the_later_is_refused_and_both_are_named() -> None:
    allotted = allot([("a", ["last"]), ("b", ["last", "more"]), ("last", [])], {"slomix": "slomix"})
    assert "plugin b wants the Discord command /last, which is plugin a's" in allotted.refused["b"]
    assert "plugin last wants the Discord command /last, which is plugin a's" in allotted.refused["last"]
    assert allotted.owners == {"slomix": "slomix", "a": "a", "last": "a"}
