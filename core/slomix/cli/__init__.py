"""The program `slomix`. One file per command; nothing heavy is imported until a command needs it."""

from __future__ import annotations


def main() -> int:
    """Entry point of the program: run the command line and answer the exit code."""
    from slomix.cli.program import run, write_whole
    from slomix.redact import guard_tracebacks

    guard_tracebacks()
    write_whole()
    return run()
