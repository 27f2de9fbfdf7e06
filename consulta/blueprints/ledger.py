"""The ledger in public: entries, head, file."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, render_template, request

from consulta.documents import tables
from consulta.domain import places
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger import log as ledger
from consulta.web import db
from consulta.web.answers import download
from consulta.web.auth import allow, anyone
from consulta.web.guards import find
from consulta.web.page_cache import public_page

bp = Blueprint("ledger", __name__)
PAGE = 50


@bp.get("/consultas/<slug>/bitacora")
@allow(anyone)
@public_page
def entries(consultation: ConsultationView) -> str:
    """The newest entries first, fifty a page; every one of them is public by design."""
    after = places.number(request.args.get("after", ""), digits=12)
    head = ledger.head(db.session(), consultation.log_id)
    last = min(after - 1, head.length) if after is not None else head.length
    first = max(1, last - PAGE + 1)
    lines = (
        list(ledger.entries(db.session(), consultation.log_id, first=first, last=last, newest=True)) if last > 0 else []
    )
    return render_template(
        "ledger/entries.html",
        consultation=consultation,
        head=head,
        lines=lines,
        next_after=first if first > 1 else None,
    )


@bp.get("/consultas/<slug>/bitacora.csv")
@allow(anyone)
def file(slug: str) -> Response:
    """The whole log, entry by entry, verbatim: with it anybody can recompute every head."""
    consultation = find(slug).view
    database = db.database()

    def body() -> Iterator[bytes]:
        with database.session(read_only=True) as own:
            lines = ledger.entries(own, consultation.log_id)
            yield from tables.rows(("position", "entry", "head"), ((e.position, e.text, e.head) for e in lines))

    return download(body(), consultation, "bitacora")
