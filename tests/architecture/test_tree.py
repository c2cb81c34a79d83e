"""The tree: files stay small, and no package registry is named anywhere."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST = 500
CODE = {".py", ".sql", ".js", ".css", ".html"}
#: Written so that this file does not name them itself.
REGISTRIES = ("py{}pi.org", "python{}hosted.org", "npm{}js.org", "npm{}js.com", "proxy.golang{}.org", "crates{}.io")
MIGRATION = re.compile(r"[a-z][a-z0-9_]*\.\d{4}\.[a-z0-9_]+(\.rollback)?\.sql")


def test_no_file_is_longer_than_a_person_likes_to_read(tracked: list[Path]) -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines())
        for path in tracked
        if path.suffix in CODE
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_no_registry_is_named(tracked: list[Path]) -> None:
    names = [name.format("").encode() for name in REGISTRIES]
    assert [str(path) for path in tracked if any(name in path.read_bytes() for name in names)] == []


def test_migrations_are_named_after_their_owner_and_can_be_undone(tracked: list[Path]) -> None:
    files = [path for path in tracked if path.parent.name == "migrations" and path.suffix == ".sql"]
    assert files
    for path in files:
        assert MIGRATION.fullmatch(path.name), path
        owner = "core" if path.parent.parent == ROOT else path.parent.parent.name.removeprefix("slomix_")
        assert path.name.split(".")[0] == owner, path
        if not path.name.endswith(".rollback.sql"):
            assert path.with_name(path.name.replace(".sql", ".rollback.sql")) in files, path


def test_folders_of_tests_hold_no_two_files_of_one_name(tracked: list[Path]) -> None:
    names = [path.name for path in tracked if path.name.startswith("test_") and path.suffix == ".py"]
    assert sorted(names) == sorted(set(names))
