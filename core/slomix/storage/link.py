"""A pooled connection that begins a transaction with all its settings in one way, and knows its role."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal

import asyncpg

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy
    from asyncpg.transaction import Transaction

    from slomix.storage.roles import RoleBook

    Base = asyncpg.Connection[Any]
else:
    Base = asyncpg.Connection


Method = Literal["fetch", "fetchrow", "fetchval"]


class Link(Base):
    """asyncpg's connection.

    `reads_as` is the role of statements outside of transactions, None for the rights of the login. With a role they
    may only read. `acts_as` is the role of the open transaction, `book` knows the roles of those whom it is lent to.
    """

    reads_as: str | None = None
    acts_as: str | None = None
    book: RoleBook | None = None
    _ahead: str | None = None

    async def read_one(self, role: str | None, method: Method, query: str, args: Sequence[Any], *, pooled: bool) -> Any:
        """One read outside of transactions under a role, None for the rights of the login.

        `pooled`: a pooler stands before the server, and the next statement may be on another session.
        """
        if role is None or not pooled:
            await self._read_as(role)
            return await getattr(self, method)(query, *args)
        transaction = await self.begin(read_only=True, role=role, book=None, first=())
        try:
            return await getattr(self, method)(query, *args)
        finally:
            if not self.is_closed():
                await transaction.rollback()

    async def begin(
        self, *, read_only: bool, role: str | None, book: RoleBook | None, first: Sequence[str]
    ) -> Transaction:
        """Begin a transaction under a role; the role and the statements `first` go with it in one way to the server.

        The link is cut when that fails.
        """
        settings = []
        if self.reads_as is not None and not read_only:
            settings.append("set transaction read write")
        if role is not None or self.reads_as is not None:
            settings.append(_set_role("local", role))
        self._ahead = "; ".join([*settings, *first]) or None
        transaction = self.transaction(readonly=read_only)
        try:
            await transaction.start()
            if self._ahead is not None:  # asyncpg began without `execute`
                await self.execute("")
        except BaseException:
            self.terminate()
            raise
        finally:
            self._ahead = None
        self.acts_as, self.book = role, book
        return transaction

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:
        """As asyncpg's; the one that begins a transaction takes with it what has to come first."""
        if self._ahead is not None:
            query, self._ahead = f"{query} {self._ahead}", None
        return await super().execute(query, *args, timeout=timeout)

    async def act_as(self, role: str) -> None:
        """Go on in the open transaction under another role."""
        if role != self.acts_as:
            await self.execute(_set_role("local", role))
            self.acts_as = role

    async def _read_as(self, role: str | None) -> None:
        """Let what follows outside of transactions go under the role. The link is cut when that fails."""
        if role == self.reads_as:
            return
        try:
            mode = "off" if role is None else "on"
            await self.execute(f"{_set_role('session', role)}; set default_transaction_read_only to {mode}")
        except BaseException:
            self.terminate()
            raise
        self.reads_as = role


def _set_role(scope: str, role: str | None) -> str:
    return f"set {scope} role none" if role is None else f'set {scope} role "{role}"'


@asynccontextmanager
async def lend(
    tx: asyncpg.Connection[Any] | PoolConnectionProxy[Any], plugin: str, *, back: bool = True
) -> AsyncIterator[None]:
    """Around a plugin's code in core's transaction: what it does there goes under the plugin's role.

    `back=False`: nothing follows that the plugin might not do itself. When the block raises, the transaction must be
    rolled back. Does nothing where there are no walls.
    """
    ours, book = getattr(tx, "acts_as", None), getattr(tx, "book", None)
    if ours is None or book is None:
        yield
        return
    act_as = tx.act_as  # type: ignore[union-attr]  # a Link, or the pool's proxy of one
    await act_as(book.of(plugin).writes)
    yield
    if back:
        await act_as(ours)
