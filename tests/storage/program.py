"""A program that uses the embedded database, for tests that kill it. Started as a script by `Program` in conftest.

Prints one JSON line per event and obeys one command per line of its standard input.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from slomix.errors import SlomixError
from slomix.settings import DatabaseSettings
from slomix.storage.database import Database
from slomix.storage.embedded import attach


def tell(**values: Any) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


async def insert_forever(database: Database) -> None:
    number = 0
    while True:
        number += 1
        async with database.transaction() as tx:
            await tx.execute("insert into public.number (n) values ($1)", number)
        tell(committed=number)


async def obey(database: Database, command: str) -> None:
    if command == "insert":
        await insert_forever(database)
    elif command == "numbers":
        tell(numbers=[row["n"] for row in await database.fetch("select n from public.number order by n")])
    elif command == "add":
        await database.execute("insert into public.number (n) select coalesce(max(n), 0) + 1 from public.number")
        tell(added=True)


async def main(data_dir: str) -> None:
    try:
        attachment = await attach(Path(data_dir))
        database = await Database.open(DatabaseSettings(), attachment.dsn, revive=attachment.ensure)
        async with database.transaction() as tx:
            await tx.execute("select pg_advisory_xact_lock(1)")  # `if not exists` is no match for two at once
            await tx.execute("create table if not exists public.number (n int primary key)")
        tell(how=attachment.how, dsn=attachment.dsn)
    except SlomixError as error:
        tell(error=f"{type(error).__name__}: {error}")
        return
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := await commands.readline():
        try:
            await obey(database, line.decode().strip())
        except SlomixError as error:
            tell(error=f"{type(error).__name__}: {error}")
    await database.close()
    await attachment.release()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
