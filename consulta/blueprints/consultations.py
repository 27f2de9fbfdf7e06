"""The campaign's home, the schedule, the rules, privacy, poster and share image."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template, request, url_for

from consulta.documents import posters, qr
from consulta.domain import days
from consulta.domain.acts import reading as act_reading
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import latest
from consulta.domain.forums import reading as forums
from consulta.domain.forums.reading import ForumView
from consulta.domain.management import schedules
from consulta.domain.organizations import positions
from consulta.domain.results import figures
from consulta.models.consultations import ConsultationKind
from consulta.web import db, printed
from consulta.web.auth import allow, anyone
from consulta.web.context import now, settings
from consulta.web.guards import find, place
from consulta.web.page_cache import public_page
from consulta.words.i18n import gettext, language, localized

bp = Blueprint("consultations", __name__)
LATEST, AT_HOME, AT_ONCE = 4, 12, 21
"""Contributions and stages on the home page, and stages on one page of the schedule."""


@bp.get("/", defaults={"slug": None})
@bp.get("/consultas/<slug>")
@allow(anyone)
@public_page
def home(consultation: ConsultationView) -> str:
    """The call, the themes, the live figures, where we are, the latest."""
    if consultation.kind is ConsultationKind.RECORD:
        return render_template("consultations/record.html", consultation=consultation)
    others = [
        (slug, title)
        for slug, title, kind, _ in consultations.published(db.session())
        if slug != consultation.slug and kind is not ConsultationKind.DEMONSTRATION
    ]
    return render_template(
        "consultations/home.html",
        consultation=consultation,
        base=settings().base_url,
        live=figures.live(db.session(), consultation),
        window=consultation.window("opinion", now()),
        latest=latest.published(db.session(), consultation, limit=LATEST),
        timeline=[(s, s.state(now())) for s in consultation.stretch(now(), AT_HOME, top=True).stages],
        others=others,
        positions=positions.latest(db.session(), consultation),
        forum=_next_forum(consultation),
    )


@bp.get("/consultas/<slug>/cronograma")
@allow(anyone)
@public_page
def schedule(consultation: ConsultationView) -> str:
    """The schedule in all its versions, and the acts held."""
    versions, stage = schedules.schedules(db.session(), consultation), request.args.get("stage") or None
    after, stretch = request.args.get("after") or None, consultation.stretch(now(), AT_ONCE, first=place("desde"))
    acts, more = act_reading.listing(db.session(), consultation, stage=stage, after=after)
    return render_template(
        "consultations/schedule.html",
        consultation=consultation,
        versions=versions,
        stretch=stretch,
        timeline=[(s, s.state(now())) for s in stretch.stages],
        moved=schedules.moved(versions),
        acts=acts,
        more=more,
        stage=stage,
    )


@bp.get("/consultas/<slug>/reglas")
@allow(anyone)
@public_page
def rules(consultation: ConsultationView) -> str:
    """How it is moderated, and every reason for not publishing."""
    return render_template("consultations/rules.html", consultation=consultation)


@bp.get("/consultas/<slug>/privacidad")
@allow(anyone)
@public_page
def privacy(consultation: ConsultationView) -> str:
    """What is kept about people, and for how long."""
    return render_template("consultations/privacy.html", consultation=consultation)


@bp.get("/consultas/<slug>/cartel.pdf")
@allow(anyone)
def poster(slug: str) -> Response:
    """An A4 poster with a QR code."""
    current = find(slug)
    return printed.of_state(current, "poster.pdf", lambda: posters.poster(_described(current.view)), max_age=3600)


@bp.get("/consultas/<slug>/imagen.png")
@allow(anyone)
def share_image(slug: str) -> Response:
    """The picture that social networks show."""
    current = find(slug)
    return printed.of_state(current, "share.png", lambda: posters.share_image(_described(current.view)), max_age=3600)


def _next_forum(consultation: ConsultationView) -> ForumView | None:
    """The next one that is not over before today: the page is kept in memory for the day."""
    today = consultation.today(now())
    return forums.upcoming(db.session(), consultation, days.local_instant(today, consultation.timezone))


def _described(consultation: ConsultationView) -> str:
    home_path = url_for("consultations.home", slug=consultation.slug)
    address = settings().base_url + home_path
    demo = consultation.kind is ConsultationKind.DEMONSTRATION
    return posters.describe(
        call=localized(consultation.texts["call"]),
        title=localized(consultation.title),
        hint=localized(consultation.texts["lead"]),
        address=address.split("//", 1)[-1],
        closing=_closing(consultation),
        demo=gettext("Datos de demostración") if demo else "",
        themes=[(localized(t.name), localized(t.question), t.colour) for t in consultation.themes],
        qr=qr.matrix(address),
        language=language(),
    )


def _closing(consultation: ConsultationView) -> str:
    window = consultation.window("opinion", now())
    if window.stage is None or not window.open:
        return ""
    last = window.stage.last_day
    return gettext("Hasta el %(day)s", day=current_app.jinja_env.filters["day"](last))
