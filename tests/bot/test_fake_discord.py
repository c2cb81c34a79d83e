"""The fake Discord itself: it refuses what Discord refuses, remembers nonces, shows its channel, runs alone."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import aiohttp
import pytest

from slomix.testing.discord.server import FakeDiscord


async def call(
    fake: FakeDiscord, method: str, path: str, body: Any = None, token: str | None = None
) -> tuple[int, Any]:
    headers = {"Authorization": f"Bot {token or fake.token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, fake.api_base + path, json=body, headers=headers) as answer,
    ):
        assert answer.headers["Content-Type"] == "application/json"
        return answer.status, await answer.json()


def messages(fake: FakeDiscord) -> str:
    return f"/channels/{fake.channel_id}/messages"


@pytest.mark.parametrize(
    ("embed", "problem"),
    [
        ({"title": "t" * 257}, "embeds.0.title"),
        ({"description": "d" * 4097}, "embeds.0.description"),
        ({"fields": [{"name": "n", "value": "v"}] * 26}, "embeds.0.fields"),
        ({"fields": [{"name": "n", "value": "v" * 1025}]}, "embeds.0.fields.0.value"),
        ({"fields": [{"name": "n", "value": ""}]}, "embeds.0.fields.0.value"),
        ({"description": "d" * 4000, "footer": {"text": "f" * 2001}}, "embeds"),
    ],
)
async def test_an_embed_beyond_a_limit_is_refused(
    fake_discord: FakeDiscord, embed: dict[str, Any], problem: str
) -> None:
    status, error = await call(fake_discord, "POST", messages(fake_discord), {"embeds": [embed]})
    assert (status, error["code"]) == (400, 50035)
    found = error["errors"]
    for key in problem.split("."):
        found = found[key]
    assert found["_errors"][0]["message"]
    assert fake_discord.posts() == []


async def test_an_empty_message_and_a_wrong_token_and_an_unknown_channel_are_refused(fake_discord: FakeDiscord) -> None:
    assert (await call(fake_discord, "POST", messages(fake_discord), {}))[1]["code"] == 50006
    assert (await call(fake_discord, "GET", "/users/@me", token="other"))[0] == 401
    assert (await call(fake_discord, "POST", "/channels/1/messages", {"content": "x"}))[1]["code"] == 10003
    assert (await call(fake_discord, "GET", "/no/such"))[0] == 404


async def test_an_enforced_nonce_gives_the_message_it_made(fake_discord: FakeDiscord) -> None:
    body = {"content": "one", "nonce": "n1", "enforce_nonce": True}
    first = await call(fake_discord, "POST", messages(fake_discord), body)
    again = await call(fake_discord, "POST", messages(fake_discord), body | {"content": "two"})
    other = await call(fake_discord, "POST", messages(fake_discord), body | {"nonce": "n2"})
    assert first[1]["id"] == again[1]["id"] != other[1]["id"]
    assert first[1]["nonce"] == "n1"
    assert [message.content for message in fake_discord.posts()] == ["one", "one"]


async def test_the_channel_is_listed_newest_first(fake_discord: FakeDiscord) -> None:
    ids = []
    for text in "abc":
        ids.append((await call(fake_discord, "POST", messages(fake_discord), {"content": text}))[1]["id"])
    _, latest = await call(fake_discord, "GET", messages(fake_discord) + "?limit=2")
    _, after = await call(fake_discord, "GET", messages(fake_discord) + f"?after={ids[0]}&limit=1")
    _, before = await call(fake_discord, "GET", messages(fake_discord) + f"?before={ids[2]}")
    assert [message["content"] for message in latest] == ["c", "b"]
    assert [message["content"] for message in after] == ["b"]
    assert [message["content"] for message in before] == ["b", "a"]
    assert "nonce" not in latest[0]


async def test_a_message_is_edited_and_deleted(fake_discord: FakeDiscord) -> None:
    _, sent = await call(fake_discord, "POST", messages(fake_discord), {"content": "a"})
    path = f"{messages(fake_discord)}/{sent['id']}"
    _, edited = await call(fake_discord, "PATCH", path, {"content": "b"})
    assert (edited["content"], edited["edited_timestamp"] is not None) == ("b", True)
    async with (
        aiohttp.ClientSession() as session,
        session.delete(fake_discord.api_base + path, headers={"Authorization": f"Bot {fake_discord.token}"}) as gone,
    ):
        assert gone.status == 204
    assert (await call(fake_discord, "GET", path))[1]["code"] == 10008


async def test_too_many_commands_are_refused_whole(fake_discord: FakeDiscord) -> None:
    path = f"/applications/{fake_discord.world.application_id}/commands"
    many = [{"name": f"c{number}", "description": "one", "type": 1} for number in range(101)]
    assert (await call(fake_discord, "PUT", path, many))[1]["code"] == 30032
    assert (await call(fake_discord, "PUT", path, [{"name": "Bad Name", "description": "x"}]))[1]["code"] == 50035
    assert (await call(fake_discord, "GET", path)) == (200, [])


async def test_it_runs_in_a_process_of_its_own() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "slomix.testing.discord", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        told = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
        headers = {"Authorization": f"Bot {told['token']}"}
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{told['api_base']}/channels/{told['channel']}", headers=headers) as answer,
        ):
            assert (await answer.json())["guild_id"] == str(told["guild"])
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 60) == 0
