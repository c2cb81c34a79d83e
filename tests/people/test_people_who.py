"""Accounts, names, sick leave, tiers: each with its refusals and its line in the log."""

from __future__ import annotations

from typing import Any

import pytest

from slomix.people.audit import Who
from slomix.people.search import PeopleError

ME = Who.on_discord(42)
ADMIN = Who(actor="cli:admin", reason="asked in chat")


async def test_an_account_is_one_player_and_gives_it_a_name(town: Any) -> None:
    people = town.people
    await town.play("bronze", "silver")
    bronze, silver = await town.id_of("bronze"), await town.id_of("silver")
    await people.link(ME, 42, bronze, "Bronze on Discord")
    assert await people.player_of(42) == bronze
    assert await people.display_name(bronze) == "Bronze on Discord"
    assert [each.player_id for each in await people.find("<@420000000000000042>")] == []
    for discord_id, player, words in (
        (42, silver, "has a player already"),
        (43, bronze, "belongs to another Discord account"),
        (42, bronze, "your player already"),
        (43, "p0", "There is no player"),
    ):
        with pytest.raises(PeopleError, match=words):
            await people.link(ADMIN, discord_id, player, "x")
    (entry,) = await people.log(action="person.link")
    assert (entry.actor, entry.subject) == ("discord:42", f"player:{bronze}")
    await people.undo(ADMIN, entry.id)
    assert await people.player_of(42) is None
    assert await people.display_name(bronze) == "bronze"
    with pytest.raises(PeopleError, match="undone already"):
        await people.undo(ADMIN, entry.id)
    with pytest.raises(PeopleError, match="no entry 99"):
        await people.undo(ADMIN, 99)
    last = (await people.log(subject=f"player:{bronze}", limit=1))[0]
    assert (last.action, last.actor, last.reason) == ("person.unlink", "cli:admin", "asked in chat")
    await people.undo(ADMIN, last.id)
    assert await people.player_of(42) == bronze
    keys = [each.key for each in await town.program.runtime.bus.since(0)][-3:]
    assert keys == ["slomix.PlayerLinked", "slomix.PlayerUnlinked", "slomix.PlayerLinked"]


async def test_names_custom_before_alias_before_the_usual_one(town: Any) -> None:
    people = town.people
    await town.play("bronze", "silver")
    await town.play("^1bron^2zino", "silver")
    player = await town.id_of("bronze")
    assert await people.display_name(player) == "bronzino"
    assert [row["name"] for row in await people.aliases(player)] == ["bronzino", "bronze"]
    await people.rename(ME, player, alias="BRONZE")
    assert await people.display_name(player) == "bronze"
    await people.rename(ME, player, custom="The  ^3Smith")
    assert await people.display_name(player) == "The Smith"
    assert await town.db.fetchval("select display_raw from slomix.player where id = $1", player) == "The ^3Smith"
    for wrong, words in (("silver", "called 'silver' already"), ("^1", "1 to 36"), ("x" * 40, "1 to 36")):
        with pytest.raises(PeopleError, match=words):
            await people.rename(ME, player, custom=wrong)
    with pytest.raises(PeopleError, match="is no alias"):
        await people.rename(ME, player, alias="gold")
    newest = (await people.log(action="person.rename", limit=1))[0]
    await people.undo(ADMIN, newest.id)
    assert await people.display_name(player) == "bronze"
    await people.rename(ME, player)
    assert await people.display_name(player) == "bronzino"


async def test_people_are_found_by_guid_id_account_and_part_of_a_name(town: Any) -> None:
    people = town.people
    await town.play("Fragger", "frag", "medic")
    await town.play("other", "frag", "medic")
    fragger = (await people.find("00000001"))[0]
    assert (fragger.name, fragger.guids, fragger.aliases) == ("other", ("00000001",), ("other", "Fragger"))
    assert [each.name for each in await people.find("FRAG")] == ["frag", "other"]
    assert [each.player_id for each in await people.find(fragger.player_id)] == [fragger.player_id]
    assert [each.name for each in await people.find("00000002" + "A" * 24)] == ["frag"]
    assert await people.find(" ") == await people.find("100%") == []
    for no_account in ("9223372036854775808", "<@9999999999999999999>", "discord:99999999999999999999", "\u0663" * 17):
        assert await people.find(no_account) == []
    assert [each.name for each in await people.find("medci")] == ["medic"]
    with pytest.raises(PeopleError, match="Nobody is called 'gold'"):
        await people.the_one("gold")
    with pytest.raises(PeopleError, match=r"may be one of several players.*frag \(00000002\)"):
        await people.the_one("fra")
    assert (await people.the_one("frag")).guids == ("00000002",)
    await people.link(ME, 123456789012345678, fragger.player_id, "f")
    assert [each.guids for each in await people.find("<@123456789012345678>")] == [("00000001",)]
    assert [each.discord_id for each in await people.list_players("linked")] == [123456789012345678]
    assert len(await people.list_players("unlinked")) == 2
    assert len(await people.list_players("all", limit=2, offset=1)) == 2
    assert await people.list_players("active") == []


async def test_sick_leave_stays_apart_until_its_owner_merges_it(town: Any) -> None:
    people = town.people
    await town.play("bronze", "silver", "bronze at work")
    bronze = await town.id_of("00000001")
    for guid, words in (("00000001", "own GUID"), ("1", "is no GUID")):
        with pytest.raises(PeopleError, match=words):
            await people.start_leave(ME, bronze, guid)
    with pytest.raises(PeopleError, match="No sick leave is open"):
        await people.end_leave(ME, bronze)
    await people.start_leave(ME, bronze, "0000000a")
    with pytest.raises(PeopleError, match="open already"):
        await people.start_leave(ME, bronze, "00000003")
    with pytest.raises(PeopleError, match="Nobody has played with 0000000A"):
        await people.merge_leave(ME, bronze, "0000000A")
    assert await people.end_leave(ME, bronze) == "0000000A"
    with pytest.raises(PeopleError, match="no GUID of a sick leave"):
        await people.merge_leave(ME, bronze, "00000002")
    await town.play(*[""] * 9, "bronze at work")
    await people.merge_leave(ME, bronze, "0000000A")
    assert (await people.the_one("00000001")).guids == ("00000001", "0000000A")
    (period,) = await people.leaves(bronze)
    assert period.merged_at is not None


async def test_tiers_and_rights_are_given_taken_and_noted(town: Any) -> None:
    people = town.people
    people.owner = 1
    assert [await people.tier_of(each) for each in (1, 2)] == ["owner", "everyone"]
    await people.give_tier(ADMIN, 2, "moderator", "two")
    assert not await people.may(2, "stats.rebuild")
    assert await people.may(2, "stats.read", "everyone")
    with pytest.raises(PeopleError, match="two is moderator already"):
        await people.give_tier(ADMIN, 2, "moderator", "two")
    with pytest.raises(PeopleError, match="above all tiers"):
        await people.give_tier(ADMIN, 1, "admin", "one")
    await people.grant(ADMIN, 2, "stats.rebuild", "two")
    assert await people.may(2, "stats.rebuild")
    (holder,) = await people.holders()
    assert (holder.tier, holder.rights) == ("moderator", ("stats.rebuild",))
    await people.give_tier(ADMIN, 2, "admin", "two")
    await people.revoke(ADMIN, 2, "stats.rebuild")
    assert await people.may(2, "stats.rebuild")
    await people.take_tier(ADMIN, 2)
    assert not await people.may(2, "stats.rebuild")
    for asked in (people.take_tier(ADMIN, 2), people.revoke(ADMIN, 2, "stats.rebuild")):
        with pytest.raises(PeopleError, match=r"neither admin|not granted"):
            await asked
    log = [entry.action for entry in await people.log(subject="discord:2")]
    assert log == ["tier.take", "right.revoke", "tier.give", "right.grant", "tier.give"]
