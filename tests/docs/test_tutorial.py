"""docs/tutorial: every file written and every command run, in order, in a folder and an environment of their own."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import pytest

#: A dozen processes one after the other, on machines that do other things too.
pytestmark = pytest.mark.timeout(300)

HERE = "http://127.0.0.1:8080"
UP = re.compile(r"Slomix is up: (http://\S+?)/? ")
LANGUAGES = {"sh", "text", "toml", "sql", "python", "html"}
PATIENCE_SECONDS = 20.0


class Workshop(Protocol):
    folder: Path
    environ: dict[str, str]

    def do(self, command: str) -> str: ...


def _pages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_pages_of_tutorial", Path(__file__).with_name("pages.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


PAGES = _pages()
BLOCKS: list[Any] = PAGES.blocks(PAGES.DOCS / "tutorial" / "README.md")


class Reader:
    """A person who does what the page says, block by block."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.url = HERE
        self.command = ""
        self.said = ""
        self.up: subprocess.Popen[str] | None = None

    def follow(self, block: Any) -> None:
        if block.language == "text":
            self.expect(block.text)
        elif block.language == "sh" and block.words == "in another terminal":
            self.start(block.text)
        elif block.language == "sh":
            self.command = block.text.replace(HERE, self.url)
            self.said = self.workshop.do(self.command)
        else:
            path = self.workshop.folder / block.words
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")

    def expect(self, text: str) -> None:
        """The page shows lines of what the last command said; a page of the program may take a moment."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        missing = [line for line in text.splitlines() if line not in self.said]
        while missing and self.command.startswith("curl") and time.monotonic() < deadline:
            time.sleep(0.2)
            self.said = self.workshop.do(self.command)
            missing = [line for line in text.splitlines() if line not in self.said]
        assert not missing, f"{self.command}\n{self.said}"

    def start(self, command: str) -> None:
        self.up = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=self.workshop.folder,
            env=self.workshop.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.up.stdout is not None
        for line in self.up.stdout:
            if found := UP.match(line):
                self.url = found[1]
                return
        raise AssertionError("`slomix up` ended")

    def stop(self) -> None:
        if self.up is not None:
            self.up.terminate()
            assert self.up.wait(30) == 0


@pytest.fixture
def reader(workshop: Workshop) -> Iterator[Reader]:
    reader = Reader(workshop)
    yield reader
    reader.stop()


def test_every_block_is_run_or_written() -> None:
    assert {block.language for block in BLOCKS} <= LANGUAGES
    unnamed = [block.text for block in BLOCKS if block.language not in ("sh", "text") and not block.words]
    assert unnamed == []


def test_following_the_tutorial_gives_a_plugin_that_works(reader: Reader) -> None:
    for block in BLOCKS:
        reader.follow(block)
    assert reader.up is not None
