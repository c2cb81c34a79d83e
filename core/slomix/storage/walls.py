"""The walls in the database: a schema is owned by one role, written under another, and read under a third.

They are built around each migration, by the account that Slomix logs in with: before it the roles and the ownership,
after it the grants on what is there now. Everything is found in PostgreSQL's catalogue, so a database from before the
walls is brought over in the same way. A table says in its comment what is special about it:

- `append-only …`: rows are added and read, never changed or taken away;
- `private …` (core's tables): nobody but core may read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import asyncpg

from slomix.errors import MigrationError
from slomix.storage.roles import ANY_PLUGIN, CORE, GUEST, PUBLIC_READER, all_roles_of, owner_of, roles_of

if TYPE_CHECKING:
    from slomix.storage.sources import MigrationSource

#: Raise it when the grants of the same tables become others: the next migration builds all walls anew.
VERSION = 1

#: What every plugin may write of core's tables, in its own transactions: it publishes, enqueues and asks for posts.
DOORS: Mapping[str, str] = {
    "event": "insert (key, version, payload)",
    "pgqueuer": "insert (id, priority, entrypoint, payload, execute_after, dedupe_key, headers, status)",
    "pgqueuer_log": "insert (job_id, status, entrypoint, priority)",
    "post": "insert (post, subject, nonce), update (wanted, retry_at, state)",
}
_DOOR_SEQUENCE = "pgqueuer_id_seq"

#: Which walls are up, for whoever looks without building.
BOOKS = """
create table if not exists slomix.wall (
    source text primary key,
    version integer not null,
    built_at timestamptz not null default now()
);
"""
_STANDING = """
select source from slomix.wall
where version = $1 and pg_has_role(current_user, to_regrole('slomix_' || source || '_owner')::oid, 'member')
    and pg_has_role(current_user, to_regrole('slomix_' || source)::oid, 'member')
    and pg_has_role(current_user, to_regrole('slomix_' || source || '_reader')::oid, 'member')
"""
_BUILT = """
insert into slomix.wall (source, version) values ($1, $2)
on conflict (source) do update set version = excluded.version, built_at = now()
"""
_MISSING_ROLES = "select r from unnest($1::text[]) as r where to_regrole(quote_ident(r)) is null"
# A role that may create roles is made a member of what it creates, since PostgreSQL 16 without the right to act as it.
_NOT_MINE = "select r from unnest($1::text[]) as r where not pg_has_role(current_user, r, $2)"
_NOT_MEMBERS = """
select r, m from unnest($1::text[], $2::text[]) as t (r, m)
where not exists (
    select from pg_auth_members a where a.roleid = to_regrole(quote_ident(r)) and a.member = to_regrole(quote_ident(m))
)
"""
_SCHEMA_OWNER = "select nspowner::regrole::text from pg_namespace where nspname = $1"
# Sequences of columns follow their table, and so do the types of rows and arrays.
_ADOPT = """
select format('alter %s %I.%I owner to %I', k.word, n.nspname, c.relname, $2::text) as statement
from pg_class c join pg_namespace n on n.oid = c.relnamespace
join (values ('r', 'table'), ('p', 'table'), ('v', 'view'), ('m', 'materialized view'), ('S', 'sequence'),
             ('f', 'foreign table')) as k (kind, word) on k.kind = c.relkind::text
where n.nspname = $1 and c.relowner <> to_regrole(quote_ident($2::text))
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
                    and c.relkind = 'S' and d.deptype in ('a', 'i') and d.refclassid = 'pg_class'::regclass)
union all
select format('alter type %I.%I owner to %I', n.nspname, t.typname, $2::text)
from pg_type t join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
where n.nspname = $1 and t.typowner <> to_regrole(quote_ident($2::text))
    and (t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and c.relkind = 'c'))
union all
select format('alter routine %s owner to %I', p.oid::regprocedure, $2::text)
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname = $1 and p.proowner <> to_regrole(quote_ident($2::text))
"""
# `books` are those of migrations: of no concern to a plugin that runs.
_RELATIONS = """
select c.relname as name, c.relkind in ('v', 'm') as view, c.relname ~ '^_?yoyo' as books,
    coalesce(obj_description(c.oid, 'pg_class'), '') as says
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f')
order by c.relname
"""
_BY_HAND = "migration_hash", "wall"


async def standing(connection: asyncpg.Connection[Any]) -> set[str]:
    """Whose walls are up: "core" and plugins. Empty in a database without any."""
    try:
        return {row["source"] for row in await connection.fetch(_STANDING, VERSION)}
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        return set()


async def prepare(connection: asyncpg.Connection[Any], source: MigrationSource) -> None:
    """Before the migration of a source: its roles, its schema, and everything in there in the hands of the owner.

    Raises `MigrationError` when the account of the database may not do that.
    """
    try:
        for more in (True, True, False):
            await _make_roles(connection, source.name)
            try:
                async with connection.transaction():
                    await _adopt(connection, source.name, source.schema)
                return
            except asyncpg.UndefinedObjectError:  # another database of this server dropped a role just now
                if not more:
                    raise
    except asyncpg.InsufficientPrivilegeError as error:
        raise MigrationError(
            f"the account of the database may not make the roles of {source.name} ({error}); give it CREATEROLE, or "
            'say slomix.database.roles = "off" (SLOMIX_DATABASE__ROLES)'
        ) from error


async def _adopt(connection: asyncpg.Connection[Any], name: str, schema: str) -> None:
    """The schema and all that is in it belong to the owner; with its first grants no role can be dropped any more."""
    owner = owner_of(name)
    before = await connection.fetchval(_SCHEMA_OWNER, schema)
    if before is None:
        await connection.execute(f'create schema "{schema}" authorization "{owner}"')
    elif before != owner:
        await connection.execute(f'alter schema "{schema}" owner to "{owner}"')
    for row in await connection.fetch(_ADOPT, schema, owner):
        await connection.execute(row["statement"])
    await connection.execute(_usage(name, schema))
    if name != CORE:
        await connection.execute(f'grant references on all tables in schema slomix to "{owner}"')


def _usage(name: str, schema: str) -> str:
    roles = roles_of(name)
    return f'grant usage on schema "{schema}" to "{PUBLIC_READER}", "{roles.writes}", "{roles.reads}"'


async def finish(connection: asyncpg.Connection[Any], source: MigrationSource) -> None:
    """After the migration of a source: the grants on what is there now, and a note that the walls are up."""
    relations = await connection.fetch(_RELATIONS, source.schema)
    async with connection.transaction():
        for statement in grants(source.name, source.schema, relations):
            await connection.execute(statement)
        await connection.execute(_BUILT, source.name, VERSION)


def grants(name: str, schema: str, relations: Iterable[Mapping[str, Any]]) -> list[str]:
    """The statements that give everybody what is theirs in a schema, and nothing else."""
    roles = roles_of(name)
    everybody = f'"{roles.writes}", "{roles.reads}", "{PUBLIC_READER}", "{ANY_PLUGIN}", public'
    given = [
        f'revoke all on all tables in schema "{schema}" from {everybody}',
        f'revoke all on all sequences in schema "{schema}" from {everybody}',
        f'revoke all on all routines in schema "{schema}" from {everybody}',
        f'revoke all on schema "{schema}" from {everybody}',
        _usage(name, schema),
        f'grant usage, select on all sequences in schema "{schema}" to "{roles.writes}"',
        f'grant execute on all routines in schema "{schema}" to "{roles.writes}", "{roles.reads}"',
    ]
    there = set()
    for relation in relations:
        if relation["books"]:
            continue
        table = f'"{schema}"."{relation["name"]}"'
        there.add(relation["name"])
        given.append(f'grant {_verbs(name, relation)} on {table} to "{roles.writes}"')
        given.append(f'grant select on {table} to "{roles.reads}"')
        if _is_public(name, relation):
            given.append(f'grant select on {table} to "{PUBLIC_READER}"')
    if name == CORE:
        given += [
            f'grant {verbs} on slomix."{table}" to "{ANY_PLUGIN}"' for table, verbs in DOORS.items() if table in there
        ]
        if "pgqueuer" in there:
            given.append(f'grant usage on sequence slomix."{_DOOR_SEQUENCE}" to "{ANY_PLUGIN}"')
    return given


def _verbs(name: str, relation: Mapping[str, Any]) -> str:
    if relation["view"] or (name == CORE and relation["name"] in _BY_HAND):
        return "select"
    return "select, insert" if relation["says"].startswith("append-only") else "select, insert, update, delete"


def _is_public(name: str, relation: Mapping[str, Any]) -> bool:
    if name == CORE:
        return not relation["says"].startswith("private")
    return bool(relation["view"]) and relation["name"].startswith("pub_")


async def _make_roles(connection: asyncpg.Connection[Any], name: str) -> None:
    """The roles of one source, and who is a member of what. Databases of one server may do it at the same time."""
    own = [*all_roles_of(name), GUEST.reads, GUEST.writes]
    member_of = [(GUEST.reads, role) for role in own if role != GUEST.reads]
    if name != CORE:
        member_of.append((GUEST.writes, roles_of(name).writes))
    for row in await connection.fetch(_MISSING_ROLES, own):
        await _unless_there(connection, f'create role "{row["r"]}" nologin')
    acting = "set" if connection.get_server_version().major >= 16 else "member"
    for row in await connection.fetch(_NOT_MINE, own, acting):
        await _unless_there(connection, f'grant "{row["r"]}" to current_user')
    for row in await connection.fetch(_NOT_MEMBERS, [role for role, _ in member_of], [m for _, m in member_of]):
        await _unless_there(connection, f'grant "{row["r"]}" to "{row["m"]}"')


async def _unless_there(connection: asyncpg.Connection[Any], statement: str) -> None:
    """Create or grant what another database of this server may be creating or granting just now."""
    try:
        await connection.execute(statement)
    except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
        return
    except asyncpg.InternalServerError as error:
        if "concurrently updated" not in str(error):
            raise


async def tear_down(connection: asyncpg.Connection[Any], name: str) -> tuple[str, ...]:
    """Drop the roles of a plugin whose schema is gone; answers those that another database of the server needs."""
    kept = []
    for role in all_roles_of(name):
        if await connection.fetch(_MISSING_ROLES, [role]):
            continue
        await connection.execute(f'drop owned by "{role}"')  # what was granted to it in this database
        try:
            async with connection.transaction():
                await connection.execute(f'drop role "{role}"')
        except (asyncpg.DependentObjectsStillExistError, asyncpg.InsufficientPrivilegeError):
            kept.append(role)
    return tuple(kept)
