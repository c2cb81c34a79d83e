"""`slomix stats check`: what does not add up in the stored rounds, and what was left out of the numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import click

from slomix.context import PluginContext
from slomix_stats.api import StoredFinding
from slomix_stats.findings import refused_files, stored_findings


def check_command(ctx: PluginContext) -> click.Command:
    """The command."""

    @click.command("check")
    @click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
    @click.option("--all", "everything", is_flag=True, help="Also list what is only worth a note.")
    async def check(as_json: bool, everything: bool) -> int:
        """List what the checks found in rounds, matches and files.

        Exits with 1 when there are numbers that cannot be right and that nothing explains.
        """
        found = [*await refused_files(ctx.db), *await stored_findings(ctx.db)]
        unexplained = [finding for finding in found if not finding.explained]
        if as_json:
            _print_json(found, len(unexplained))
        else:
            _print_table(found, unexplained, everything=everything)
        return 1 if unexplained else 0

    return check


def _print_json(found: Sequence[StoredFinding], unexplained: int) -> None:
    import msgspec

    answer = msgspec.json.encode({"findings": found, "unexplained": unexplained})
    click.echo(msgspec.json.format(answer).decode())


def _print_table(found: Sequence[StoredFinding], unexplained: Sequence[StoredFinding], *, everything: bool) -> None:
    shown = [finding for finding in found if finding.explained and (everything or finding.severity != "info")]
    for heading, findings in (("Unexplained", unexplained), ("Explained", shown)):
        if findings:
            click.secho(heading, bold=True)
        for finding in findings:
            where = finding.round or finding.match or finding.session or "-"
            who = f" {finding.player}" if finding.player else ""
            click.echo(f"  {finding.severity:7} {finding.code:3} {where}{who}  {finding.text}")
    notes = sum(finding.severity == "info" for finding in found)
    hidden = "" if everything or not notes else f" ({notes} notes are shown by --all)"
    counted = Counter(finding.severity for finding in found)
    by_severity = ", ".join(f"{counted[each]} {each}" for each in ("fatal", "invalid", "warn", "info") if counted[each])
    summary = f"{len(found)} findings: {by_severity}" if found else "No findings"
    click.echo(f"{summary}; {len(unexplained)} unexplained{hidden}.")
