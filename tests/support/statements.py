"""How many statements a request takes."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import event

from .visitor import Visitor


def counted(app: Flask, visitor: Visitor, path: str) -> int:
    """The statements of one request on the reading engine."""
    seen: list[str] = []

    def note(*arguments: Any) -> None:
        if not arguments[2].startswith(("BEGIN", "PRAGMA")):
            seen.append(arguments[2])

    engine = app.extensions["database"].read
    event.listen(engine, "before_cursor_execute", note)
    try:
        visitor.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)
