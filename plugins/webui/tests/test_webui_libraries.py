"""The browser's libraries: `slomix doctor` says which are missing, and what to do about it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from slomix_webui import vendored
from slomix_webui.checks import libraries

PROJECT = Path(__file__).parents[1]


async def test_what_is_missing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in vendored.FILES[1:]:
        (tmp_path / file.name).touch()
    monkeypatch.setattr(vendored, "VENDOR", tmp_path)
    told = await libraries()
    assert not told.ok
    assert told.detail.startswith(f"missing in {tmp_path}: {vendored.FILES[0].name};")
    assert "make vendor" in told.next_step
    (tmp_path / vendored.FILES[0].name).touch()
    assert (await libraries()).ok


def test_versions_are_exact_and_downloads_have_digests_and_no_address() -> None:
    wanted = json.loads((PROJECT / "package.json").read_text("utf-8"))
    versions = wanted["dependencies"] | wanted["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())
    assert {file.package for file in vendored.FILES} == set(wanted["dependencies"])
    locked = json.loads((PROJECT / "package-lock.json").read_text("utf-8"))["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in versions} == versions
    packages = [package for name, package in locked.items() if name]
    assert all(package["integrity"].startswith("sha512-") for package in packages)
    assert not any("resolved" in package for package in packages)
