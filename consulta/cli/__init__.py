"""``consulta …`` (also ``flask --app wsgi …``): one group a noun; parses, calls one domain function, prints."""

from __future__ import annotations

from functools import cached_property

import click
from flask import Flask
from flask.cli import AppGroup


class Commands(AppGroup):
    """The commands, imported when one is asked for: whoever serves pages never needs them, nor the worker's modules."""

    @cached_property
    def known(self) -> dict[str, click.Command]:
        """By the name that is typed."""
        from . import commands

        return {command.name: command for command in commands.ALL if command.name}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in order."""
        return sorted(self.known)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        return self.known.get(cmd_name)


def init_app(app: Flask) -> None:
    """Give the application its commands."""
    app.cli = Commands(app.name)
