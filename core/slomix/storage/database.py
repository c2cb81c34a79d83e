"""Connections to PostgreSQL: one asyncpg pool per process, explicit transactions, no ORM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import asyncpg
    from asyncpg.pool import PoolConnectionProxy

    Connection: TypeAlias = "asyncpg.Connection[Any] | PoolConnectionProxy[Any]"
