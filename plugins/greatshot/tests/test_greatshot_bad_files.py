"""Every bad demo of the shared folder, sent by web: each ends as it should, and the page says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slomix.testing.running import Running
from slomix_greatshot.simulate.example import example

pytestmark = pytest.mark.plugins("stats", "webui", "greatshot")
ENDS = {"ok": {"ready"}, "partial": {"partial"}, "reject": {"failed", "refused"}}


@pytest.mark.shared
@pytest.mark.timeout(300)
async def test_bad_demos_end_as_they_should(program: Running, shared: Path) -> None:
    folder = shared / "data" / "demos" / "bad"
    expected = json.loads((folder / "expected.json").read_text())
    me = await program.as_person(1, tier="admin")
    ended: dict[str, str] = {}
    addresses: dict[str, str] = {}
    for number, name in enumerate(sorted(expected)):
        data = (folder / name).read_bytes()
        sent = await me.post(f"/greatshot/api/v1/demos?name={number}.dm_84", content=data)
        if sent.status_code == 200:
            addresses[name] = sent.json()["address"]
        else:
            assert sent.status_code in {400, 413, 415}, f"{name}: {sent.text}"
            ended[name] = "refused"
    await program.settle()
    for name, address in addresses.items():
        ended[name] = (await me.get(f"{address}.json")).json()["demo"]["state"]
        assert (await me.get(address)).status_code == 200
    wrong = {name: state for name, state in ended.items() if state not in ENDS[expected[name]["ends"]]}
    assert wrong == {}


@pytest.mark.parametrize("ending", ["dm_84", "tv_84"])
async def test_both_sorts_of_demos_are_read_and_cut(program: Running, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"a.{ending}"
    example(file, broadcast=ending == "tv_84")
    me = await program.as_person(1)
    sent = await me.post(f"/greatshot/api/v1/demos?name={file.name}", content=file.read_bytes())
    await program.settle()
    view = (await me.get(f"{sent.json()['address']}.json")).json()
    assert view["demo"]["state"] == "ready"
    assert view["broadcast"] is (ending == "tv_84")
    assert len(view["rounds"]) == 2
