"""`slomix people`, as a person uses it: one story, each command once."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from slomix.cli.program import run as run_program
from slomix.testing.running import running


class Ran(NamedTuple):
    """What a command said, on both channels, and its exit code."""

    code: int
    output: str


Run = Callable[..., Ran]


@pytest.fixture
def run(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("people", "find", "x")` in this process, on the test's own database."""
    config = tmp_path / "plugins.toml"
    config.write_text("[plugins]\n")
    for name, value in (("DATABASE__URL", dsn), ("LOG__LEVEL", "error"), ("DATA_DIR", str(tmp_path))):
        monkeypatch.setenv(f"SLOMIX_{name}", value)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    def call(*arguments: str) -> Ran:
        capsys.readouterr()
        code = run_program(["--config", str(config), *arguments])
        told = capsys.readouterr()
        return Ran(code, told.out + told.err)

    return call


async def play(dsn: str) -> None:
    async with running(dsn) as program:
        await program.play(players=("bronze", "silver"))


def test_people_are_found_linked_merged_told_and_forgotten(run: Run, dsn: str) -> None:
    asyncio.run(play(dsn))
    assert run("people", "find", "nobody").code == 1
    assert "bronze: 00000001 (p" in run("people", "find", "bron").output
    assert "is bronze now" in run("people", "link", "42", "bronze", "--name", "smith", "--reason", "knows him").output
    assert "The name is The Smith now" in run("people", "name", "00000001", "The Smith").output
    refused = run("people", "merge", "00000001", "00000002")
    assert "side by side" in refused.output
    merged = run("people", "merge", "00000001", "00000002", "--together")
    assert merged.output == "The Smith is The Smith now.\n"
    entries = json.loads(run("people", "log", "--json").output)
    assert [each["action"] for each in entries] == ["person.merge", "person.rename", "person.link"]
    assert entries[2]["reason"] == "knows him"
    assert entries[2]["actor"].startswith("cli:")
    assert run("people", "undo", str(entries[0]["id"])).code == 0
    shown = json.loads(run("people", "show", "00000001").output)
    assert shown["player"]["name"] == "The Smith"
    told = json.loads(run("people", "export", "00000001").output)
    assert told["core"]["account"][0]["name"] == "smith"
    assert "42: admin was given." in run("people", "grant", "42", "admin").output
    assert "can not be undone" in run("people", "forget", "00000001").output
    assert "stands where" in run("people", "forget", "00000001", "--yes").output
    assert run("people", "find", "The Smith").code == 1
