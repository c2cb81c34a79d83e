"""What is built is whole: every distribution, installed into a fresh environment, run far from the checkout."""

from __future__ import annotations

import json
import os
import shutil
import site
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: The wheels are built as an installer would build them; one of them compiles.
pytestmark = pytest.mark.timeout(600)
DISTRIBUTIONS = {
    "slomix": ROOT,
    "slomix_stats": ROOT / "plugins" / "stats",
    "slomix_webui": ROOT / "plugins" / "webui",
    "slomix_greatshot": ROOT / "plugins" / "greatshot",
    "slomix_availability": ROOT / "contrib" / "availability",
    "slomix_voice": ROOT / "contrib" / "voice",
}
#: What is no module and has to be in the wheel all the same.
PACKED = {".pxd", ".sql", ".html", ".css", ".js", ".svg", ".typed", ".json", ".toml", ".txt", ".j2"}


def ours() -> list[str]:
    """Every file that belongs to the tree: what git knows, and what is new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


#: Asks for the first page and everything that it links to, in the same process.
PAGES = """
import asyncio, re, sys
from slomix.settings import load
from slomix.runtime import open_runtime
from slomix.contrib import Parser
from slomix.ingest.pipeline import Pipeline
from slomix.web.app import build_app
from slomix.testing.web import client_of
from slomix.cli.agent import AGENT, agent_folder

assert (agent_folder() / AGENT).read_bytes().startswith(b"#!/usr/bin/env python3"), agent_folder()

async def main():
    settings = load()
    async with open_runtime(settings, role="all") as runtime:
        pipeline = Pipeline(runtime.db, runtime.host.records(Parser), runtime.bus, runtime.clock, settings.core)
        async with client_of(build_app(runtime, pipeline)) as web:
            page = await web.get("/")
            assert page.status_code == 200, page.text
            assets = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
            assert len(assets) >= 2, page.text
            for asset in assets:
                assert (await web.get(asset)).status_code == 200, asset
            print(len(assets))

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheels by name, built from a copy of what git knows: nothing else can slip in."""
    built = tmp_path_factory.mktemp("dist")
    source = tmp_path_factory.mktemp("source")
    for name in ours():
        if not name.startswith(("tests/", "docs/images/")):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, source / name)
    for folder in DISTRIBUTIONS.values():
        subprocess.run(
            [
                sys.executable,
                "-m",
                "build",
                "--wheel",
                "--no-isolation",
                "--outdir",
                built,
                source / folder.relative_to(ROOT),
            ],
            check=True,
            capture_output=True,
        )
    return {path.name.split("-")[0]: path for path in built.glob("*.whl")}


@pytest.fixture(scope="module")
def python(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheels. Third parties' packages are those of the development environment."""
    folder = tmp_path_factory.mktemp("fresh") / "env"
    venv.create(folder, with_pip=False, symlinks=True)
    packages = next((folder / "lib").glob("python3*")) / "site-packages"
    for wheel in wheels.values():
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(packages)
    borrowed = packages / "borrowed"
    borrowed.mkdir()
    for place in site.getsitepackages():
        for path in Path(place).iterdir():
            if "slomix" not in path.name.lower() and path.suffix != ".pth":
                (borrowed / path.name).symlink_to(path)
    (packages / "borrowed.pth").write_text(f"{borrowed}\n")
    return folder / "bin" / "python"


@pytest.fixture
def home(data_dir: Path) -> Path:
    """A folder of an ordinary user, far from the checkout."""
    return data_dir.parent


def run(python: Path, home: Path, *arguments: str) -> str:
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("SLOMIX_", "PYTHON", "COVERAGE_"))
    }
    done = subprocess.run(
        [python, *arguments],
        cwd=home,
        env={**environ, "SLOMIX_DATA_DIR": str(home / "var")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def slomix(python: Path, home: Path, *arguments: str) -> str:
    return run(python, home, "-m", "slomix", *arguments)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_wheel_holds_every_file_of_its_package(wheels: dict[str, Path], name: str) -> None:
    package = (ROOT / "core" if name == "slomix" else DISTRIBUTIONS[name]) / name
    wanted = {
        (ROOT / path).relative_to(package.parent).as_posix() for path in ours() if (ROOT / path).is_relative_to(package)
    }
    if name == "slomix":
        wanted |= {f"slomix/migrations/{path.name}" for path in (ROOT / "migrations").glob("*.sql")}
    held = set(zipfile.ZipFile(wheels[name]).namelist())
    assert len({path for path in wanted if Path(path).suffix in PACKED}) >= 1
    assert wanted - held == set()
    assert [path for path in held if "/tests/" in path or path.endswith((".pyc", ".env"))] == []


def test_the_browsers_libraries_are_in_the_wheel(wheels: dict[str, Path]) -> None:
    """npm fetched them while it was built: git knows none of them."""
    with zipfile.ZipFile(wheels["slomix_webui"]) as archive:
        script = archive.read("slomix_webui/static/vendor/uplot.js")
        assert b"Copyright" in archive.read("slomix_webui/static/vendor/uplot.LICENSE.txt")
    assert b"v1.6.32" in script
    assert script.endswith(b"export default uPlot;\n")
    assert not any(name.startswith("plugins/webui/slomix_webui/static/vendor/") for name in ours())


def test_it_runs_from_the_wheels(python: Path, home: Path) -> None:
    where = (
        "import slomix, slomix_stats, slomix_webui; print(*(m.__file__ for m in (slomix, slomix_stats, slomix_webui)))"
    )
    files = run(python, home, "-c", where).split()
    assert all(Path(file).is_relative_to(python.parents[1]) for file in files), files
    assert slomix(python, home, "--version").startswith("slomix, version ")
    slomix(python, home, "plugins", "enable", "stats", "webui")
    slomix(python, home, "simulate", "--out", "files", "--rounds", "3")
    told = json.loads(slomix(python, home, "ingest", "--json", "files"))
    assert (told["received"], told["imported"]) == (3, 3)
    states = {row["name"]: row["state"] for row in json.loads(slomix(python, home, "plugins", "--json"))}
    assert {"stats", "webui"} <= states.keys()
    assert "failed" not in states.values()
    assert int(run(python, home, "-c", PAGES).split()[-1]) >= 2
