"""Checks: parsing is pure and careful, storing and handling may happen twice or be cut short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slomix.clock import SystemClock
from slomix.context import Delivery
from slomix.contrib import Check, CheckResult, Export, Handler, Parser
from slomix.errors import BadArtifact, EmptyArtifact
from slomix.nouns import RoundMention, RoundSighting
from slomix.testing.contract.base import LOOKS, ContractBase
from slomix.testing.contract.house import House
from slomix.testing.contract.mutations import effects, mutated
from slomix.testing.contract.tiers import tier

HEAD_BYTES = 4096
#: What is certainly no plugin's own kind.
STRANGE = {"photo.jpg": b"\xff\xd8\xff\xe0" + bytes(64), "notes.md": b"# Notes\n", "empty": b""}


def readable(house: House) -> list[tuple[Parser, str, bytes]]:
    """Every sample with the parser that is surest of it. AssertionError for a sample that nobody reads."""
    found = []
    parsers = house.records(Parser)
    for name, data in house.samples().items():
        best = max(parsers, key=lambda parser: parser.sniff(name, data[:HEAD_BYTES]), default=None)
        assert best is not None, "it has samples and no parser"
        assert best.sniff(name, data[:HEAD_BYTES]) > 0, f"no parser of it reads its sample {name}"
        found.append((best, name, data))
    assert found or not parsers, "it has a parser and no sample; put genuine files into the folder samples"
    return found


class Aborted(Exception):
    """Stands for a process that is killed before the commit."""


class FileChecks(ContractBase):
    """It survives damaged files, repeats and aborts."""

    @tier("bronze")
    @LOOKS
    async def test_its_parsers_know_their_files(self, seen_house: House) -> None:
        """Parsers are sure of their own samples, and of nothing else"""
        names = [parser.name for parser in seen_house.records(Parser)]
        assert len(set(names)) == len(names), "two of one name"
        for parser, name, data in readable(seen_house):
            sighting = parser.sighting(parser.parse(name, data))
            made = type(sighting)
            assert made in (RoundSighting, RoundMention), f"{name}: sighting gave a {made.__name__}"
        for parser in seen_house.records(Parser):
            for name, data in STRANGE.items():
                assert parser.sniff(name, data) == 0, f"the parser {parser.name} takes {name} for its own"

    @tier("silver")
    @LOOKS
    async def test_parsing_is_pure(self, seen_house: House) -> None:
        """The same file gives the same record, and parsing touches no file, network or program"""
        for parser, name, data in readable(seen_house):
            first = parser.parse(name, data)  # what is imported on first use is no effect
            with effects() as seen:
                second = parser.parse(name, data)
            assert not seen, f"parsing {name} did: {', '.join(seen)}"
            assert first == second or repr(first) == repr(second), f"{name} was read twice and differently"

    @tier("silver")
    @LOOKS
    async def test_parsing_refuses_politely(self, seen_house: House) -> None:
        """200 damaged files raise BadArtifact or EmptyArtifact, or are read"""
        parsers = seen_house.records(Parser)
        for name, data in mutated({name: data for _, name, data in readable(seen_house)}):
            for parser in parsers:
                try:
                    parser.sniff(name, data[:HEAD_BYTES])
                    parser.sighting(parser.parse(name, data))
                except (BadArtifact, EmptyArtifact):
                    continue
                except Exception as error:
                    raise AssertionError(
                        f"{type(error).__name__} ({error}) from {parser.name} for {name!r}, {data[:80]!r}…"
                    ) from error

    @tier("bronze")
    async def test_its_samples_are_imported(self, house: House) -> None:
        """Its own samples are imported, and handlers and jobs run"""
        for _, name, data in readable(house):
            outcome = await house.program.give(name, data)
            assert outcome.outcome in ("imported", "empty"), f"{name}: {outcome.outcome} {outcome.detail or ''}"
        await house.fill()

    @tier("silver")
    async def test_a_file_counts_once(self, house: House) -> None:
        """A file that is offered twice leaves the same rows as once"""
        await house.fill()
        before = await house.rows()
        await house.fill()
        assert await house.rows() == before, "offering the same files again changed its rows"

    @tier("silver")
    async def test_an_event_counts_once(self, house: House) -> None:
        """Events that are delivered again leave the same rows"""
        await house.fill()
        before = await house.rows()
        await house.deliver_again()
        changed = [table for table, rows in (await house.rows()).items() if rows != before[table]]
        assert not changed, f"delivering again changed {', '.join(changed)}; write with `on conflict`"

    @tier("silver")
    async def test_a_handler_that_is_killed_leaves_nothing(self, house: House) -> None:
        """What a durable handler writes goes with its transaction"""
        await house.fill()
        before = await house.rows()
        durable = {handler.event.key(): handler for handler in house.records(Handler) if handler.mode == "durable"}
        for envelope in await house.program.runtime.bus.since(0):
            handler = durable.get(envelope.key)
            if handler is None:
                continue
            event = _event(handler, envelope.payload)
            try:
                async with house.program.runtime.host.context(house.subject.name).db.transaction() as tx:
                    delivery = Delivery(event_id=envelope.seq, published_at=SystemClock().now(), tx=tx)
                    await handler.run(event, delivery)
                    raise Aborted
            except Aborted:
                pass
        assert await house.rows() == before, "a handler writes past delivery.tx; use it for all it writes"

    @tier("silver")
    async def test_its_exports_are_whole(self, house: House) -> None:
        """Every row of an export has every column"""
        await house.fill()
        db = house.program.runtime.host.context(house.subject.name).db
        for export in house.records(Export):
            rows = [row async for row in export.rows(db)]
            short = [set(export.columns) - set(row) for row in rows if not set(export.columns) <= set(row)]
            assert not short, f"rows of {export.kind} lack {', '.join(sorted(short[0]))}"

    @tier("silver")
    @LOOKS
    async def test_its_checks_answer(self, seen_house: House) -> None:
        """Its checks for `slomix doctor` answer, and say what to do when something is wrong"""
        for check in seen_house.records(Check):
            result = await check.run()
            assert isinstance(result, CheckResult), f"{check.name} gave a {type(result).__name__}"
            assert result.detail, f"{check.name} says nothing"
            assert result.ok or result.next_step, f"{check.name} does not say what to do"


def _event(handler: Handler, payload: Mapping[str, Any]) -> object:
    import msgspec

    return msgspec.convert(payload, handler.event)
