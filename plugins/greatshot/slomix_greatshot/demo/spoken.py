"""Server commands that say something: chat, notices, scores, weapon stats, gains. Pure functions of one command."""

from __future__ import annotations

from collections.abc import Callable

from slomix_greatshot.demo.records import Chat, Gained, Happening, Notice, ScoreRow, Scores, WeaponRow, WeaponStats
from slomix_greatshot.demo.rules import Rules
from slomix_greatshot.demo.text import decoded, number, quoted, tokens

#: Between name and text of a line.
_AFTER_NAME = ": ^2"
_MOST_ROWS = 64
_SCORE_VALUES = 7

Name = Callable[[int | None], str]


def chat(command: bytes, time: int, name: Name) -> Happening:
    """`chat "^7name^7: ^2text" client`; lines of the console have no client."""
    raw, rest = quoted(command)
    slot = number(rest[0], -1) if rest else -1
    holder = slot if 0 <= slot < _MOST_ROWS else None
    before, mark, text = decoded(raw).partition(_AFTER_NAME)
    if not mark:
        before, text = "", before
    own = name(holder) or before.removeprefix("^7").removesuffix("^7")
    return Chat(
        time_ms=time,
        slot=holder,
        name=own,
        channel="server" if holder is None else "all",
        text=text.removeprefix("^2"),
    )


def team_chat(command: bytes, time: int, name: Name) -> Happening:
    """`tchat "^5text" client …` of ET: Legacy, or `tchat "(name) (place): ^5text" client` of 2.60b."""
    raw, rest = quoted(command)
    slot = number(rest[0], -1) if rest else -1
    holder = slot if 0 <= slot < _MOST_ROWS else None
    text = decoded(raw)
    before, mark, after = text.partition("): ^")
    if mark and before.startswith("(") and len(after) > 1:
        text, own = after[1:], name(holder) or before[1:].partition(") (")[0]
    else:
        own = name(holder)
    fireteam = text.startswith("^3")
    return Chat(
        time_ms=time,
        slot=holder,
        name=own,
        channel="server" if holder is None else "fireteam" if fireteam else "team",
        text=text.removeprefix("^3" if fireteam else "^5"),
    )


def voice(command: bytes, time: int, name: Name) -> Happening | None:
    """`vchat`, `vtchat` (with a place) and `vbchat`: voiceonly client id … "own words"."""
    words = tokens(command)
    if len(words) < 4:
        return None
    slot = number(words[2], -1)
    holder = slot if 0 <= slot < _MOST_ROWS else None
    channel = {b"vchat": "voice", b"vtchat": "voice_team"}.get(words[0], "voice_fireteam")
    return Chat(
        time_ms=time,
        slot=holder,
        name=name(holder),
        channel=channel,  # type: ignore[arg-type]
        text=decoded(words[-1]) if len(words) > 6 else "",
        voice=decoded(words[3]),
    )


def notice(command: bytes, time: int, name: Name) -> Happening | None:
    word, _, _ = command.partition(b" ")
    text = decoded(quoted(command)[0]).strip("\n")
    if not text:
        return None
    places = {b"cp": "centre", b"cpm": "popup"}
    return Notice(time_ms=time, place=places.get(word, "console"), text=text)  # type: ignore[arg-type]


def scores(command: bytes, time: int) -> Happening | None:
    """`sc0 axis allies n`, then client, xp, ping, minutes, power-ups, flags and respawns of each player."""
    words = [number(word) for word in command.split()[1:]]
    if len(words) < 3:
        return None
    rows = tuple(
        ScoreRow(
            slot=words[at],
            xp=words[at + 1],
            ping=words[at + 2],
            minutes=words[at + 3],
            bot=bool(words[at + 5] & 2),
        )
        for at in range(3, min(len(words) - 6, 3 + _MOST_ROWS * _SCORE_VALUES), _SCORE_VALUES)
        if 0 <= words[at] < _MOST_ROWS
    )
    return Scores(time_ms=time, axis=words[0], allies=words[1], rows=rows)


def weapon_stats(command: bytes, time: int, rules: Rules) -> Happening | None:
    """`ws client rounds mask`, five counts per weapon, then what the player did to others and to himself."""
    words = command.split()[1:]
    if len(words) < 3:
        return None
    slot, rounds, mask = (number(word) for word in words[:3])
    if not 0 <= slot < _MOST_ROWS:
        return None
    at = 3
    rows: list[WeaponRow] = []
    for bit in range(len(rules.slots)):
        if mask >> bit & 1 and at + 5 <= len(words):
            hits, shots, kills, deaths, headshots = (number(word) for word in words[at : at + 5])
            rows.append(
                WeaponRow(
                    weapon=rules.slots[bit] or str(bit),
                    hits=hits,
                    shots=shots,
                    kills=kills,
                    deaths=deaths,
                    headshots=headshots,
                )
            )
            at += 5
    rest = [number(word) for word in words[at:]]
    if mask == 0 or len(rest) < 9:
        return WeaponStats(time_ms=time, slot=slot, rounds=rounds, weapons=tuple(rows))
    assists = [rest.pop(5)] if rules.assists else [None]
    return WeaponStats(
        time_ms=time,
        slot=slot,
        rounds=rounds,
        weapons=tuple(rows),
        damage_given=rest[0],
        damage_received=rest[1],
        team_damage_given=rest[2],
        team_damage_received=rest[3],
        gibs=rest[4],
        assists=assists[0],
        self_kills=rest[5],
        team_kills=rest[6],
        team_gibs=rest[7],
    )


def gained(command: bytes, time: int) -> Gained | None:
    words = tokens(command)
    if len(words) < 4:
        return None
    try:
        points = float(words[2])
    except ValueError:
        return None
    return Gained(time_ms=time, skill=number(words[1]), points=points, reason=decoded(words[3]))
