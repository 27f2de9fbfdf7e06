"""Minutes: of a forum's table, written by who facilitates it; and those of any act as a document."""

from __future__ import annotations

import re

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.documents import minutes
from consulta.documents.minutes import Record
from consulta.domain.acts import reading as acts
from consulta.domain.acts.data import ActData
from consulta.domain.acts.table_minutes import SECTIONS, TableMinutes
from consulta.domain.consultations.snapshots import ConsultationView, ThemeView
from consulta.domain.errors import Conflict, Invalid, NotFound
from consulta.domain.forums.reading import ForumView
from consulta.domain.papers import minutes as paper_minutes
from consulta.domain.papers import notes as paper_notes
from consulta.forms.fields import TEXT, Typed
from consulta.models.accounts import Sector
from consulta.models.consultations import ConsultationKind
from consulta.web import answers, db, guards, notices, printed
from consulta.web.auth import allow, anyone, on_a_team
from consulta.web.context import now, settings
from consulta.words.i18n import day, gettext, language, localized

bp = Blueprint("minutes", __name__)


@bp.get("/consultas/<slug>/cronograma/<key>/acta.<form>")
@allow(anyone)
def document(slug: str, key: str, form: str) -> Response:
    """The minutes of an act as DOCX or PDF."""
    consultation = guards.find(slug).view
    record = _record(consultation, key)
    if form not in ("docx", "pdf") or record is None:
        raise NotFound("Este acto no tiene acta para descargar.")
    return printed.answer(minutes.docx(record) if form == "docx" else minutes.pdf(record), key)


@bp.get("/gestion/<slug>/foros/<key>/actas/<theme>")
@allow(on_a_team)
def form(slug: str, key: str, theme: str) -> Response:
    """The minutes of a table, to write them or their next version."""
    consultation, forum, chosen = _own(slug, key, theme)
    values = {"seen": str(paper_minutes.version_of(db.session(), consultation, forum, chosen))}
    if values["seen"] != "0":
        act = acts.one(db.session(), consultation, paper_minutes.key_of(forum, chosen))
        values |= _written(act.now)
    return _page(consultation, forum, chosen, values, {}, 200)


@bp.post("/gestion/<slug>/foros/<key>/actas/<theme>")
@allow(on_a_team)
def publish(slug: str, key: str, theme: str) -> Response | BaseResponse:
    """Publish them as an act."""
    consultation, forum, chosen = _own(slug, key, theme)
    typed = Typed(request.form)
    sections = {name: typed.text(name, limit=TEXT) for name in SECTIONS}
    numbers = sorted({int(n) for n in re.findall(r"\d{1,9}", typed.text("notes", limit=TEXT))})
    seen, reason = typed.whole("seen", 0, 10**6), {"es": typed.text("reason_es", limit=500)}
    if typed.errors:
        return _page(consultation, forum, chosen, typed.values(), typed.errors, 422)
    try:
        act = paper_minutes.publish(
            db.session(),
            consultation,
            forum,
            chosen,
            TableMinutes.of(sections, numbers),
            seen=seen,
            reason=reason,
            by=guards.by(consultation),
            now=now(),
        )
    except (Invalid, Conflict) as error:
        refusal = answers.refused(error, "reason_es")
        return _page(consultation, forum, chosen, typed.values(), refusal.errors, refusal.status)
    text = gettext("El acta quedó publicada. Falta que cada sector diga si está de acuerdo.")
    notices.tell(text, see=url_for("acts.one", slug=slug, key=act))
    return redirect(url_for("papers.desk", slug=slug, key=key), 303)


def _own(slug: str, key: str, theme: str) -> tuple[ConsultationView, ForumView, ThemeView]:
    consultation, forum = guards.at_the_door(slug, key)
    chosen = consultation.theme(theme)
    if chosen is None or chosen.slug not in {table.theme for table in forum.tables}:
        raise NotFound("Esa mesa no es de este foro.")
    return consultation, forum, chosen


def _record(consultation: ConsultationView, key: str) -> Record | None:
    act = acts.one(db.session(), consultation, key)
    text = act.now.texts.get("minutes")
    if text is None:
        return None
    sides = {Sector.GOVERNMENT: gettext("gobierno"), Sector.CIVIL_SOCIETY: gettext("sociedad civil")}
    words = {True: gettext("de acuerdo"), False: gettext("en desacuerdo")}
    voices = [(f"{sides[v.sector].capitalize()} ({v.actor}): {words[v.agrees]}", v.statement or "") for v in act.voices]
    facts = [(gettext("Fecha"), day(act.now.day))] if act.now.day else []
    if act.now.texts.get("place"):
        facts.append((gettext("Lugar"), localized(act.now.texts["place"])))
    address = settings().base_url + url_for("acts.one", slug=consultation.slug, key=key)
    return Record(
        title=localized(act.now.title),
        consultation=localized(consultation.title),
        facts=facts,
        parts=act.now.table.parts(language()) if act.now.table else [("", localized(text))],
        voices_heading=gettext("Lo que dice cada sector"),
        voices=voices,
        language=language(),
        source=f"{address} · {gettext('Versión %(n)s', n=act.version)}",
        demo=gettext("Datos de demostración") if consultation.kind is ConsultationKind.DEMONSTRATION else "",
    )


def _written(act: ActData) -> dict[str, str]:
    """What the form is filled with; minutes that an earlier version kept as one text stand in the first section."""
    if act.table is None:
        return {"said_most": act.texts["minutes"]["es"]}
    return {**act.table.sections, "notes": ", ".join(map(str, act.table.notes))}


def _page(
    consultation: ConsultationView,
    forum: ForumView,
    theme: ThemeView,
    values: dict[str, str],
    errors: dict[str, str],
    status: int,
) -> Response:
    return answers.private(
        "papers/minutes.html",
        status,
        consultation=consultation,
        forum=forum,
        theme=theme,
        values=values,
        errors=errors,
        said=paper_notes.said(db.session(), forum, theme_id=theme.id),
    )
