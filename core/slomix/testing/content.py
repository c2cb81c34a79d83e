"""What the tables of a schema hold, for tests that compare databases."""

from __future__ import annotations

from collections.abc import Collection

from slomix.context import Reads

# Numbers that a database counts by itself tell nothing of what is stored.
TABLES = """
select c.relname as name, array(
        select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and a.attidentity <> ''
    )::text[] as counted
from pg_class c
where c.relnamespace = $1::text::regnamespace and c.relkind = 'r' and c.relname !~ 'yoyo|migration'
order by c.relname
"""


async def content(db: Reads, schema: str, *, without: Collection[str] = ()) -> dict[str, list[str]]:
    """Rows of each table as sorted JSON texts. `without` names tables and `table.column`s that may differ."""
    found = {}
    for table in await db.fetch(TABLES, schema):
        name = table["name"]
        if name in without:
            continue
        left_out = [*table["counted"], *(each.partition(".")[2] for each in without if each.startswith(f"{name}."))]
        rows = await db.fetch(
            f"select (to_jsonb(t) - $1::text[])::text as row from {schema}.{name} t order by 1",  # noqa: S608
            left_out,
        )
        found[name] = [row["row"] for row in rows]
    return found
