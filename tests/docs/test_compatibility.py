"""What docs/compatibility.md promises is what the architecture allows; the pages made from code are fresh."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from slomix.plugin import API

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "compatibility.md").read_text("utf-8")
ROW = re.compile(r"^\| `(slomix\.[a-zA-Z_.*]+)` \|", re.MULTILINE)


def allowed() -> set[str]:
    """The names that tests/architecture lets plugins import, as the page writes them."""
    tree = ast.parse((ROOT / "tests" / "architecture" / "test_import_rules.py").read_text("utf-8"))
    (value,) = [
        node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PUBLIC"
    ]
    names = {name.removesuffix(".") + ".*" if name.endswith(".") else name for name in ast.literal_eval(value)}
    return names | {"slomix.storage.database.Connection"}


def test_the_table_is_what_plugins_may_import() -> None:
    assert set(ROW.findall(PAGE)) == allowed()


def test_the_number_is_the_code_s() -> None:
    assert f"now `{API}`" in PAGE


def test_links_between_pages_lead_somewhere() -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} → {target}"


def test_pages_made_from_code_are_fresh() -> None:
    code = (
        "from generate import DOCS, PAGES; print([n for n, make in PAGES.items() if (DOCS / n).read_text() != make()])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "docs", capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]", "run `make docs`"
