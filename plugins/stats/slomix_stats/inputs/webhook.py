"""The payload that the round-end script posts to Discord: JSON with one embed whose fields are name and text."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from slomix.errors import BadArtifact
from slomix.nouns import Side
from slomix_stats.inputs import texts
from slomix_stats.inputs.report import END_REASONS, EndReason, Pause, Person, RoundReport, checked, people

_CONTENT = "STATS_READY"
_TITLE = re.compile(r"Round Complete: (.{1,60}) R(\d)")
_NAME = re.compile(r".+-R\d+\.json", re.IGNORECASE | re.DOTALL)
_SCRIPT = re.compile(r"Slomix Lua Webhook v(\S{1,40})")
_MOST_FIELDS = 100
_MOST_PAUSES = 200
#: Other deliveries than Discord do not cut, so that a list of 64 players comes whole.
_LONGEST = 16_384
#: Discord cuts a value here: a list that is cut can not be read, and is unknown.
_CUT = 1000


def sniff(name: str, head: bytes) -> float:
    """How sure it is that this is the payload: by what is in it."""
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return 0.3 if _NAME.fullmatch(name) else 0.0
    if b'"embeds"' in head or b'"STATS_READY"' in head:
        return 0.8
    return 0.3 if _NAME.fullmatch(name) else 0.0


def parse(name: str, data: bytes) -> RoundReport:
    """Read the payload; raises `BadArtifact` with the reason to quarantine it."""
    return checked(read(texts.read_object(data)))


def read(payload: dict[str, Any]) -> RoundReport:
    """The report in a decoded payload."""
    embed = _embed(payload)
    fields = _fields(embed)
    title = _TITLE.fullmatch(texts.text(embed, "title") or "")
    ended_at = texts.moment(fields.get("Lua_RoundEnd"), "Lua_RoundEnd")
    if ended_at is None:
        raise BadArtifact("bad_header", "the field Lua_RoundEnd is missing")
    pause_count, pause_s = texts.pauses(fields.get("Lua_Pauses"))
    axis, allies = _roster(fields, "Axis_JSON", "axis"), _roster(fields, "Allies_JSON", "allies")
    surrender_guid = texts.guid_of(fields.get("Lua_SurrenderCaller"))
    return RoundReport(
        map=texts.map_name(fields.get("Map") or (title[1] if title else None)),
        number=texts.round_number(fields.get("Round") or (title[2] if title else None)),
        started_at=texts.moment(fields.get("Lua_RoundStart"), "Lua_RoundStart"),
        ended_at=ended_at,
        seconds=texts.seconds(fields.get("Lua_Playtime"), "Lua_Playtime"),
        limit_s=texts.seconds(fields.get("Lua_Timelimit"), "Lua_Timelimit"),
        warmup_s=texts.seconds(fields.get("Lua_Warmup"), "Lua_Warmup"),
        pause_count=pause_count,
        pause_s=pause_s,
        pauses=_pauses(fields.get("Lua_Pauses_JSON")),
        end_reason=_end_reason(fields.get("Lua_EndReason")),
        surrender_side=texts.side(fields.get("Lua_SurrenderTeam"), "Lua_SurrenderTeam")
        or _side_of(surrender_guid, [*axis, *allies]),
        surrender_guid=surrender_guid,
        surrender_name=fields.get("Lua_SurrenderCallerName") or None,
        winner=texts.side(fields.get("Winner"), "Winner"),
        defender=texts.side(fields.get("Defender"), "Defender"),
        people=_once([*axis, *allies]),
        script=_script(texts.child(embed, "footer")),
    )


def _embed(payload: dict[str, Any]) -> dict[str, Any]:
    embeds = texts.children(payload, "embeds", 10)
    if len(embeds) != 1 or not isinstance(embeds[0], dict):
        raise BadArtifact("bad_header", f"{len(embeds)} embeds instead of one")
    embed: dict[str, Any] = embeds[0]
    title = texts.text(embed, "title") or ""
    if payload.get("content") != _CONTENT and not _TITLE.fullmatch(title):
        raise BadArtifact("bad_header", f"the content is not {_CONTENT}, and the title is of no round")
    return embed


def _fields(embed: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in texts.children(embed, "fields", _MOST_FIELDS):
        if not isinstance(field, dict):
            raise BadArtifact("bad_line", "a field of the embed is not an object")
        label, value = field.get("name"), field.get("value")
        if not isinstance(label, str):
            raise BadArtifact("bad_line", "a field of the embed has no name")
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        found[label] = texts.text({label: value}, label, _LONGEST) or ""
    return found


def _list(value: str | None) -> list[Any]:
    """The JSON list in a text; empty where it is missing, cut off or unreadable."""
    try:
        found = msgspec.json.decode(value or "[]")
    except (msgspec.DecodeError, RecursionError):
        if value is not None and len(value) < _CUT and not value.isprintable():
            return []
        if value is not None and len(value) >= _CUT:
            return []
        raise BadArtifact("bad_line", f"no JSON in a field: {(value or '')[:40]!r}") from None
    return found if isinstance(found, list) else []


def _roster(fields: dict[str, str], label: str, side: Side) -> list[Person]:
    return people(_list(fields.get(label)), side)


def _pauses(value: str | None) -> list[Pause]:
    found = []
    for each in _list(value)[:_MOST_PAUSES]:
        if not isinstance(each, dict):
            raise BadArtifact("bad_line", "a pause is not an object")
        start, end = (texts.number(each.get(key), f"a pause's {key}", 1e12) for key in ("start", "end"))
        seconds = texts.seconds(each.get("sec"), "a pause")
        if start is not None and end is not None and end < start:
            raise BadArtifact("impossible_value", "a pause ends before it starts")
        if seconds is not None:
            found.append(Pause(start, end, seconds))
    return found


def _end_reason(value: str | None) -> EndReason | None:
    if not value:
        return None
    found = next((reason for reason in END_REASONS if reason == value.strip().lower()), None)
    if found is None and value.strip().lower() != "unknown":
        raise BadArtifact("bad_line", f"no end reason: {value[:40]!r}")
    return found


def _side_of(guid: str | None, known: list[Person]) -> Side | None:
    return next((person.side for person in known if guid and person.guid == guid), None)


def _once(known: list[Person]) -> list[Person]:
    """Everybody once: somebody who is on both lists changed sides."""
    return list({person.guid: person for person in known}.values())


def _script(footer: dict[str, Any]) -> str | None:
    found = _SCRIPT.search(texts.text(footer, "text") or "")
    return found[1] if found else None
