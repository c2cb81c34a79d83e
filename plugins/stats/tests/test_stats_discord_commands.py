"""Every command below `/stats`: real runtime, bot and discord.py client, on the fake Discord."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from slomix.testing.discord.catalogue import leaves
from slomix.testing.discord.models import Message
from slomix.testing.discord.payloads import user
from slomix_stats.discord.old_words import WORDS
from slomix_stats.discord.parts.sessions import ELSEWHERE, NAMES
from slomix_stats.discord.text import PHONE_WIDTH, width
from slomix_stats.simulate import SimulatedRound, play_evening

pytestmark = pytest.mark.plugins("stats")

PAGES = "https://stats.example"
PNG = b"\x89PNG\r\n\x1a\n"
#: What `house` is: see conftest.py.
House = Any


def evening(hours_ago: float, seed: int) -> list[SimulatedRound]:
    """An evening that began so long ago."""
    return play_evening(seed=seed, start=datetime.now(ZoneInfo("Europe/Ljubljana")) - timedelta(hours=hours_ago))


def check_fits(answer: Message) -> None:
    """Nothing is wider than a phone. (Discord's limits are the fake's to check.)"""
    for embed in answer.embeds:
        texts = [embed.get("description") or "", *(field["value"] for field in embed.get("fields", ()))]
        for line in (line for text in texts for block in text.split("```")[1::2] for line in block.splitlines()):
            assert width(line) <= PHONE_WIDTH, line


class Evenings:
    """Two evenings that were played, too long ago to be posted, and who and what was in them."""

    def __init__(self, house: House) -> None:
        self.house = house

    async def play(self) -> Evenings:
        await self.house.land(*evening(54, 1)[:4], *evening(30, 2)[:8])
        await self.house.start()
        detail = await self.house.reader.latest_session()
        self.session, self.map = detail.session.session_id, detail.matches[0].map
        alone = [player for player in detail.players if await self._is_alone(player.name)]
        self.best, self.other = alone[:2]
        self.day = detail.session.started_at.date()
        rounds = await self.house.reader.session_rounds(self.session)
        sides = {player.player_id: player.side for player in rounds[0].players}
        self.mate = next(p for p in rounds[0].players if p.side == sides[rounds[0].players[0].player_id])
        self.round = rounds[0].round.round_id
        return self

    async def _is_alone(self, name: str) -> bool:
        hits = await self.house.reader.find_players(name)
        return [hit.name.casefold() for hit in hits].count(name.casefold()) == 1


#: Options of each command, and what its answer has to hold: a pattern.
ASKED: dict[str, Callable[[Evenings], tuple[dict[str, Any], str]]] = {
    "last": lambda e: ({}, "Players, by damage per minute"),
    "stats player": lambda e: ({"name": e.best.name}, r"Lifetime"),
    "stats compare": lambda e: ({"first": e.best.guid, "second": e.other.player_id}, r"\*"),
    "stats badges": lambda e: ({"name": e.best.player_id}, r"█|░|done"),
    "stats legend": lambda e: ({}, r"Badges"),
    "stats session": lambda e: ({"session": str(e.day)}, "Players, by damage per minute"),
    "stats sessions": lambda e: ({"month": f"{e.day:%Y-%m}"}, r"rounds · \d+ players"),
    "stats awards": lambda e: ({"session": e.session}, r"Awards"),
    "stats quality": lambda e: ({}, r"Endstats of \d+ of \d+ rounds"),
    "stats live": lambda e: ({}, r"Servers"),
    "stats today": lambda e: ({}, r"On \d+"),
    "stats leaderboard": lambda e: ({"metric": "acc", "period": "30d", "rounds": 2}, r"%|Accuracy"),
    "stats records": lambda e: ({"map": e.map}, r"in one (round|match)"),
    "stats fame": lambda e: ({"period": "all"}, r"Hall of fame"),
    "stats winners": lambda e: ({}, r"Award winners"),
    "stats maps": lambda e: ({}, r"held"),
    "stats map": lambda e: ({"map": e.map}, r"plays"),
    "stats weapons": lambda e: ({}, r"kills"),
    "stats season": lambda e: ({}, r"days left"),
    "stats form consistency": lambda e: ({"player": e.best.name}, r"of 100|Play on"),
    "stats form maps": lambda e: ({"player": e.best.name}, r"DPM|No map"),
    "stats form sides": lambda e: ({"player": e.best.name}, r"attack +[\d,]+"),
    "stats form style": lambda e: ({"player": e.best.name}, r"% sure"),
    "stats form fatigue": lambda e: ({"player": e.best.name, "session": e.session}, r"early|Play on"),
    "stats form standing": lambda e: ({"player": e.best.name}, r"better than|Play on"),
    "stats form graph": lambda e: ({"player": e.best.guid}, r"takes two evenings"),
    "stats form now": lambda e: ({}, r"Form"),
    "stats versus lineups": lambda e: ({"first": e.best.name, "second": e.other.name}, r"maps|not met"),
    "stats versus duo": lambda e: ({"first": e.best.name, "second": e.other.name}, r"together|not played"),
    "stats versus nemesis": lambda e: ({"player": e.best.name}, r"nemesis"),
    "stats team show": lambda e: ({}, r"A · "),
    "stats team score": lambda e: ({"session": e.session}, r"R1"),
    "stats team changes": lambda e: ({}, r"Stayed|Came"),
    "stats team pool": lambda e: ({}, r"#[0-9a-f]{6}"),
    "stats team record": lambda e: ({"name": "Reds"}, r"1 meetings"),
    "stats community vote": lambda e: ({"player": e.best.guid}, r"Your vote is for|vote"),
    "stats community votes": lambda e: ({}, r"."),
    "stats community challenge": lambda e: ({}, r"this week"),
    "stats community set": lambda e: ({"metric": "kills", "title": "Kills"}, r"is about Kills"),
    "stats admin names": lambda e: ({"first": "Reds", "second": "Blues", "reason": "so they said"}, r"A is Reds"),
    "stats admin move": lambda e: ({"player": e.best.name, "team": "B"}, r"played for B on \d+ maps"),
    "stats admin judge": lambda e: ({"round": e.round, "counts": False}, r"does not count"),
    "stats admin decisions": lambda e: ({}, r"team names"),
    "stats admin undo": lambda e: ({"decision": 1}, r"taken back"),
    "stats admin weapons": lambda e: ({}, r"shots"),
}
#: Those that change something come first, so that the others show it.
FIRST = ("stats admin names", "stats community set")
#: Those whose answer is for the caller only.
QUIET = ("stats community vote",)


async def test_every_command_answers(house: House) -> None:
    evenings = await Evenings(house).play()
    published = {
        leaf["path"] for leaf in leaves(house.fake.world.commands) if leaf["path"].startswith(("stats ", "last"))
    }
    assert published == set(ASKED)
    for path in sorted(ASKED, key=lambda path: path not in FIRST):
        options, pattern = ASKED[path](evenings)
        answer = await house.fake.person.slash(path, **options)
        assert re.search(pattern, answer.text), f"/{path}: {answer.text}"
        assert answer.ephemeral == (path in QUIET), f"/{path}: {answer.text}"
        assert all(data.startswith(PNG) for data in answer.files.values())
        assert answer.files or path != "stats compare"
        check_fits(answer)


async def test_a_session_is_shown_from_all_sides_by_its_buttons(house: House) -> None:
    evenings = await Evenings(house).play()
    answer = await house.fake.person.slash("stats session")
    last = await house.fake.person.slash("last")
    assert last.embeds == answer.embeds
    last = await house.fake.person.click(
        last, next(each for each in last.custom_ids() if each.endswith("view=support"))
    )
    assert last.embeds[0]["title"].startswith("Support")
    assert answer.embeds[0]["url"] == f"{PAGES}/sessions/{evenings.session}"
    seen: dict[str, Any] = {}
    older = await house.fake.person.autocomplete("stats session", "session", "")
    assert len(older) == 2
    for view in NAMES:
        buttons = [each for each in answer.custom_ids() if each.endswith(f"view={view}")]
        if view in ELSEWHERE:
            answer = await house.fake.person.slash("stats session", view=view, session=older[1]["value"])
            assert answer.embeds[0]["url"].endswith(older[1]["value"])
        elif seen:
            answer = await house.fake.person.click(answer, buttons[0])
        seen[view] = answer.embeds[0]["title"], answer.embeds[0].get("fields"), answer.embeds[0].get("description")
        assert bool(answer.files) == (view in ("graphs", "heat"))
        assert len(answer.custom_ids()) == len(NAMES) - len(ELSEWHERE) - (view not in ELSEWHERE)
        check_fits(answer)
    assert len({str(each) for each in seen.values()}) == len(NAMES)
    unknown = await house.fake.person.slash("stats session", session="the day before yesteryear")
    assert unknown.ephemeral
    assert "no such session" in unknown.text


async def test_options_are_suggested_and_mistakes_are_explained(house: House) -> None:
    evenings = await Evenings(house).play()
    person, best = house.fake.person, evenings.best

    async def offered(path: str, option: str, typed: str) -> list[Any]:
        return [choice["value"] for choice in await person.autocomplete(path, option, typed)]

    assert best.player_id in await offered("stats player", "name", best.name[:3])
    assert "dpm" in await offered("stats leaderboard", "metric", "damage per")
    assert "headshots" in await offered("stats leaderboard", "metric", "hs") or await offered(
        "stats leaderboard", "metric", "hs"
    )
    assert "30d" in await offered("stats leaderboard", "period", "")
    assert evenings.map in await offered("stats map", "map", evenings.map[:3])
    assert f"x, {best.name}" in await offered("stats versus lineups", "first", f"x, {best.name[:4]}")
    assert await offered("stats season", "season", "") != []
    assert await offered("stats team record", "name", "") != []
    assert evenings.round in await offered("stats admin judge", "round", "")
    nobody = await person.slash("stats player", name="§§§")
    assert nobody.ephemeral
    assert "No similar name" in nobody.text
    near = await person.slash("stats player", name=f"{best.name[:-1]}§§")
    assert near.ephemeral
    assert best.guid in near.text
    myself = await person.slash("stats player")
    assert myself.ephemeral
    assert "Which player?" in myself.text
    metric = await person.slash("stats leaderboard", metric="luck")
    assert metric.ephemeral
    assert "luck" in metric.text
    same = await person.slash("stats compare", first=best.name, second=best.name)
    assert same.ephemeral


async def test_places_turn_their_pages_also_after_an_error_and_a_restart(house: House, dsn: str) -> None:
    await Evenings(house).play()
    first = await house.fake.person.slash("stats leaderboard", metric="kills", rounds=1)
    pages = re.search(r"page 1 of (\d)", first.text)
    assert pages
    (on,) = first.custom_ids()
    session = await house.fake.person.slash("stats session")
    owner = await asyncpg.connect(dsn)
    await owner.execute("alter table stats.player_round rename to away")
    wrong = await house.fake.person.click(session, next(each for each in session.custom_ids() if "combat" in each))
    assert wrong.ephemeral
    assert "`stats`" in wrong.text
    assert "incident" in wrong.text
    await owner.execute("alter table stats.away rename to player_round")
    await owner.close()
    await house.stop()
    await house.start()
    second = await house.fake.person.click(first, on)
    assert (second.id, f"page 2 of {pages[1]}" in second.text) == (first.id, True)
    assert re.search(r"^11 ", second.text, re.MULTILINE)
    again = await house.fake.person.click(second, second.custom_ids()[0])
    assert re.search(r"^ 1 ", again.text, re.MULTILINE)


async def test_decisions_change_what_is_shown_and_only_admins_make_them(house: House) -> None:
    evenings = await Evenings(house).play()
    person, world = house.fake.person, house.fake.world
    await person.slash("stats admin names", first="Reds", second="The *Blues*")
    assert "Reds" in (await person.slash("stats team show")).text
    await person.slash("stats admin names", first="Greens", second="Blues", segment=1)
    assert "Greens" in (await person.slash("stats team score")).text
    await person.slash("stats admin undo", decision=2)
    assert "Reds" in (await person.slash("stats team show")).text
    counted = (await house.reader.player(evenings.mate.player_id)).lifetime.rounds
    await person.slash("stats admin judge", round=evenings.round, counts=False, reason="a test")
    assert (await house.reader.player(evenings.mate.player_id)).lifetime.rounds == counted - 1
    await person.slash("stats admin undo", decision=3)
    assert (await house.reader.player(evenings.mate.player_id)).lifetime.rounds == counted
    told = (await person.slash("stats admin decisions")).text
    assert told.count("undone") == 2
    assert "a test" in told
    assert "no decision 99" in (await person.slash("stats admin undo", decision=99)).text
    world.person = user(world.snowflake(), "somebody else")
    refused = await person.slash("stats admin names", first="a", second="b")
    assert refused.ephemeral
    assert "Reds" in (await person.slash("stats team show")).text


HOSTILE = (
    "**bold** _x_",
    "```js",
    "<@1> @everyone",
    "[a](https://evil.example)",
    "שלום עולם",
    "日本語の名前",
    "w" * 64,
    "$a$ # >",
)


async def test_before_the_first_round_and_with_names_that_mean_no_good(
    house: House, line: Callable[..., Any], file: Callable[..., Any]
) -> None:
    await house.start()
    session = await house.fake.person.slash("stats session")
    assert session.ephemeral
    assert "slomix ingest" in session.text
    for path in ("stats leaderboard", "stats records", "stats maps", "stats weapons", "stats fame", "stats form now"):
        board = await house.fake.person.slash(path)
        assert board.text
        assert board.custom_ids() == []
    people = [line(guid=f"AB{at:06}", name=name, team=1 + at % 2) for at, name in enumerate(HOSTILE)]
    for number, when in ((1, "2025-10-02-211808"), (2, "2025-10-02-213000")):
        made = file(people, number=number, when=when)
        outcome = await house.pipeline.offer(made.name, made.data, source="test", server="[s](https://evil.example)")
        assert outcome.outcome == "imported", outcome
    for path, options in {
        "stats session": {"view": "combat"},
        "last": {},
        "stats team show": {},
        "stats player": {"name": "AB000003"},
        "stats compare": {"first": "AB000006", "second": "AB000004"},
        "stats maps": {},
        "stats form now": {},
    }.items():
        answer = await house.fake.person.slash(path, **options)
        assert not answer.ephemeral, f"/{path}: {answer.text}"
        assert "](https" not in re.sub(r"```.*?```", "", answer.text, flags=re.DOTALL)
        check_fits(answer)


async def test_the_old_words_run_the_same_commands(house: House) -> None:
    evenings = await Evenings(house).play()
    person = house.fake.person
    best, other = evenings.best, evenings.other
    said = {
        f"!stats {best.guid}": "stats player",
        "!lb kills": "stats leaderboard",
        "!last_session obj": "stats session",
        f"!session {evenings.day} time_raw": "stats session",
        "!ls": "stats sessions",
        "!teams": "stats team show",
        f'!compare "{best.name}" {other.guid}': "stats compare",
        "!h2h Reds Blues": "stats team record",
        f"!vs {best.guid} vs {other.guid}": "stats versus lineups",
        "!medals": "stats legend",
    }
    known = {name: word.command for word in WORDS for name in word.names}
    for line, path in said.items():
        assert known[line[1:].split()[0]] == path
        await person.say(line)
        answer = await person.next_post()
        assert answer.embeds[0].get("title"), f"{line}: {answer.text}"
        check_fits(answer)
    await person.say(f"!session {evenings.day} nonsense")
    assert "view is one of" in (await person.next_post()).text
