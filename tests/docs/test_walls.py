"""docs/walls.md says who may do what: each role tries each verb on each column of a migrated database."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from slomix.storage.database import Database

PAGE = Path(__file__).parents[2] / "docs" / "walls.md"
ROLE = re.compile(r"`(slomix_\w+)`")
LETTERS = {"select": "S", "insert": "I", "update": "U", "delete": "D", "truncate": "T"}

# Nothing is changed: no row is meant, and each try is rolled back. Other refusals than of a right (views, generated
# columns, tables that others refer to) are no right either.
TRY = """
create function pg_temp.tried(roles text[]) returns table (schema text, relation text, role text, verb text,
    col text, allowed boolean) language plpgsql as $$
declare
    statement text;
begin
    for schema, relation, role, verb, col, statement in
        select n.nspname, c.relname, r, v.verb, a.attname,
            format(v.pattern, n.nspname, c.relname, a.attname)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join unnest(roles) as r
        cross join (values
            ('select', 'select %3$I from %1$I.%2$I where false', true),
            ('insert', 'insert into %1$I.%2$I (%3$I) select null where false', true),
            ('update', 'update %1$I.%2$I set %3$I = null where false', true),
            ('delete', 'delete from %1$I.%2$I where false', false),
            ('truncate', 'truncate %1$I.%2$I', false)
        ) as v (verb, pattern, columns)
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            and case when v.columns then a.attgenerated = '' and (a.attidentity = '' or v.verb = 'select')
                     else a.attnum = 1 end
        where n.nspname in ('slomix', 'stats') and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
            and c.relname !~ '^_?yoyo'
    loop
        begin
            execute format('set local role %I', role);
            execute statement;
            raise exception 'enough' using errcode = 'TRIED';
        exception
            when sqlstate 'TRIED' then allowed := true;
            when insufficient_privilege or wrong_object_type or object_not_in_prerequisite_state
                or feature_not_supported or generated_always then allowed := false;
        end;
        return next;
    end loop;
end $$
"""
ROLES = [f"slomix_{name}{end}" for name in ("core", "stats") for end in ("", "_reader")]
ROLES += ["slomix_reader", "slomix_plugin"]


def promised() -> dict[tuple[str, str, str], str]:
    """Letters by schema, table and role, as the page has them."""
    found = {}
    for block in PAGE.read_text("utf-8").split("| schema `")[1:]:
        lines = ("| schema `" + block).splitlines()
        schema = lines[0].split("`")[1]
        roles = ROLE.findall(lines[0])
        for line in lines[2:]:
            if not line.startswith("| `"):
                break
            name, *cells = [cell.strip() for cell in line.strip("|").split("|")]
            for role, cell in zip(roles, cells, strict=True):
                found[schema, name.strip("`"), role] = cell
    return found


@pytest.mark.plugins("stats")
async def test_the_page_says_what_each_role_may_do(db: Database) -> None:
    async with db.transaction() as tx:
        await tx.execute(TRY)
        rows = await tx.fetch("select * from pg_temp.tried($1)", ROLES)
    tries: dict[tuple[str, str, str], dict[str, set[bool]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        tries[row["schema"], row["relation"], row["role"]][row["verb"]].add(row["allowed"])
    letters = {
        key: "".join(
            LETTERS[verb] if done == {True} else LETTERS[verb].lower()
            for verb in LETTERS
            if True in (done := of.get(verb, {False}))
        )
        for key, of in tries.items()
    }
    told = promised()
    assert {key: letters[key] for key in told} == told, "run `make docs`"
    assert {key[:2] for key in letters} == {key[:2] for key in told}, "run `make docs`"
    assert sum(row["allowed"] for row in rows) > 500
    assert sum(not row["allowed"] for row in rows) > 2000
    # what the page leaves out: nobody else reaches a plugin's tables, and core's only through the roles that are shown
    assert all(
        letter in ("", "S")
        for (schema, name, role), letter in letters.items()
        if (schema, role) == ("stats", "slomix_plugin")
    )
