"""Texts, numbers and files that are too long, too large or too many: refused with a sentence, never a crash."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from slomix.identity.servers import LONGEST_NAME, ServerError, add_server
from slomix.ingest.prepare import prepare
from slomix.storage.database import Database
from slomix.testing.running import Running

LONG = "a" * 10_000
#: Larger than any integer that PostgreSQL stores.
HUGE = "9" * 40


@pytest.mark.plugins("stats", "webui")
@pytest.mark.parametrize(
    "query",
    [
        f"players?q={LONG}",
        "players?limit=101",
        "players?limit=0",
        f"players?limit={HUGE}",
        "players?limit=-1",
        "players?limit=1e3",
        f"sessions?before={LONG}",
        "sessions?limit=101",
        "leaderboard?offset=1000001",
        f"leaderboard?offset={HUGE}",
        f"leaderboard?metric={LONG}",
    ],
)
async def test_query_parameters_of_the_api(web: httpx2.AsyncClient, query: str) -> None:
    answer = await web.get(f"/stats/api/v1/{query}")
    assert answer.status_code == 400, answer.text[:200]
    assert len(answer.content) < 1000


@pytest.mark.plugins("stats", "webui")
@pytest.mark.parametrize(
    "path",
    [
        f"players?q={LONG}",
        f"sessions?before={LONG}",
        f"sessions?q={LONG}",
        f"sessions?since={LONG}",
        "sessions?until=tomorrow",
        f"sessions/s0?metric={LONG}",
        "sessions/s0?sort=none",
        "sessions/s0?order=up",
        f"leaderboards?any={LONG}",
        f"leaderboards.json?any={LONG}",
        "leaderboards?metric=none",
        f"leaderboards?period={LONG[:100]}",
    ],
)
async def test_query_parameters_of_pages(web: httpx2.AsyncClient, path: str) -> None:
    answer = await web.get(f"/{path}")
    assert answer.status_code == 400
    assert LONG[:1000] not in answer.text


@pytest.mark.plugins("stats", "webui")
async def test_an_address_of_a_page_that_is_too_long_is_not_repeated(web: httpx2.AsyncClient) -> None:
    answer = await web.get(f"/players/{LONG}")
    assert answer.status_code == 404
    assert LONG[:1000] not in answer.text


@pytest.mark.plugins("stats", "webui")
@pytest.mark.parametrize("kind", ["sessions", "matches", "rounds", "players"])
@pytest.mark.parametrize("name", [LONG, HUGE, "%00", "%FF%FE", "..%2F..%2Fetc", "%F0%9F%98%80"])
async def test_names_in_paths(web: httpx2.AsyncClient, kind: str, name: str) -> None:
    refused = 400 if name == "%00" else 404
    api = await web.get(f"/stats/api/v1/{kind}/{name}")
    assert api.status_code == refused
    assert len(api.content) < 1000
    assert (await web.get(f"/{kind}/{name}")).status_code == refused


@pytest.mark.plugins("stats", "webui")
async def test_what_people_send_to_pages_of_their_own(program: Running) -> None:
    async with await program.as_person(1, tier="owner") as web:
        for path in (f"me?q={LONG}", f"system/users?q={LONG}", "system/users?page=0", f"system/users?page={HUGE}"):
            assert (await web.get(f"/{path}")).status_code == 400
        for path in (f"system/jobs/{HUGE}", f"system/ingest/{LONG}", f"system/users/{HUGE}"):
            answer = await web.get(f"/{path}")
            assert answer.status_code in (400, 404)
            assert LONG[:1000] not in answer.text
        for path in ("me/claim", "me/name", "system/servers/add", "system/users/1/grant", "system/audit/1/undo"):
            for form in (
                {"name": LONG, "custom": LONG, "player": LONG, "right": LONG},
                {f"f{n}": "x" for n in range(99)},
            ):
                answer = await web.post(f"/{path}", data=form)
                assert answer.status_code in (400, 409)
                assert LONG[:1000] not in answer.text
            answer = await web.post(f"/{path}", files={"file": b"x" * 100_000})
            assert answer.status_code in (400, 409)


@pytest.mark.parametrize("last", [HUGE, "-1", LONG, "1.5"])
async def test_numbers_of_events(web: httpx2.AsyncClient, last: str) -> None:
    assert (await web.get("/-/events", headers={"Last-Event-ID": last})).status_code == 400


@pytest.mark.plugins("stats")
@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("2026-01-01-200000-supply-round-1.txt", b"a" * ((1 << 20) + 1), "too_large"),
        ("2026-01-01-200000-supply-round-1.txt", b"\x00" * 1000, "not_text"),
        ("2026-01-01-200000-supply-round-1.txt", b"h" * 300 + b"\\supply\\x\\1\\2\\1\\10:00\\5:00\\1\n", "bad_header"),
        ("2026-01-01-200000-supply-round-1.txt", b"\\" * 100_000, "truncated"),
        ("2026-01-01-200000-supply-round-1.txt", b"\n" * 100_000, "bad_header"),
        (f"{LONG}.bin", b"x", "bad_name"),
    ],
    ids=["size", "binary", "host name", "separators", "lines", "unknown"],
)
async def test_files(program: Running, name: str, data: bytes, reason: str) -> None:
    outcome = await program.give(name, data)
    assert (outcome.outcome, outcome.reason) == ("quarantined", reason)
    assert len(outcome.detail or "") < 500


@pytest.mark.plugins("stats")
async def test_a_player_with_an_endless_name_is_refused(program: Running) -> None:
    header = b"host\\supply\\x\\1\\2\\1\\10:00\\5:00\n"
    line = b"ABCDEF0123456789\\" + b"n" * 5000 + b"\\0\\1\\0\n"
    outcome = await program.give("2026-01-01-200000-supply-round-1.txt", header + line)
    assert (outcome.outcome, outcome.reason) == ("quarantined", "bad_line")


def test_a_name_that_no_file_system_has_is_no_crash() -> None:
    assert prepare([], "a/" * 5000 + "\0", b"").verdict == "quarantined"


@pytest.mark.parametrize("name", ["", " ", "a" * (LONGEST_NAME + 1), "a\0b", "a\nb"])
async def test_names_of_servers(db: Database, name: str) -> None:
    async with db.transaction() as tx:
        with pytest.raises(ServerError, match="1 to 256 printable"):
            await add_server(tx, name)


async def test_the_longest_name_of_a_server_is_taken(db: Database) -> None:
    async with db.transaction() as tx:
        assert (await add_server(tx, "a" * LONGEST_NAME)).name == "a" * LONGEST_NAME


def test_settings_have_ranges(tmp_path: Path) -> None:
    from slomix.errors import SettingsError
    from slomix.settings import load

    (tmp_path / "plugins.toml").write_text("")
    for variable, value in {
        "SLOMIX_WEB__PORT": "65536",
        "SLOMIX_DATABASE__POOL_SIZE": "101",
        "SLOMIX_INGEST__SETTLE_MS": "-1",
        "SLOMIX_INGEST__MAX_UPLOAD_BYTES": "1",
        "SLOMIX_SESSIONS__GAP_MINUTES": "0",
        "SLOMIX_LOG__LEVEL": LONG,
        "SLOMIX_TIMEZONE": LONG,
    }.items():
        with pytest.raises(SettingsError, match=variable):
            load(tmp_path / "plugins.toml", environ={variable: value})
