"""What programs said of their plugins, beside the data: several roles, one that was killed, a file that is damaged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from slomix.host import remember
from slomix.host.state import PluginState


def said(**states: str) -> list[PluginState]:
    return [
        PluginState(
            name=name,
            state=state,  # type: ignore[arg-type]
            reason=f"{name} is {state}",
            version="1.0",
            hooks=("startup",),
        )
        for name, state in states.items()
    ]


def by_another(data_dir: Path, role: str, **states: str) -> None:
    """The same, said by a program that has ended since."""
    listed = ", ".join(f"PluginState(name={n!r}, state={s!r}, reason='{n} is {s}')" for n, s in states.items())
    script = (
        "import sys, pathlib; from slomix.host import remember; from slomix.host.state import PluginState;"
        f"remember.write(pathlib.Path(sys.argv[1]), {role!r}, [{listed}])"
    )
    subprocess.run([sys.executable, "-c", script, str(data_dir)], check=True)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    assert remember.read(tmp_path) is None
    remember.write(tmp_path, "all", said(a="running", b="failed"))
    found = remember.read(tmp_path)
    assert found is not None
    assert found.alive
    assert list(found.states.values()) == said(a="running", b="failed")


def test_of_programs_that_run_the_graver_word_counts(tmp_path: Path) -> None:
    remember.write(tmp_path, "web", said(a="running", b="degraded", c="disabled"))
    remember.write(tmp_path, "bot", said(a="degraded", b="running", c="disabled"))
    by_another(tmp_path, "worker", a="failed")
    found = remember.read(tmp_path)
    assert found is not None
    assert {name: state.state for name, state in found.states.items()} == {
        "a": "degraded",
        "b": "degraded",
        "c": "disabled",
    }


def test_after_a_crash_nothing_runs_and_failures_keep_their_reason(tmp_path: Path) -> None:
    by_another(tmp_path, "all", a="running", b="failed")
    found = remember.read(tmp_path)
    assert found is not None
    assert not found.alive
    assert (found.states["a"].state, found.states["a"].reason) == ("stopped", remember.CRASHED)
    assert found.states["b"].reason == "b is failed"


def test_a_damaged_file_and_a_disk_that_refuses_are_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "plugins-all.json").write_text('{"pid": "x", "at"')
    (tmp_path / "state" / "plugins-web.json").write_text(
        '{"pid": 1, "at": "2026-01-01T00:00:00+00:00", "plugins": [1]}'
    )
    assert remember.read(tmp_path) is None
    (tmp_path / "file").write_text("")
    remember.write(tmp_path / "file", "all", said(a="running"))
