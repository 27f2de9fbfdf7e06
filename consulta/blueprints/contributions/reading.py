"""What is published: the list, one contribution, a theme, the feeds."""

from __future__ import annotations

from datetime import datetime, time

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.comments import threads
from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.contributions import latest
from consulta.domain.contributions import reading as contributions
from consulta.domain.contributions.queries import Filters, ListedContribution
from consulta.domain.errors import NotFound
from consulta.domain.proposals import listing as listing_of_proposals
from consulta.domain.proposals import reading as proposals
from consulta.domain.proposals.listing import ListedProposal
from consulta.domain.results import figures
from consulta.models.contributions import Kind, Status
from consulta.web import answers, db
from consulta.web.auth import allow, anyone
from consulta.web.context import now, settings
from consulta.web.page_cache import public_page

bp = Blueprint("contributions", __name__)
IN_FEED, BESIDE = 30, 5
"""Entries of a feed; proposals and mentions on a theme's page, which links to the rest."""


@bp.get("/consultas/<slug>/aportes")
@allow(anyone)
@public_page
def listing(consultation: ConsultationView) -> str:
    """Published contributions with filters, search and keyset paging."""
    by = contributions.filters(consultation, request.args.to_dict())
    page = contributions.page(db.session(), consultation, by)
    kinds = tuple(kind.value for kind in Kind)
    return render_template(
        "contributions/list.html",
        consultation=consultation,
        by=by,
        page=page,
        kinds=kinds,
        carried={k: v for k, v in request.args.items() if k in ("theme", "kind", "department", "q", "order")},
    )


@bp.get("/consultas/<slug>/aportes/<int(max=2147483647):number>")
@allow(anyone)
@public_page
def one(consultation: ConsultationView, number: int) -> str:
    """One contribution at its stable address, or what became of it."""
    found = contributions.one(db.session(), consultation, number)
    on = "parent" if found.is_comment else "contribution"
    order = "antiguas" if found.is_comment else "recientes"
    return render_template(
        "contributions/one.html",
        consultation=consultation,
        found=found,
        Status=Status,
        comments_page=threads.page(db.session(), consultation, on, found.id, order=order),
        answering=proposals.answering(db.session(), consultation, found.id),
        open=consultation.window("comment", now()).open and found.row is not None,
    )


@bp.get("/consultas/<slug>/temas/<theme>")
@allow(anyone)
@public_page
def theme(consultation: ConsultationView, theme: str) -> str:
    """Everything of one theme."""
    chosen = _theme(consultation, theme)
    by = Filters(
        theme=chosen.slug,
        kind=Kind.OPINION.value,
        after=contributions.filters(consultation, {"after": request.args.get("after", "")}).after,
    )
    page = contributions.page(db.session(), consultation, by, count=False)
    counted = figures.theme(db.session(), consultation, chosen.slug)
    mentions = contributions.mentioning(db.session(), consultation, chosen.id, limit=BESIDE) if counted.mentions else []
    proposed = _proposed(consultation, chosen) if counted.proposals else []
    return render_template(
        "contributions/theme.html",
        consultation=consultation,
        theme=chosen,
        page=page,
        counted=counted,
        mentions=mentions,
        proposed=proposed,
        by=by,
        comments_page=threads.page(db.session(), consultation, "theme", chosen.id),
        open=consultation.window("comment", now()).open,
    )


@bp.get("/consultas/<slug>/aportes.atom")
@allow(anyone)
@public_page
def feed(consultation: ConsultationView) -> Response:
    """The latest published contributions as Atom."""
    return _atom(consultation, None)


@bp.get("/consultas/<slug>/temas/<theme>.atom")
@allow(anyone)
@public_page
def theme_feed(consultation: ConsultationView, theme: str) -> Response:
    """The latest of one theme as Atom."""
    return _atom(consultation, _theme(consultation, theme))


@bp.get("/consultas/<slug>/aportes/")
@allow(anyone)
def bare(slug: str) -> BaseResponse:
    """The address with a slash too many."""
    return redirect(url_for(".listing", slug=slug), 301)


def _theme(consultation: ConsultationView, slug: str) -> ThemeView:
    found = next((t for t in consultation.themes if t.slug == slug), None)
    if found is None:
        raise NotFound("Esta consulta no tiene ese tema.")
    return found


def _proposed(consultation: ConsultationView, theme: ThemeView) -> list[ListedProposal]:
    """The latest proposals of a theme."""
    return listing_of_proposals.listing(
        db.session(), consultation, listing_of_proposals.Filters(theme=theme.slug), limit=BESIDE
    )[0]


def _atom(consultation: ConsultationView, chosen: ThemeView | None) -> Response:
    rows = latest.published(db.session(), consultation, theme=chosen, limit=IN_FEED)
    return answers.atom(
        "contributions/feed.xml",
        consultation=consultation,
        theme=chosen,
        rows=rows,
        base=settings().base_url,
        updated=_instant(rows[0], consultation) if rows else consultation.schedule_since,
        instant=_instant,
    )


def _instant(row: ListedContribution, consultation: ConsultationView) -> datetime:
    """The day on which a row was published as an instant: no time of day is ever given."""
    return datetime.combine(row.published_on or row.received_on, time(), tzinfo=consultation.timezone)
