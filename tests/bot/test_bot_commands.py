"""The budget and the comparison of command sets."""

from __future__ import annotations

import pytest

from slomix.bot.commands import check_budget, same_commands
from slomix.errors import PluginError

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
    check_budget("stats", {"stats"}, 90)
    with pytest.raises(PluginError, match="91 Discord commands; at most 90"):
        check_budget("stats", {"stats"}, 91)


def test_five_shortcuts_are_fine_and_six_are_not() -> None:
    check_budget("stats", {"stats", "a", "b", "c", "d", "e"}, 6)
    with pytest.raises(PluginError, match="below /stats"):
        check_budget("stats", {"stats", "a", "b", "c", "d", "e", "f"}, 7)
