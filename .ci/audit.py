"""Are advisories known for a locked package? `--required` fails too where no advisory service can be reached.

A service that answers nothing, or answers for another catalogue, must not look like a clean bill of health: so a
release with published advisories is asked for first, and only a service that knows them is believed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")
SERVICES = ("pypi", "osv")
SECONDS = 30
#: Its advisories are published since 2018.
KNOWN_BAD = "requests==2.19.0"


def pip_audit(*arguments: str, until: float) -> tuple[int | None, str]:
    """Exit code (None: no time left) and what it wrote."""
    command = (sys.executable, "-m", "pip_audit", "--strict", "--disable-pip", "--progress-spinner", "off")
    try:
        done = subprocess.run(
            [*command, "--timeout", "5", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=max(0.1, until - time.monotonic()),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stdout


def knows_advisories(service: str, until: float) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        probe = Path(folder, "probe.txt")
        probe.write_text(f"{KNOWN_BAD}\n")
        code, said = pip_audit("--no-deps", "-s", service, "-r", str(probe), until=until)
    return code == 1 and "known vulnerabilit" in said


def audit(*, required: bool) -> int:
    until = time.monotonic() + SECONDS
    locks = [argument for lock in LOCKS for argument in ("-r", lock)]
    for service in SERVICES:
        if not knows_advisories(service, until):
            continue
        code, said = pip_audit("--require-hashes", "-s", service, *locks, until=until)
        if code is not None:
            print(said.strip())
            return code
    print(
        f"NOTE: pip-audit was left out: no advisory service ({', '.join(SERVICES)}) could be asked within {SECONDS} s "
        f"from here, so nothing is known about advisories for {' and '.join(LOCKS)}. "
        "The workflow asks with `make audit AUDIT=--required`, which fails then."
    )
    return 1 if required else 0


if __name__ == "__main__":
    sys.exit(audit(required="--required" in sys.argv[1:]))
