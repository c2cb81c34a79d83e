"""Workers that are ended while they work, and demos that a worker could not read: nothing is lost."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from slomix.testing.running import running
from slomix_greatshot.scan.workers import ScanStopped, Workers
from slomix_greatshot.simulate.staged import stage

pytestmark = pytest.mark.plugins("stats", "webui", "greatshot")


def test_workers_that_are_stopped_end_at_once_and_say_nothing_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the uncompiled reader, which takes seconds for it."""
    monkeypatch.setenv("SLOMIX_GREATSHOT_READER", "python")
    file = tmp_path / "long.dm_84"
    stage(file, [(f"p{slot}", 1 + slot % 2, 0) for slot in range(12)], [], map_name="supply", seconds=600, frame_ms=200)
    workers = Workers(1)
    said: list[BaseException] = []

    def ask() -> None:
        try:
            workers.scan(file)
        except ScanStopped as error:
            said.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    while not workers._busy:  # it needs longer to start than this to be seen
        time.sleep(0.005)
    began = time.monotonic()
    workers.stop()
    asking.join(10)
    assert time.monotonic() - began < 5
    assert len(said) == 1
    with pytest.raises(ScanStopped):
        workers.scan(file)


async def test_a_demo_that_a_worker_could_not_read_is_read_when_it_is_sent_again(
    dsn: str, small_demo: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(dsn, "stats", "webui", "greatshot") as program:
        me = await program.as_person(1)
        monkeypatch.setattr("slomix_greatshot.scan.workers.sys.executable", "/bin/false")
        sent = await me.post("/greatshot/api/v1/demos?name=a.dm_84", content=small_demo)
        await program.settle()
        failed = (await me.get(f"{sent.json()['address']}.json")).json()["demo"]
        assert (failed["state"], failed["available"]) == ("failed", True)
        assert "a.dm_84 was not read" in failed["reason"]
        monkeypatch.undo()
        again = await me.post("/greatshot/api/v1/demos?name=a.dm_84", content=small_demo)
        assert again.json() == {**sent.json(), "known": True}
        await program.settle()
        read = (await me.get(f"{sent.json()['address']}.json")).json()["demo"]
        assert (read["state"], read["highlights"]) == ("ready", 1)
