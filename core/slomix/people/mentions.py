"""Where rows still mention a person: every column of every table, also lists, JSON and bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slomix.context import Reads

TABLES = """
select n.nspname as schema, c.relname as name
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and c.relname !~ 'yoyo'
    and n.nspname !~ '^pg_' and n.nspname not in ('information_schema')
    and ($1::text is null or n.nspname = $1)
order by 1, 2
"""
MENTIONED = "select exists (select from {} t where t::text ilike any($1))"


async def mentions(db: Reads, words: Sequence[str], *, schema: str | None = None) -> list[str]:
    """Tables (`schema.name`) with a row that holds one of the words, in any column and any case.

    Bytes are looked at as they are, so what is compressed there is not seen.
    """
    patterns = [f"%{_plain(word)}%" for word in words]
    patterns += [f"%{word.encode().hex()}%" for word in words]
    found = []
    for table in await db.fetch(TABLES, schema):
        query = MENTIONED.format(f'"{table["schema"]}"."{table["name"]}"')
        if await db.fetchval(query, patterns):
            found.append(f"{table['schema']}.{table['name']}")
    return found


def _plain(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
