"""The third party's plugin in examples/hello: installed beside Slomix, its tests pass, its files stay as they are."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Protocol

import pytest

#: Several processes one after the other, on machines that do other things too.
pytestmark = pytest.mark.timeout(300)

HELLO = Path(__file__).parents[2] / "examples" / "hello"


class Workshop(Protocol):
    folder: Path

    def do(self, command: str) -> str: ...


def content(folder: Path) -> dict[str, str]:
    """The hash of every file, those that Python makes by itself aside."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_a_third_partys_plugin_passes_its_tests_unchanged(workshop: Workshop) -> None:
    before = content(HELLO)
    workshop.do(f"cp -r {HELLO} hello && rm -rf hello/**/__pycache__ && pip install ./hello")
    told = workshop.do("cd hello && pytest -q -p no:cacheprovider tests")
    assert " passed" in told
    assert "failed" not in told
    assert content(HELLO) == before


def test_its_code_fits_on_a_page() -> None:
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in (HELLO / "slomix_hello").glob("*.py"))
    assert lines <= 120
