"""Write the digest of every action into the workflows: `uses: NAME@TAG` becomes `uses: NAME@DIGEST # TAG`.

Asks git where the tag is; a line that has a digest already is asked again by the tag in its comment. Runs in the
pipeline (`make pins`, job `pins` of ci.yml), as it needs the network.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
USES = re.compile(
    r"(?P<before>^\s*(?:- )?uses: )(?P<action>[\w.-]+/[\w.-]+)(?P<path>/[\w./-]+)?@"
    r"(?:[0-9a-f]{40} # )?(?P<tag>v[\w.-]+)[ \t]*$",
    re.MULTILINE,
)


def digest_of(repository: str, tag: str) -> str:
    """The commit of a tag. Exits with a sentence when there is none."""
    references = (f"refs/tags/{tag}", f"refs/tags/{tag}^{{}}")
    done = subprocess.run(["git", "ls-remote", repository, *references], capture_output=True, text=True, check=False)
    found = dict(reversed(line.split("\t")) for line in done.stdout.splitlines())
    digest = found.get(references[1]) or found.get(references[0])  # an annotated tag has its commit in the second
    if digest is None:
        sys.exit(f"{repository} has no tag {tag}: {done.stderr.strip() or 'look at the workflow'}")
    return digest


def pinned(text: str, server: str) -> str:
    """`text` of a workflow with digests."""

    def pin(match: re.Match[str]) -> str:
        digest = digest_of(f"{server}/{match['action']}", match["tag"])
        return f"{match['before']}{match['action']}{match['path'] or ''}@{digest} # {match['tag']}"

    return USES.sub(pin, text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", default="https://github.com", help="where the actions' repositories are")
    parser.add_argument("--workflows", type=Path, default=ROOT / ".github" / "workflows")
    told = parser.parse_args()
    for path in sorted(told.workflows.glob("*.yml")):
        path.write_text(pinned(path.read_text("utf-8"), told.server), "utf-8")


if __name__ == "__main__":
    main()
