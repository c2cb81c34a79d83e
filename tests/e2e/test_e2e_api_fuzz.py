"""A short, repeatable form of `make fuzz-api`: every described answer of all plugins keeps to its description."""

from __future__ import annotations

from benchmarks.fuzz_api import Amount, lines, measure


async def test_the_api_keeps_to_its_description() -> None:
    report = await measure(Amount(examples=1, hostile=1), rounds=4)
    assert not report.wrong, "\n".join(lines(report))
    assert report.operations > 90
    assert len(report.fruitful) > 80
    assert set(report.statuses) >= {200, 400, 401, 404}
