"""``consulta ledger``: does everything still fit?"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime

import click

from consulta.domain.audit import check as audit_check
from consulta.domain.audit.overdue import overdue
from consulta.domain.errors import Invalid

from .base import command, consultation, database


@click.group("ledger", help="The append-only log.")
def group() -> None:
    """The group."""


@group.command("check", help="Chain, tables against entries, figures recounted; names what does not fit (exit 2).")
@click.argument("slug", required=False)
@click.option("--head", help="A head noted down earlier: it must be one of the heads of this log.")
@command
def check(slug: str | None, head: str | None) -> None:
    """Check one consultation, or all of them."""
    if head and (not slug or not re.fullmatch(r"[0-9a-f]{64}", head)):
        raise Invalid("--head quiere SLUG y 64 cifras hexadecimales")
    faults = 0
    with database().session(read_only=True) as db:
        if slug:
            view = consultation(db, slug)
            reports = [audit_check.check(db, view.log_id, consultation=view, expected_head=head)]
            reports[0].overdue = overdue(db, view, now=datetime.now(UTC))
        else:
            reports = audit_check.check_all(db, now=datetime.now(UTC))
        for report in reports:
            click.echo(
                f"{report.log}: {report.entries:,} entries, head {report.head}: {'ok' if report.sound else 'FAULTS'}"
            )
            for name, n in report.overdue.items():
                click.echo(f"  {name}: {n:,}")
            for fault in report.faults:
                click.echo(f"  {fault}")
            faults += len(report.faults)
    if faults:
        click.echo(f"consulta: {faults} cosas no coinciden", err=True)
        sys.exit(2)
