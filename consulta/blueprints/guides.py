"""The guides of ``docs/``, read where the work is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, send_from_directory, url_for

from consulta.domain.errors import NotFound
from consulta.web import answers
from consulta.web.auth import allow, signed_in
from consulta.words.markup import guide

bp = Blueprint("guides", __name__, url_prefix="/cuenta/guias")
FOLDER = Path(__file__).parents[2] / "docs"


@dataclass(frozen=True)
class Guide:
    """A guide as it lies in the folder; ``name``: as it stands in its address."""

    name: str
    title: str
    text: str


@bp.get("/")
@allow(signed_in)
def listing() -> Response:
    """Which there are."""
    return answers.private("guides/listing.html", guides=list(_guides().values()))


@bp.get("/<name>")
@allow(signed_in)
def one(name: str) -> Response:
    """One of them, with its pictures."""
    found = _guides().get(name)
    if found is None:
        raise NotFound("No hay una guía con ese nombre.")
    text = found.text.replace("](images/", f"]({url_for('.picture', name='')}")
    text = re.sub(r"\[([^\]]+)\]\((?!/|https?:)[^)]*\)", r"\1", text)  # what lies beside it is not served
    return answers.private("guides/one.html", guide=found, text=guide(text))


@bp.get("/imagenes/<path:name>")
@allow(signed_in)
def picture(name: str) -> Response:
    """A picture of a guide."""
    return send_from_directory(FOLDER / "images", name, max_age=86_400)


@cache
def _guides() -> dict[str, Guide]:
    found = {}
    for path in sorted(FOLDER.glob("guia-*.md")):
        heading, _, text = path.read_text("utf-8").partition("\n")
        name = path.stem.removeprefix("guia-")
        found[name] = Guide(name, re.sub(r"^#\s*", "", heading).strip(), text)
    return found
