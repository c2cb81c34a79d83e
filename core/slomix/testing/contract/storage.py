"""Checks: migrations are named right, can be undone, and stay in the plugin's own schema."""

from __future__ import annotations

from collections.abc import Iterator

import asyncpg
import pytest

from slomix.storage.migrate import migrate, rollback
from slomix.storage.sources import MigrationSource, read_files
from slomix.testing.contract.base import LOOKS, ContractBase
from slomix.testing.contract.house import House
from slomix.testing.contract.subject import Subject
from slomix.testing.contract.tiers import tier
from slomix.testing.database import fresh_database, sources_for

#: Everything that has a name and a schema, but for the system's own and yoyo's books.
NAMES = """
select n.nspname as schema, c.relkind::text || ' ' || c.relname as what
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relname !~ 'yoyo'
union all
select n.nspname, 'function ' || p.proname
from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
union all
select n.nspname, 'type ' || t.typname
from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where t.typname !~ 'yoyo'
union all
select n.nspname, 'trigger ' || c.relname || '.' || g.tgname
from pg_catalog.pg_trigger g
join pg_catalog.pg_class c on c.oid = g.tgrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where not g.tgisinternal
"""
FOREIGN_KEYS = """
select k.conrelid::regclass::text as owner, tn.nspname as target
from pg_catalog.pg_constraint k
join pg_catalog.pg_class o on o.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = o.relnamespace
join pg_catalog.pg_class t on t.oid = k.confrelid join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
where k.contype = 'f' and n.nspname = $1
"""
#: Schemas of the server itself.
SYSTEM = ("pg_", "information_schema")


async def names(dsn: str) -> set[tuple[str, str]]:
    """Schema and name of everything in the database."""
    connection = await asyncpg.connect(dsn)
    try:
        return {(row["schema"], row["what"]) for row in await connection.fetch(NAMES)}
    finally:
        await connection.close()


async def apply(dsn: str, source: MigrationSource) -> None:
    """Migrate the plugin up; AssertionError with the reason."""
    (outcome,) = await migrate(dsn, [source])
    assert outcome.error is None, f"the migration fails: {outcome.error}"


def _own(found: set[tuple[str, str]], schema: str) -> list[str]:
    return sorted(what for owner, what in found if owner == schema)


class StorageChecks(ContractBase):
    """Its tables come, go and stay where they belong."""

    @pytest.fixture
    def source(self, subject: Subject) -> MigrationSource | None:
        """The plugin's migrations."""
        return subject.migrations

    @pytest.fixture
    def bare_dsn(self, subject: Subject) -> Iterator[str]:
        """A database with everything but the plugin's own tables."""
        with fresh_database(sources_for(subject.needs)) as dsn:
            yield dsn

    @tier("bronze")
    def test_its_migrations_are_named_right(self, subject: Subject, source: MigrationSource | None) -> None:
        """Migrations are <plugin>.<4 digits>.<slug>.sql, each with its rollback"""
        declared = subject.plugin.migrations
        assert declared in (None, "migrations"), "its folder must be called migrations"
        if source is not None:
            assert read_files(source), f"{source.folder} holds no migration; say migrations = None"
            known = {f"{file.id}{end}" for file in read_files(source) for end in (".sql", ".rollback.sql")}
            stray = sorted(path.name for path in source.folder.glob("*.sql") if path.name not in known)
            assert not stray, f"no migration belongs to {', '.join(stray)}"

    @tier("bronze")
    async def test_its_migrations_go_up_down_and_up(self, bare_dsn: str, source: MigrationSource | None) -> None:
        """Migrations can be applied, undone and applied again"""
        if source is None:
            return
        await apply(bare_dsn, source)
        first = _own(await names(bare_dsn), source.schema)
        await rollback(bare_dsn, source)
        left = _own(await names(bare_dsn), source.schema)
        assert not left, f"its rollbacks leave {', '.join(left)}"
        await apply(bare_dsn, source)
        assert _own(await names(bare_dsn), source.schema) == first, "the second time the tables are others"

    @tier("bronze")
    async def test_its_migrations_stay_at_home(self, bare_dsn: str, source: MigrationSource | None) -> None:
        """Migrations touch the plugin's own schema only"""
        if source is None:
            return
        before = await names(bare_dsn)
        await apply(bare_dsn, source)
        changed = {item for item in before ^ await names(bare_dsn) if item[0] != source.schema}
        strange = sorted(f"{schema}: {what}" for schema, what in changed if not schema.startswith(SYSTEM))
        assert not strange, f"outside of schema {source.schema} they changed {', '.join(strange)}"

    @tier("bronze")
    @LOOKS
    async def test_its_tables_hang_on_core_or_on_itself(self, seen_house: House) -> None:
        """Foreign keys lead to core or to the plugin itself, so that each plugin can be removed"""
        keys = await seen_house.execute(FOREIGN_KEYS, seen_house.subject.name)
        wrong = [f"{row[0]} → {row[1]}" for row in keys if row[1] not in ("slomix", seen_house.subject.name)]
        assert not wrong, f"foreign keys to other plugins: {', '.join(wrong)}"

    @tier("silver")
    async def test_its_filled_tables_go_up_down_and_up(self, house: House) -> None:
        """Migrations can be undone and applied again where there are rows"""
        source = house.subject.migrations
        if source is None:
            return
        empty = await house.rows()
        await house.fill()
        await rollback(house.dsn, source)
        await apply(house.dsn, source)
        assert await house.rows() == empty, "rows outlive their table"
