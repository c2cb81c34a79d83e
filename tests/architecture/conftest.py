"""The source tree as the rules see it: files, and what each imports when it runs."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Source:
    """A module: its path below the root, and every (module, name) that it imports outside of TYPE_CHECKING."""

    path: str
    imports: frozenset[tuple[str, str]]

    def imported(self, package: str) -> bool:
        return any(module == package or module.startswith(f"{package}.") for module, _ in self.imports)


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            yield from ((node.module or "", alias.name) for alias in node.names)
        else:
            yield from _imports(node)


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """Every file that git knows and that is there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="session")
def sources(tracked: list[Path]) -> list[Source]:
    """Every module of the core and of the plugins, without tests."""
    found = []
    for path in tracked:
        relative = path.relative_to(ROOT)
        ours = relative.parts[0] in ("core", "plugins", "contrib")
        if path.suffix == ".py" and ours and "tests" not in relative.parts:
            found.append(Source(relative.as_posix(), frozenset(_imports(ast.parse(path.read_text("utf-8"))))))
    assert len(found) > 50
    return found
