"""Checks: what is kept about persons can be moved, told and forgotten."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
import msgspec

from slomix.contrib import People
from slomix.nouns import Person
from slomix.people.audit import Who
from slomix.people.data import needles
from slomix.people.mentions import mentions
from slomix.testing.contract.base import ContractBase
from slomix.testing.contract.house import House
from slomix.testing.contract.tiers import tier

WHO = Who(actor="cli:contract")
DISCORD = 770000000000000001
#: Those who played most first: about them there is most.
PLAYERS = """
select p.id from slomix.player p join slomix.round_player r on r.player_id = p.id
where not p.is_bot group by p.id order by count(*) desc, p.id limit 2
"""
OTHERS = "select raw from slomix.player_name where player_id <> $1"
#: Shorter names stand in other words.
SHORTEST_NAME = 5


class PeopleChecks(ContractBase):
    """It gives up what it keeps about a person."""

    @tier("bronze")
    async def test_it_says_what_it_keeps_about_people(self, house: House) -> None:
        """A plugin whose rows mention persons has register_people, and its export tells of them"""
        await house.fill()
        person, _ = await _somebody(house)
        kept = await _mentioned(house, needles(person))
        if not kept:
            return
        assert house.records(People), f"{', '.join(kept)} mention persons, and it has no register_people"
        told = (await house.program.runtime.people.export(person))["plugins"][house.subject.name]
        assert told, f"{', '.join(kept)} mention a person, and its export says nothing"
        msgspec.json.encode(told)

    @tier("silver")
    async def test_its_rows_go_with_people(self, house: House) -> None:
        """When players are merged no row of the plugin leads to the one that is gone"""
        await house.fill()
        people = house.program.runtime.people
        person, other = await _somebody(house)
        assert person.player_id is not None
        if other is None:
            return
        await people.merge(WHO, person.player_id, other, together=True)
        left = await _mentioned(house, [person.player_id])
        assert not left, f"after a merge {', '.join(left)} still mention the player that is gone"
        await people.undo(WHO, (await people.log(action="person.merge", limit=1))[0].id)

    @tier("silver")
    async def test_it_forgets_people(self, house: House) -> None:
        """No row of the plugin mentions a person who was forgotten, also when the files come again"""
        await house.fill()
        runtime = house.program.runtime
        person, _ = await _somebody(house)
        assert person.player_id is not None
        await runtime.people.link(WHO, DISCORD, person.player_id, "a contract")
        person = await runtime.people.person(person.player_id)
        others = [row["raw"] for row in await house.execute(OTHERS, person.player_id)]
        await runtime.people.forget(WHO, person)
        for moment in ("after a person was forgotten", "when the files of a forgotten person come again"):
            left = await _mentioned(house, _words(person, others))
            assert not left, f"{moment} {', '.join(left)} still mention the person"
            for name, data in house.samples().items():
                await house.program.give(name, data)
            await house.program.settle()


async def _mentioned(house: House, words: Sequence[str]) -> list[str]:
    """Tables of the plugin with a row that mentions one of the words, seen from outside."""
    connection = await asyncpg.connect(house.dsn)
    try:
        return await mentions(connection, words, schema=house.subject.name)
    finally:
        await connection.close()


async def _somebody(house: House) -> tuple[Person, str | None]:
    """A person about whom rows are kept, and the id of another player, if there is one."""
    found = [row["id"] for row in await house.execute(PLAYERS)]
    return await house.program.runtime.people.person(found[0]), found[1] if len(found) > 1 else None


def _words(person: Person, others: Sequence[str]) -> list[str]:
    """What means the person, and nobody else."""
    names = [name for name in person.names if len(name) >= SHORTEST_NAME]
    return [*needles(person), *(name for name in names if not any(name in other for other in others))]
