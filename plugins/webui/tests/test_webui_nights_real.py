"""Nights of real servers keep the budget, and names are text whatever they hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from slomix.testing.running import Running, running
from slomix_stats.simulate import play_evening
from slomix_webui.testing.document import Document, problems

API = "/stats/api/v1"
#: Bytes on the wire, and elements.
WIRE, NODES = 45_000, 3_000
TABS = ("", "?tab=players", "?tab=teamplay", "?tab=charts", "?tab=rounds")
XSS = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "^1</a><b>", "'onclick='x"]

pytestmark = pytest.mark.plugins("stats")


async def addresses(house: Running) -> list[str]:
    """The list, every tab of the largest night, its matches and its rounds."""
    found = ["/sessions"]
    sessions = (await house.web.get(f"{API}/sessions?limit=100")).json()["sessions"]
    night = f"/sessions/{max(sessions, key=lambda each: each['rounds'])['session_id']}"
    found += [f"{night}{tab}" for tab in TABS]
    for match in (await house.web.get(f"{API}{night}")).json()["matches"]:
        found.append(f"/matches/{match['match_id']}")
        found += [f"/rounds/{half['round_id']}" for half in (match["r1"], match["r2"]) if half]
    return found


async def test_names_are_text_whatever_they_hold(dsn: str) -> None:
    evening = play_evening(seed=3)[:4]
    guids = sorted({line.split(b"\\")[0] for each in evening for line in each.data.splitlines()[1:]})
    async with running(dsn, "stats", "webui") as house:
        for each in evening:
            data = each.data
            for guid, name in zip(guids, XSS, strict=False):
                line = rb"(?m)^" + guid + rb"\\.*(\\-?\d+\\-?\d+\\\d+ )"
                data = re.sub(line, guid.replace(b"\\", b"") + b"\\\\" + name.encode() + rb"\g<1>", data)
            header, rest = data.split(b"\\", 1)
            outcome = await house.give(each.name, b"<i>" + header + b"\\" + rest)
            assert outcome.outcome == "imported", outcome
        found = await addresses(house)
        assert len(found) > 10
        seen = ""
        for address in [*found, "/sessions?q=%22%3E%3Cscript%3E"]:
            answer = await house.web.get(address)
            assert problems(answer.text) == [], address
            document = Document(answer.text)
            assert {tag for tag, _, _ in document.elements}.isdisjoint({"img"})
            assert len(document.all("script")) == 1
            assert "49" not in re.findall(r'class="name"[^>]*>(?:<span[^>]*>)?([^<]*)', answer.text)
            seen += answer.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in seen
        assert "{{ 7 * 7 }}" in seen
        session = next(address for address in found if address.startswith("/sessions/"))
        assert (await house.web.get(f"{session}.png")).status_code == 200


@pytest.mark.shared
async def test_real_nights_keep_the_rules_and_the_budget(dsn: str, shared: Path) -> None:
    files = sorted((shared / "data/rounds").glob("2025-10-1*.txt"))
    async with running(dsn, "stats", "webui") as house:
        await house.take(files)
        found = await addresses(house)
        most = 0
        for address in found:
            answer = await house.web.get(address)
            assert answer.status_code == 200, address
            assert answer.num_bytes_downloaded < WIRE, address
            assert problems(answer.text) == [], address
            count = len(Document(answer.text).elements)
            assert count <= NODES, f"{address} has {count} elements"
            most = max(most, count)
        assert most > 2_000, "a large night is among them"
