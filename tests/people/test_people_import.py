"""`slomix import links` and `names`: each refused row with its line and reason, and nothing twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slomix.cli.program import run as run_program
from slomix.contrib import Importer
from slomix.people.importers import core_importers
from slomix.people.importing import ImportRefused, Report, rows, take_file

LINKS = b"""guid,discord_id,name
00000001,770000000000000001,smith
00000002AAAAAAAAAAAAAAAAAAAAAAAA,770000000000000002,
00000009,770000000000000003,nobody
00000001,770000000000000004,second
00000003,abc,
"""
NAMES = """\ufeffguid;name;kind;first_seen;last_seen
00000001;^1old;seen;2020-01-01 10:00;2020-02-01T10:00:00+01:00

00000001;newest;;2030-01-01;
00000002;The Smith;custom
00000003;gold;alias;;
00000001;;seen
00000001;x;seen
00000001;x;odd
00000001;x;seen;yesterday
""".encode()


async def taken(town: Any, table: str, data: bytes, **more: Any) -> Report:
    runtime = town.program.runtime
    importer = next(each for each in core_importers(runtime.bus, runtime.settings.core) if each.name == table)
    return await take_file(runtime.db, None, importer, data, "cli:test", **more)


async def test_links_are_taken_once_and_what_does_not_fit_is_told(town: Any) -> None:
    await town.play("bronze", "silver", "gold")
    dry = await taken(town, "links", LINKS, dry_run=True)
    assert (dry.rows, dry.changed, dry.known) == (5, 3, 0)
    assert await town.people.player_of(770000000000000001) is None
    first = await taken(town, "links", LINKS)
    assert (first.rows, first.changed, first.known) == (5, 2, 0)
    assert [(each.line, each.reason.partition(";")[0]) for each in first.refused] == [
        (4, "nobody has played with the GUID '00000009' here"),
        (5, "smith belongs to another Discord account"),
        (6, "'abc' is no Discord id, which is a long number"),
    ]
    again = await taken(town, "links", LINKS)
    assert (again.changed, again.known, len(again.refused)) == (0, 2, 3)
    assert await town.people.display_name(await town.id_of("00000001")) == "smith"
    assert len(await town.people.log(action="person.link")) == 2


async def test_names_that_were_seen_chosen_or_given(town: Any) -> None:
    await town.play("bronze", "silver", "gold")
    await town.play("bronze", "silver", "golden")
    first = await taken(town, "names", NAMES)
    assert (first.changed, first.known) == (4, 0)
    assert [each.line for each in first.refused] == [7, 8, 9, 10]
    again = await taken(town, "names", NAMES)
    assert (again.changed, again.known) == (0, 4)
    called = [await town.people.display_name(await town.id_of(f"0000000{place}")) for place in (1, 2, 3)]
    assert called == ["newest", "The Smith", "gold"]
    assert [row["name"] for row in await town.people.aliases(await town.id_of("00000001"))] == [
        "newest",
        "bronze",
        "old",
    ]


async def nothing(*_: Any) -> bool:
    return False


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Missing: a, b"),
        (b"a,c\n1,2\n", "Missing: b; not known: c"),
        (b"a,b\n\xff\xfe\n", "not UTF-8"),
    ],
)
def test_a_file_that_is_another_table_is_refused_whole(data: bytes, words: str) -> None:
    importer = Importer(name="t", columns=("a", "b"), take=nothing, summary="t")
    with pytest.raises(ImportRefused, match=words):
        list(rows(importer, data))


def test_the_command_says_what_there_is(dsn: str, tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    config, file = tmp_path / "plugins.toml", tmp_path / "links.csv"
    config.write_text("[plugins]\n")
    file.write_bytes(LINKS)
    for name, value in (("DATABASE__URL", dsn), ("LOG__LEVEL", "error"), ("DATA_DIR", str(tmp_path))):
        monkeypatch.setenv(f"SLOMIX_{name}", value)
    assert run_program(["--config", str(config), "import", "links", str(file), "--dry-run"]) == 1
    told = capsys.readouterr()
    assert "5 rows: 0 would be changed, 0 known" in told.out
    assert "line 2: nobody has played with the GUID '00000001' here" in told.err
    assert run_program(["--config", str(config), "import", "odd", str(file)]) == 2
    assert "names: names that players had" in capsys.readouterr().err
