"""What the first request would make: made once before the workers are forked, so that they share it."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import configure_mappers

from consulta.words import i18n


def load(app: Flask) -> int:
    """Map the tables, read formats, compile every template; how many templates. Nothing is asked of the database."""
    configure_mappers()
    i18n.load_formats()
    names = app.jinja_env.list_templates(extensions=("html", "xml"))
    for name in names:
        app.jinja_env.get_template(name)
    return len(names)
