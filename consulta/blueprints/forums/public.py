"""Forums and roundtables: the list, the page of each, calendar, feed and poster; announcing and changing them."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.documents import calendars, charts, posters, qr, tables
from consulta.domain.accounts import team
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid
from consulta.domain.forums import reading as forums
from consulta.domain.forums import telling as forum_telling
from consulta.domain.forums import turnout
from consulta.domain.forums import versions as forum_versions
from consulta.domain.forums.reading import ForumView
from consulta.domain.papers import minutes as paper_minutes
from consulta.domain.papers import reconciliation
from consulta.forms.fields import Typed, new_key
from consulta.forms.forums import read_forum, show_forum
from consulta.models.consultations import ConsultationKind
from consulta.web import db, page_cache
from consulta.web.auth import allow, anyone, coordinates, now, settings
from consulta.words.i18n import day, gettext, language, number, said
from consulta.words.markup import drawn

bp = Blueprint("forums", __name__)


@bp.get("/consultas/<slug>/foros")
@allow(anyone)
def listing(slug: str) -> str:
    """Every forum: those to come, then those that were."""
    consultation = page_cache.find(slug).view
    found = forums.in_order(forums.listing(db.session(), consultation), now())
    counted = turnout.by_forum(db.session(), consultation)
    known = [(f.key, said(f.data.name), n) for f, n in turnout.bars(found, counted)]
    return render_template(
        "forums/listing.html",
        consultation=consultation,
        forums=found,
        now=now(),
        counted=counted,
        bars=drawn(charts.bar_rows(charts.bars(known), number)) if known else "",
    )


@bp.get("/consultas/<slug>/foros/<key>")
@allow(anyone)
def one(slug: str, key: str) -> str:
    """A forum: where, when, how to get there, its tables; what changed stands on top."""
    consultation = page_cache.find(slug).view
    forum = forums.one(db.session(), consultation, key)
    sheet = turnout.sheet(db.session(), consultation, forum) if forum.when(now()) == "past" else None
    batches = reconciliation.reconcile(db.session(), forum) if sheet else []
    return render_template(
        "forums/one.html",
        consultation=consultation,
        forum=forum,
        now=now(),
        sheet=sheet,
        batches=batches,
        minutes=paper_minutes.published(db.session(), consultation, forum) if sheet else [],
    )


@bp.get("/consultas/<slug>/foros/<key>.ics")
@allow(anyone)
def calendar(slug: str, key: str) -> Response:
    """The forum as a calendar entry."""
    consultation = page_cache.find(slug).view
    forum = forums.one(db.session(), consultation, key)
    address = settings().base_url + url_for(".one", slug=slug, key=key)
    body = calendars.event(
        uid=f"{slug}-{key}@{settings().base_url.split('//', 1)[-1]}",
        name=said(forum.data.name),
        starts=forum.data.starts_at,
        ends=forum.data.ends_at,
        all_day=forum.data.all_day,
        zone=consultation.timezone,
        place=", ".join(filter(None, (said(forum.data.texts.get(n)) for n in ("place", "address")))),
        address=address,
        version=forum.version,
        cancelled=forum.cancelled,
        stamp=forum.versions[0].published_at,
    )
    response = current_app.response_class(body, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{key}.ics"'
    return response


@bp.get("/consultas/<slug>/foros.atom")
@allow(anyone)
def feed(slug: str) -> Response:
    """The forums as Atom, what changed last first."""
    consultation = page_cache.find(slug).view
    found = forums.latest(db.session(), consultation)
    response = make_response(
        render_template("forums/feed.xml", consultation=consultation, versions=found, base=settings().base_url)
    )
    response.content_type = "application/atom+xml; charset=utf-8"
    return response


@bp.get("/consultas/<slug>/foros/<key>/cartel.pdf")
@allow(anyone)
def poster(slug: str, key: str) -> Response:
    """An A4 poster with a QR code; what changed stands on it too."""
    consultation = page_cache.find(slug).view
    forum = forums.one(db.session(), consultation, key)
    address = settings().base_url + url_for(".one", slug=slug, key=key)
    when = day(consultation.today(forum.data.starts_at))
    if not forum.data.all_day:
        when += f", {forum.data.starts_at.astimezone(consultation.timezone):%H:%M}"
    demo = consultation.kind is ConsultationKind.DEMONSTRATION
    drawn = posters.poster(
        posters.describe(
            call=said(forum.data.name),
            title=said(consultation.title),
            closing=_notice(forum),
            hint=f"{when}. {said(forum.data.texts.get('place'))}",
            address=address.split("//", 1)[-1],
            demo=gettext("Datos de demostración") if demo else "",
            themes=[
                (said(t.name), said(t.question), t.colour)
                for t in (consultation.theme_by_id(table.theme_id) for table in forum.tables)
                if t
            ],
            qr=qr.matrix(address),
            language=language(),
        )
    )
    response = current_app.response_class(drawn, mimetype="application/pdf")
    response.headers["Cache-Control"] = "public, max-age=600"
    return response


@bp.get("/consultas/<slug>/foros/<key>/asistencia.csv")
@allow(anyone)
def figures(slug: str, key: str) -> Response:
    """Who registered and came, as a file; cells of 1 to 4 people are hidden."""
    consultation = page_cache.find(slug).view
    forum = forums.one(db.session(), consultation, key)
    rows = turnout.rows(turnout.sheet(db.session(), consultation, forum), forum)
    return page_cache.download(tables.rows(("figure", "key", "n"), rows), consultation, f"foro-{key}")


@bp.get("/gestion/<slug>/foros")
@allow(coordinates)
def desk(slug: str) -> Response:
    """The forums, to announce, change and prepare."""
    consultation = page_cache.coordinated(slug)
    found = forums.in_order(forums.listing(db.session(), consultation), now())
    return page_cache.private("forums/desk.html", consultation=consultation, forums=found, now=now())


@bp.get("/gestion/<slug>/foros/nuevo")
@allow(coordinates)
def begin(slug: str) -> Response:
    """An empty form."""
    return _form_page(page_cache.changeable(slug), None, {"capacity": "50"}, {}, 200)


@bp.post("/gestion/<slug>/foros/nuevo")
@allow(coordinates)
def create(slug: str) -> Response | BaseResponse:
    """Announce a forum."""
    return _publish(page_cache.changeable(slug), None)


@bp.get("/gestion/<slug>/foros/<key>")
@allow(coordinates)
def edit(slug: str, key: str) -> Response:
    """The version in force, to write the next."""
    consultation = page_cache.changeable(slug)
    forum = forums.one(db.session(), consultation, key)
    return _form_page(consultation, forum, show_forum(forum.data, consultation), {}, 200)


@bp.post("/gestion/<slug>/foros/<key>")
@allow(coordinates)
def publish(slug: str, key: str) -> Response | BaseResponse:
    """Publish the next version."""
    consultation = page_cache.changeable(slug)
    return _publish(consultation, forums.one(db.session(), consultation, key))


@bp.post("/gestion/<slug>/foros/<key>/cancelar")
@allow(coordinates)
def cancel(slug: str, key: str) -> Response | BaseResponse:
    """Call a forum off; those who registered are told."""
    consultation, typed = page_cache.changeable(slug), Typed(request.form)
    seen, reason = typed.whole("seen", 1, 10**6), typed.said("reason", most=500)
    try:
        forum_versions.cancel(
            db.session(),
            consultation,
            key,
            seen=seen,
            reason=reason,
            actor=page_cache.pseudonym(consultation),
            now=now(),
        )
    except (Invalid, Conflict) as error:
        return _refused(consultation, forums.one(db.session(), consultation, key), typed, error)
    flash(gettext("El foro quedó cancelado. Se avisará a quienes se inscribieron."))
    return redirect(url_for(".one", slug=slug, key=key), 303)


def _publish(consultation: ConsultationView, forum: ForumView | None) -> Response | BaseResponse:
    """Publish what was typed, or show the form again with it."""
    typed = Typed(request.form)
    data = read_forum(typed, consultation, _facilitators(consultation), consultation.today(now()))
    seen, reason = typed.whole("seen", 0, 10**6), typed.said("reason", most=500)
    if typed.errors:
        return _form_page(consultation, forum, typed.values(), typed.errors, 422)
    key = forum.key if forum else _address(consultation, data.name["es"])
    try:
        forum_versions.publish(
            db.session(),
            consultation,
            data,
            key=key,
            seen=seen if forum else 0,
            reason=reason,
            actor=page_cache.pseudonym(consultation),
            now=now(),
        )
    except (Invalid, Conflict) as error:
        return _refused(consultation, forum, typed, error)
    flash(gettext("El foro quedó publicado."))
    return redirect(url_for(".one", slug=consultation.slug, key=key), 303)


def _refused(
    consultation: ConsultationView, forum: ForumView | None, typed: Typed, error: Invalid | Conflict
) -> Response:
    db.undo(db.session())
    problems = {getattr(error, "field", "") or "reason_es": gettext(error.message, **error.values)}
    status = 409 if isinstance(error, Conflict) else 422
    again = forums.one(db.session(), consultation, forum.key) if forum else None
    return _form_page(consultation, again, typed.values(), problems, status)


def _address(consultation: ConsultationView, name: str) -> str:
    taken = {"nuevo"} | {one.key for one in forums.listing(db.session(), consultation)}
    return new_key(name, taken, "foro")


def _facilitators(consultation: ConsultationView) -> dict[str, list[str]]:
    return team.facilitators(db.session(), consultation)


def _notice(forum: ForumView) -> str:
    if forum.cancelled:
        return gettext("Cancelado: %(why)s", why=said(forum.versions[0].reason))
    return gettext("Cambió: %(why)s", why=said(forum.versions[0].reason)) if forum.version > 1 else ""


def _form_page(
    consultation: ConsultationView, forum: ForumView | None, values: dict[str, str], errors: dict[str, str], status: int
) -> Response:
    return page_cache.private(
        "forums/form.html",
        status,
        consultation=consultation,
        forum=forum,
        values=values,
        errors=errors,
        unreachable=forum_telling.unreachable(db.session(), forum) if forum else 0,
        facilitators={side: [(n, n) for n in names] for side, names in _facilitators(consultation).items()},
    )
