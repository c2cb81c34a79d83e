"""Gametimes files (`gametime-<map>-R<round>-<unix end>.json`): times and spawns, with the round-end payload inside."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from slomix.errors import BadArtifact
from slomix_stats.inputs import texts, webhook
from slomix_stats.inputs.report import Person, RoundReport, checked

_NAME = re.compile(r"gametime-.+\.json", re.IGNORECASE | re.DOTALL)
_MOST_PEOPLE = 64


def sniff(name: str, head: bytes) -> float:
    """How sure it is that this is a gametimes file: by its name, or by what is in it."""
    if _NAME.fullmatch(name):
        return 1.0
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return 0.0
    if b'"meta"' in head and (b'"round_end_unix"' in head or b'"actual_duration_seconds"' in head):
        return 0.95
    return 0.85 if b'"payload"' in head and b'"embeds"' in head else 0.0


def parse(name: str, data: bytes) -> RoundReport:
    """Read a gametimes file; raises `BadArtifact` with the reason to quarantine it."""
    found = texts.read_object(data)
    meta = texts.child(found, "meta")
    payload = found.get("payload")
    if not meta:
        raise BadArtifact("bad_header", "a gametimes file has an object meta")
    inner = webhook.read(payload) if isinstance(payload, dict) and payload.get("embeds") else None
    return checked(_merged(meta, inner))


def _merged(meta: dict[str, Any], inner: RoundReport | None) -> RoundReport:
    """What meta says, and the rest from the payload."""
    map_name = texts.map_name(texts.text(meta, "map"))
    number = texts.round_number(meta.get("round"))
    if inner is not None and (inner.map, inner.number) != (map_name, number):
        raise BadArtifact("header_mismatch", f"the payload is of {inner.map} round {inner.number}")
    ended_at = texts.moment(meta.get("round_end_unix"), "round_end_unix") or (inner.ended_at if inner else None)
    if ended_at is None:
        raise BadArtifact("bad_header", "round_end_unix is missing")
    base = inner or RoundReport(
        map_name, number, None, ended_at, None, None, None, None, None, [], None, None, None, None, None, None, [], None
    )
    told: dict[str, Any] = {
        "started_at": texts.moment(meta.get("round_start_unix"), "round_start_unix"),
        "seconds": texts.seconds(meta.get("actual_duration_seconds"), "actual_duration_seconds"),
        "warmup_s": texts.seconds(meta.get("warmup_seconds"), "warmup_seconds"),
        "pause_count": texts.whole(meta.get("pause_count"), "pause_count", 1_000_000),
        "pause_s": texts.seconds(meta.get("pause_seconds"), "pause_seconds"),
    }
    known = {field: value for field, value in told.items() if value is not None}
    spawns = texts.children(meta, "spawn_stats", _MOST_PEOPLE)
    return msgspec.structs.replace(base, ended_at=ended_at, people=_with_spawns(base.people, spawns), **known)


def _with_spawns(people: list[Person], spawns: list[Any]) -> list[Person]:
    """The people of the roster with their spawns, and those who only have spawns."""
    found = {person.guid: person for person in people}
    for each in spawns:
        guid = texts.guid_of(each.get("guid")) if isinstance(each, dict) else None
        if guid is None:
            continue
        known = found.get(guid) or Person(guid, texts.text(each, "name") or "", None)
        found[guid] = msgspec.structs.replace(
            known,
            spawns=texts.whole(each.get("spawns"), "spawns", 10_000),
            deaths=texts.whole(each.get("deaths"), "deaths", 10_000),
            dead_s=texts.seconds(each.get("dead_seconds"), "dead_seconds"),
            avg_respawn_s=texts.seconds(each.get("avg_respawn"), "avg_respawn"),
            max_respawn_s=texts.seconds(each.get("max_respawn"), "max_respawn"),
        )
    return list(found.values())
