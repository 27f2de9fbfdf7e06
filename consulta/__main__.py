"""``consulta``: the command line."""

from __future__ import annotations

import sys

import click

from . import create_app
from .cli import commands
from .config import SettingError


@click.group(
    name="consulta",
    help="Public consultation: accounts, imports, figures, ledger.",
    commands=list(commands.ALL),
)
@click.pass_context
def consulta(context: click.Context) -> None:
    """Every command runs inside the application, made once."""
    context.with_resource(create_app().app_context())


def main() -> None:
    """Run; a missing or wrong setting is one line."""
    try:
        consulta(prog_name="consulta")
    except SettingError as error:
        sys.exit(f"consulta: {error}")


if __name__ == "__main__":
    main()
