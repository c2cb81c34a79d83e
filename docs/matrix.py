"""Writes the matrix of docs/walls.md from the grants of a freshly migrated database. Run by `make docs`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

import asyncpg

from slomix.storage.roles import ANY_PLUGIN, CORE, PUBLIC_READER, roles_of
from slomix.storage.sources import MigrationSource
from slomix.testing.database import fresh_database, sources_for

PAGE = Path(__file__).parent / "walls.md"
BEGIN, END = "<!-- matrix: made by `make docs` -->\n", "<!-- /matrix -->\n"
#: The plugins that the page shows: core and these.
PLUGINS = ("stats",)
LETTERS = {"select": "S", "insert": "I", "update": "U", "delete": "D"}

GRANTS = """
select c.relname as name, r as role, v as verb, has_table_privilege(r, c.oid, v) as whole,
    v <> 'delete' and has_any_column_privilege(r, c.oid, v) as part
from pg_class c, unnest($2::text[]) as r, unnest($3::text[]) as v
where c.relnamespace = to_regnamespace($1) and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
    and c.relname !~ '^_?yoyo'
order by c.relname
"""


def roles_around(name: str) -> dict[str, str]:
    """The roles that a table of core or of a plugin is shown for: heading to role."""
    own = roles_of(name)
    mine = {f"`{own.writes}`": own.writes, f"`{own.reads}`": own.reads}
    if name == CORE:
        return {**mine, f"any plugin (`{ANY_PLUGIN}`)": ANY_PLUGIN, f"everybody (`{PUBLIC_READER}`)": PUBLIC_READER}
    core = roles_of(CORE).writes
    return {**mine, f"`{core}`": core, f"everybody (`{PUBLIC_READER}`)": PUBLIC_READER}


async def matrix(dsn: str, source: MigrationSource) -> dict[str, dict[str, str]]:
    """Table to role to letters; a small letter stands for some columns."""
    connection = await asyncpg.connect(dsn)
    try:
        roles = list(roles_around(source.name).values())
        rows = await connection.fetch(GRANTS, source.schema, roles, list(LETTERS))
    finally:
        await connection.close()
    found: dict[str, dict[str, str]] = {}
    order = list(LETTERS)
    for row in sorted(rows, key=lambda row: (row["name"], order.index(row["verb"]))):
        letter = LETTERS[row["verb"]] if row["whole"] else LETTERS[row["verb"]].lower() if row["part"] else ""
        of_table = found.setdefault(row["name"], dict.fromkeys(roles, ""))
        of_table[row["role"]] += letter
    return found


def table(source: MigrationSource, found: Mapping[str, Mapping[str, str]]) -> str:
    """The matrix of one schema in Markdown."""
    heads = [f"schema `{source.schema}`", *roles_around(source.name)]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    lines += [f"| `{name}` | {' | '.join(of.values())} |" for name, of in found.items()]
    return "\n".join(lines)


def page() -> str:
    """docs/walls.md as it should be."""
    sources = sources_for(PLUGINS)
    with fresh_database(sources) as dsn:
        tables = [table(source, asyncio.run(matrix(dsn, source))) for source in sources]
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    return before + BEGIN + "\n" + "\n\n".join(tables) + "\n\n" + END + rest.partition(END)[2]


def main() -> int:
    """Write the page where it changed."""
    text = page()
    if PAGE.read_text("utf-8") != text:
        PAGE.write_text(text, "utf-8", newline="\n")
        sys.stdout.write("wrote docs/walls.md\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
