"""What all checks share: which plugin, its settings and samples, a database and a running program."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, ClassVar

import pytest
import pytest_asyncio

from slomix.testing.contract.house import House, open_house
from slomix.testing.contract.subject import Subject, subject_of
from slomix.testing.database import fresh_database, sources_for

#: For a check that only looks: it shares the program `seen_house`, and its loop, with the others of its class.
LOOKS = pytest.mark.asyncio(loop_scope="class")


class ContractBase:
    """Attributes that a plugin's test class sets.

    `settings` are needed only where the plugin has settings without a default. `samples` are genuine files of its
    kinds by name; without them the folder `samples` of its package is taken, else what its simulators write.
    """

    plugin: ClassVar[str]
    settings: ClassVar[Mapping[str, Any]] = {}
    samples: ClassVar[Mapping[str, bytes]] = {}

    @pytest.fixture
    def subject(self) -> Subject:
        """The plugin that is checked."""
        return subject_of(self.plugin)

    @pytest.fixture
    def house_dsn(self, subject: Subject) -> Iterator[str]:
        """A fresh database with the migrations of the plugin and of those it needs."""
        with fresh_database(sources_for(subject.everyone)) as dsn:
            yield dsn

    @pytest_asyncio.fixture
    async def house(self, subject: Subject, house_dsn: str) -> AsyncIterator[House]:
        """A running program with the plugin, what it needs and what it likes to have."""
        async with open_house(subject, house_dsn, settings=self.settings, samples=self.samples) as house:
            yield house
