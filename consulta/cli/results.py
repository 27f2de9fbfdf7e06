"""``consulta tally``: the figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click

from consulta.documents import tables
from consulta.domain.results import figures
from consulta.domain.results.figures import GROUPS

from .base import command, consultation, database


@click.command("tally", help="Received, pending, published, rejected, withdrawn, erased: by theme and kind.")
@click.argument("slug")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="At the end of that day, replayed from the ledger.")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table")
@command
def tally(slug: str, as_of: datetime | None, form: str) -> None:
    """Print the tally in one of three forms."""
    with database().session(read_only=True) as db:
        view = consultation(db, slug)
        found = figures.tally(db, view, as_of=as_of.date() if as_of else None, today=view.today(datetime.now(UTC)))
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    rows = list(_rows(found))
    if form == "csv":
        click.echo(b"".join(tables.rows(("theme", "kind", *GROUPS), rows)), nl=False)
        return
    width = max(len(row[0]) for row in rows)
    click.echo(" " * width + "  " + "  ".join(f"{name:>10}" for name in ("kind", *GROUPS)))
    for name, kind, *counted in rows:
        click.echo(f"{name:<{width}}  {kind:>10}  " + "  ".join(f"{n:>10,}" for n in counted))
    click.echo("balanced" if found["balanced"] else "NOT BALANCED")


def _rows(found: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    named = [(theme["slug"], theme) for theme in found["themes"]]
    for name, kinds in [*named, ("unclassified", found["unclassified"]), ("total", found["total"])]:
        for kind in found["total"]:
            yield name, kind, *(kinds[kind][group] for group in GROUPS)
