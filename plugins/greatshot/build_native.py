"""Compiles the reader: as a step of the build of a wheel, or in place (`python build_native.py`) for a checkout.

Where there is no compiler it says so and goes on: the same files run as Python.
"""

from __future__ import annotations

import os
import runpy
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

PACKAGE = "slomix_greatshot.demo"
FOLDER = Path(__file__).resolve().parent / PACKAGE.replace(".", "/")
MODULES: tuple[str, ...] = runpy.run_path(str(FOLDER / "sources.py"), run_name=f"{PACKAGE}.sources")["MODULES"]


def compiled(into: Path, flags: tuple[str, ...] = ()) -> list[Path]:
    """The native modules, made in `into`. Raises what Cython or the compiler raises."""
    from Cython.Build import cythonize
    from setuptools import Distribution, Extension

    optimise = () if sys.platform == "win32" else ("-O3", "-g0")
    here = Path.cwd()
    os.chdir(FOLDER.parents[1])  # names of modules and of the .pxd beside them are found from here
    try:
        extensions = [
            Extension(
                f"{PACKAGE}.{name}",
                [str(Path(*PACKAGE.split("."), f"{name}.py"))],
                extra_compile_args=[*optimise, *flags],
                extra_link_args=list(flags),
            )
            for name in MODULES
        ]
        sources = cythonize(extensions, build_dir=str(into / "c"), quiet=True, force=True)
        command = Distribution({"name": "native", "ext_modules": sources}).get_command_obj("build_ext")
        command.build_lib, command.build_temp = str(into / "lib"), str(into / "temp")
        command.ensure_finalized()
        command.run()
    finally:
        os.chdir(here)
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    return [into / "lib" / Path(*PACKAGE.split("."), f"{name}{suffix}") for name in MODULES]


def in_place(flags: tuple[str, ...] = ()) -> None:
    """Put the native modules beside their sources, all of them or none."""
    for stale in (path for name in MODULES for path in FOLDER.glob(f"{name}.*") if path.suffix in {".so", ".pyd"}):
        stale.unlink()
    with tempfile.TemporaryDirectory() as folder:
        for made in compiled(Path(folder), flags):
            shutil.copy2(made, FOLDER / made.name)


def main() -> None:
    try:
        in_place(tuple(sys.argv[1:]))
    except (Exception, SystemExit) as error:
        print(f"the demo reader stays uncompiled: {error}", file=sys.stderr)
    else:
        print("the demo reader is compiled")


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:
    pass
else:

    class NativeReader(BuildHookInterface):  # type: ignore[type-arg]
        """The step of a wheel's build. A wheel for development (editable) takes what `make native` makes."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            if version == "editable":
                return
            self._folder = tempfile.TemporaryDirectory()
            try:
                made = compiled(Path(self._folder.name))
            except (Exception, SystemExit) as error:
                self.app.display_warning(f"the demo reader stays uncompiled: {error}")
                return
            build_data["pure_python"] = False
            build_data["infer_tag"] = True
            for path in made:
                build_data["force_include"][str(path)] = f"{PACKAGE.replace('.', '/')}/{path.name}"

        def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
            if version != "editable":
                self._folder.cleanup()


if __name__ == "__main__":
    main()
