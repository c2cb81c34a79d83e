"""The workflows, hooks and forms: they parse, call targets that exist, and have no more rights than they need."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w.-]+/[\w./-]+@([0-9a-f]{40}|v\d+)")
TARGET = re.compile(r"^([a-z][a-z-]*):.*##", re.MULTILINE)


def read(path: Path) -> dict[Any, Any]:
    document = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(document, dict)
    return document


def targets() -> set[str]:
    return set(TARGET.findall((ROOT / "Makefile").read_text("utf-8")))


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for name, job in read(path)["jobs"].items():
            yield f"{path.name}:{name}", job


def called(command: str) -> list[str]:
    """The targets of the `make` calls in a step; `NAME=value` is no target."""
    words = [line.split()[1:] for line in command.splitlines() if line.split()[:1] == ["make"]]
    return [word for line in words for word in line if "=" not in word]


def test_both_workflows_are_there() -> None:
    assert [path.name for path in WORKFLOWS] == ["ci.yml", "release.yml"]


def test_they_call_only_targets_that_the_makefile_has() -> None:
    steps = [step["run"] for _, job in jobs() for step in job["steps"] if "run" in step]
    wanted = {target for step in steps for target in called(step)}
    assert {"lint", "types", "test", "security", "wheels"} <= wanted
    assert wanted <= targets()


@pytest.mark.parametrize("name", ["check", "lint", "types", "security", "audit", "test", "wheels", "pins"])
def test_every_target_is_phony_and_has_help(name: str) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    assert name in phony[1].split()
    assert name in targets()


def test_check_asks_every_tool() -> None:
    plan = subprocess.run(["make", "--dry-run", "check"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for tool in (
        "ruff check",
        "ruff format --check",
        "black --check",
        "isort --check-only",
        "flake8",
        "mypy",
        "bandit",
    ):
        assert tool in plan, tool
    assert ".ci/audit.py" in plan


def test_rights_time_and_runs_are_limited() -> None:
    for path in WORKFLOWS:
        document = read(path)
        assert document["permissions"] in ({}, {"contents": "read"}), path.name
        assert "group" in document["concurrency"]
        # `on` is YAML's true
        assert "pull_request_target" not in document[True]
    for name, job in jobs():
        assert job["timeout-minutes"] <= 40, name
        for step in job["steps"]:
            if str(step.get("uses", "")).startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False, name


def test_no_step_puts_a_foreign_text_into_a_shell() -> None:
    for name, job in jobs():
        for step in job["steps"]:
            assert "${{" not in step.get("run", ""), name


def test_actions_are_pinned_and_their_digests_can_be_written() -> None:
    used = [step["uses"] for _, job in jobs() for step in job["steps"] if "uses" in step]
    assert used
    assert [name for name in used if not PINNED.fullmatch(name)] == []


def test_the_tests_run_on_every_supported_python() -> None:
    classifiers = read(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["tests"]["strategy"]["matrix"]["python"]
    assert classifiers == ["3.11", "3.12", "3.13", "3.14"]


def test_jobs_run_side_by_side() -> None:
    ci = read(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]
    assert {"lint", "types", "tests", "security", "build"} <= ci.keys()
    assert all("needs" not in job for job in ci.values())


def test_dependencies_wait_before_they_are_taken() -> None:
    updates = read(ROOT / ".github" / "dependabot.yml")["updates"]
    assert {entry["package-ecosystem"] for entry in updates} == {"pip", "npm", "github-actions"}
    assert all(entry["cooldown"]["default-days"] >= 7 for entry in updates)


def test_hooks_need_nothing_from_elsewhere() -> None:
    document = read(ROOT / ".pre-commit-config.yaml")
    assert [repository["repo"] for repository in document["repos"]] == ["local"]
    hooks = {hook["id"]: hook for hook in document["repos"][0]["hooks"]}
    assert all(called(hook["entry"]) and set(called(hook["entry"])) <= targets() for hook in hooks.values())
    assert hooks["check"]["stages"] == ["pre-push"]
    known = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config", str(ROOT / ".pre-commit-config.yaml")], check=False
    )
    assert known.returncode == 0


def test_forms_parse() -> None:
    forms = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
    assert len(forms) == 3
    for form in forms:
        document = read(form)
        assert form.name == "config.yml" or all(part["type"] for part in document["body"])


def test_digests_are_written_from_what_git_says(tmp_path: Path) -> None:
    """With a repository of our own: once from the tag, again from the comment, for light and annotated tags."""
    origin = tmp_path / "owner" / "action"
    git = ["git", "-C", str(origin), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", "init", "--quiet", str(origin)], check=True)
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", "one"], check=True)
    subprocess.run([*git, "tag", "v1"], check=True)
    subprocess.run([*git, "tag", "-a", "v2", "-m", "annotated"], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    workflow = tmp_path / "w.yml"
    workflow.write_text("    steps:\n      - uses: owner/action@v1\n      - uses: owner/action/sub@v2\n")
    command = [sys.executable, ".ci/pin_actions.py", "--server", str(tmp_path), "--workflows", str(tmp_path)]
    for _ in range(2):
        subprocess.run(command, cwd=ROOT, check=True)
        assert workflow.read_text() == (
            f"    steps:\n      - uses: owner/action@{head} # v1\n      - uses: owner/action/sub@{head} # v2\n"
        )
    workflow.write_text("      - uses: owner/action@v9\n")
    refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "no tag v9" in refused.stderr
