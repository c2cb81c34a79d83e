"""Merge, split and their undo: everything is as it was, in every table."""

from __future__ import annotations

from typing import Any

import pytest

from slomix.people.audit import Who
from slomix.people.search import PeopleError

ADMIN = Who(actor="cli:admin")
TABLES = ("player", "player_guid", "player_name", "round_player", "session", "account", "player_alias")


async def test_a_merge_moves_everything_and_its_undo_brings_everything_back(town: Any) -> None:
    people = town.people
    await town.play("bronze", "silver")
    await town.play("", "silver", "bronze new")
    await town.play("bronze", "silver")
    old, new = await town.id_of("00000003"), await town.id_of("00000001")
    await people.link(ADMIN, 42, old, "smith")
    await people.rename(ADMIN, old, custom="Old Bronze")
    before = await town.rows(*TABLES)

    await people.merge(ADMIN, old, new)
    merged = await people.the_one("Old Bronze")
    assert (merged.player_id, merged.guids, merged.discord_id) == (new, ("00000001", "00000003"), 42)
    assert set(merged.aliases) == {"bronze", "bronze new"}
    assert await people.find(old) == [merged]
    assert await town.db.fetchval("select players from slomix.session") == 2
    (entry,) = await people.log(action="person.merge")
    await people.undo(ADMIN, entry.id)
    assert await town.rows(*TABLES) == before
    assert await people.display_name(old) == "Old Bronze"
    assert await people.display_name(new) == "bronze"
    assert await people.player_of(42) == old
    keys = [event.key for event in await town.program.runtime.bus.since(0)]
    assert keys[-2:] == ["slomix.PlayersMerged", "slomix.PlayerSplit"]


async def test_who_was_merged_stays_merged_in_what_is_imported_later(town: Any) -> None:
    await town.play("bronze")
    await town.play("", "bronze")
    first = await town.id_of("00000001")
    await town.people.merge(ADMIN, await town.id_of("00000002"), first)
    await town.play("", "bronze again")
    assert await town.people.display_name(first) == "bronze again"
    assert await town.db.fetchval("select count(distinct player_id) from slomix.round_player") == 1


async def test_nothing_is_left_different_by_a_merge_and_its_undo(town: Any) -> None:
    await town.play("bronze", "silver")
    await town.play("", "silver", "bronze")
    before = await town.rows(*TABLES)
    await town.people.merge(ADMIN, await town.id_of("00000003"), await town.id_of("00000001"))
    assert await town.rows(*TABLES) != before
    await town.people.undo(ADMIN, (await town.people.log(limit=1))[0].id)
    assert await town.rows(*TABLES) == before
    with pytest.raises(PeopleError, match="undone already"):
        await town.people.undo(ADMIN, (await town.people.log(action="person.merge"))[0].id)


async def test_two_people_stay_two(town: Any) -> None:
    people = town.people
    await town.play("bronze", "silver")
    await town.play("", "", "gold")
    bronze, silver, gold = [await town.id_of(f"0000000{place}") for place in (1, 2, 3)]
    for source, target, words in (
        (bronze, silver, "side by side in 1 rounds"),
        (bronze, bronze, "one player already"),
        ("p0", bronze, "There is no player p0"),
    ):
        with pytest.raises(PeopleError, match=words):
            await people.merge(ADMIN, source, target)
    await people.link(ADMIN, 1, bronze, "b")
    await people.link(ADMIN, 2, gold, "g")
    with pytest.raises(PeopleError, match="a Discord account each"):
        await people.merge(ADMIN, gold, bronze)
    await people.unlink(ADMIN, 2)
    await people.merge(ADMIN, silver, bronze, together=True)
    assert await town.db.fetchval("select count(*) from slomix.round_player where player_id = $1", bronze) == 2


async def test_a_split_refuses_what_would_leave_nobody(town: Any) -> None:
    people = town.people
    await town.play("bronze")
    await town.play("", "bronze")
    first, second = await town.id_of("00000001"), await town.id_of("00000002")
    await people.merge(ADMIN, second, first)
    before = await town.rows(*TABLES)
    for keys, words in (
        (["00000001", "00000002"], "all GUIDs"),
        (["00000001"], "split off 00000002 instead"),
        (["00000009"], "has no GUID 00000009"),
        ([], "has no GUID"),
    ):
        with pytest.raises(PeopleError, match=words):
            await people.split(ADMIN, first, keys)
    assert await people.split(ADMIN, first, ["00000002"]) == second
    with pytest.raises(PeopleError, match="went to somebody else"):
        await people.undo(ADMIN, (await people.log(action="person.merge"))[0].id)
    await people.undo(ADMIN, (await people.log(action="person.split"))[0].id)
    assert await town.rows(*TABLES) == before
