"""`slomix init`: the file, the invite link, the intents, the token."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from slomix.cli.invite import PERMISSIONS, invite_link, lacking
from slomix.testing.discord.server import FakeDiscord

Ran = subprocess.CompletedProcess[str]
Init = Callable[..., Ran]


@pytest.fixture
def init(tmp_path: Path) -> Init:
    """`init("--guild", "1", SLOMIX_DISCORD__TOKEN="…")` in a folder of the test's own, without a terminal."""

    def run(*arguments: str, **variables: str) -> Ran:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("SLOMIX_")}
        command = [sys.executable, "-m", "slomix", "init", *arguments]
        return subprocess.run(
            command,
            cwd=tmp_path,
            env={**environ, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def test_the_file_says_what_the_flags_said(init: Init, tmp_path: Path) -> None:
    given = ("--folder", "our server=stats", "--timezone", "Europe/Berlin", "--guild", "12", "--channel", "34")
    done = init(*given, "--plugin", "stats")
    assert done.returncode == 0, done.stderr
    told = tomllib.loads((tmp_path / "plugins.toml").read_text("utf-8"))
    assert told["plugins"] == {"stats": True}
    assert told["slomix"]["timezone"] == "Europe/Berlin"
    assert told["slomix"]["ingest"]["folders"] == [f"our server={tmp_path / 'stats'}"]
    assert told["slomix"]["discord"] == {"guild": 12, "channel": 34}
    assert "SLOMIX_DISCORD__TOKEN" in done.stdout


def test_a_file_that_is_there_stays_as_it_is(init: Init, tmp_path: Path) -> None:
    file = tmp_path / "plugins.toml"
    file.write_text("schema = 1\n[plugins]\n")
    done = init("--guild", "12", "--application", "77")
    assert done.returncode == 0, done.stderr
    assert file.read_text() == "schema = 1\n[plugins]\n"
    assert "stays as it is" in done.stdout
    assert invite_link(77) in done.stdout


@pytest.mark.parametrize(
    ("flags", "code", "reason"),
    [
        (("--timezone", "Europe/Atlantis"), 78, "no IANA time zone"),
        (("--plugin", "statz"), 1, "No installed package offers statz"),
        (("--guild", "0"), 2, "Invalid value"),
    ],
)
def test_a_wrong_answer_writes_nothing(
    init: Init, tmp_path: Path, flags: tuple[str, ...], code: int, reason: str
) -> None:
    done = init(*flags)
    assert done.returncode == code
    assert reason in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_link_asks_for_no_more_than_posts_need() -> None:
    names = {"send messages": 11, "embed links": 14, "attach files": 15, "read history": 16}
    assert sum(1 << bit for bit in names.values()) == PERMISSIONS
    assert invite_link(5).endswith(f"client_id=5&scope=bot+applications.commands&permissions={PERMISSIONS}")


async def test_the_link_is_that_of_the_token_s_application(init: Init) -> None:
    async with FakeDiscord() as fake:
        where = {"SLOMIX_DISCORD__TOKEN": fake.token, "SLOMIX_DISCORD__API_BASE": fake.api_base}
        done = await asyncio.to_thread(init, **where)
        assert done.returncode == 0, done.stderr
        assert invite_link(int(fake.world.application_id)) in done.stdout
        assert "has all that the plugins want" in done.stdout
        wrong = await asyncio.to_thread(init, **where | {"SLOMIX_DISCORD__TOKEN": "no-such-token"})
        assert "refuses the bot token" in wrong.stderr
        assert "no-such-token" not in wrong.stdout + wrong.stderr


def test_an_intent_that_is_off_is_named_with_who_wants_it() -> None:
    wanted = {"chat": frozenset({"message_content", "guilds"}), "stats": frozenset({"guilds"})}
    (sentence,) = lacking(wanted, 1 << 14)
    assert "'Message Content Intent'" in sentence
    assert "chat" in sentence
    assert "stats" not in sentence
    assert lacking(wanted, 1 << 19) == []


def test_a_token_for_a_server_is_shown_once(init: Init, data_dir: Path) -> None:
    done = init("--server-token", "our server", SLOMIX_DATA_DIR=str(data_dir))
    assert done.returncode == 0, done.stderr
    assert "Token of 'our server', shown this once: " in done.stdout
    assert "/-/ingest?name=FILE" in done.stdout
