"""Which programs of PostgreSQL are taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from slomix.errors import DatabaseUnavailable
from slomix.storage import binaries
from slomix.storage.binaries import find_binaries
from slomix.storage.keeper import locales


def test_the_named_ones_come_first_and_say_their_version_themselves() -> None:
    usual = find_binaries({})
    assert find_binaries({"SLOMIX_PG_BINDIR": str(usual.folder)}) == usual


def test_named_ones_that_are_not_there_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="SLOMIX_PG_BINDIR"):
        find_binaries({"SLOMIX_PG_BINDIR": str(tmp_path)})
    (tmp_path / "postgres").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "postgres").chmod(0o755)
    with pytest.raises(DatabaseUnavailable, match="does not run"):
        find_binaries({"SLOMIX_PG_BINDIR": str(tmp_path)})


def test_the_newest_of_the_machine_when_there_is_no_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "WHEEL", "no_such_package")
    monkeypatch.setattr(binaries, "SYSTEM", tmp_path)
    with pytest.raises(DatabaseUnavailable, match=r"slomix\[embedded\]"):
        find_binaries({})
    for version in ("9", "16", "17"):
        folder = tmp_path / version / "bin"
        folder.mkdir(parents=True)
        (folder / "postgres").touch()
        if version != "17":  # clients only
            (folder / "initdb").touch()
    found = find_binaries({})
    assert (found.folder, found.major) == (tmp_path / "16" / "bin", 16)


def test_locales_do_not_depend_on_the_system_where_postgresql_has_its_own() -> None:
    assert locales(18) == [["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]]
    assert locales(15)[-1] == ["--locale=C"]
