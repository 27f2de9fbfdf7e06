"""The command line, as people type it."""

from __future__ import annotations

from click.testing import Result
from flask import Flask


def run(app: Flask, *arguments: str) -> Result:
    """A command as people type it."""
    return app.test_cli_runner().invoke(args=list(arguments))
