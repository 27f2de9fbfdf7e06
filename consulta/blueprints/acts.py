"""Acts: the public page of each, its documents, what each side says of its minutes; and publishing them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.accounts import permissions
from consulta.domain.acts import data as act_data
from consulta.domain.acts import documents as act_documents
from consulta.domain.acts import minutes as act_minutes
from consulta.domain.acts import reading as acts
from consulta.domain.acts import versions
from consulta.domain.acts.data import ActData
from consulta.domain.acts.reading import ActView
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotFound
from consulta.domain.files import pdf
from consulta.domain.organizations import positions
from consulta.domain.organizations import reading as organizations
from consulta.forms.acts import MOST_BODIES, names_typed, read_act, rows, show_act
from consulta.forms.fields import Typed, new_key
from consulta.web import answers, db, guards, notices, page_cache
from consulta.web.auth import actor, allow, anyone, coordinates, represents_a_sector, takes_files
from consulta.web.context import now
from consulta.words.i18n import gettext, localized

bp = Blueprint("acts", __name__)


@bp.get("/consultas/<slug>/cronograma/<key>")
@allow(anyone)
@page_cache.public_page
def one(consultation: ConsultationView, key: str) -> str:
    """An act: its version in force, what the sides say of its minutes, positions, earlier versions."""
    return _act_page(consultation, acts.one(db.session(), consultation, key))


@bp.get("/consultas/<slug>/documentos/<sha256>.pdf")
@allow(anyone)
def document(slug: str, sha256: str) -> Response:
    """A document, as an attachment: a browser does not run what it holds."""
    content = act_documents.read(db.session(), guards.find(slug).view, sha256)
    response = current_app.response_class(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{sha256[:16]}.pdf"'
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@bp.get("/gestion/<slug>/actos")
@allow(coordinates)
def listing(slug: str) -> Response:
    """The acts of a consultation, the latest first."""
    consultation = guards.coordinated(slug)
    after = request.args.get("after") or None
    rows, more = acts.listing(db.session(), consultation, after=after, limit=12, newest=True)
    return answers.private("acts/listing.html", consultation=consultation, rows=rows, more=more)


@bp.get("/gestion/<slug>/actos/nuevo")
@allow(coordinates)
def begin(slug: str) -> Response:
    """An empty form."""
    return _form_page(guards.changeable(slug), None, {}, {}, 200)


@bp.post("/gestion/<slug>/actos/nuevo")
@allow(coordinates)
@takes_files(act_documents.MAX_REQUEST)
def create(slug: str) -> Response | BaseResponse:
    """Publish an act."""
    return _publish(guards.changeable(slug), None)


@bp.get("/gestion/<slug>/actos/<key>")
@allow(coordinates)
def edit(slug: str, key: str) -> Response:
    """The version in force, to write the next."""
    consultation = guards.changeable(slug)
    act = acts.one(db.session(), consultation, key)
    return _form_page(consultation, act, show_act(act.now), {}, 200)


@bp.post("/gestion/<slug>/actos/<key>")
@allow(coordinates)
@takes_files(act_documents.MAX_REQUEST)
def publish(slug: str, key: str) -> Response | BaseResponse:
    """Publish the next version."""
    consultation = guards.changeable(slug)
    return _publish(consultation, acts.one(db.session(), consultation, key))


@bp.get("/gestion/<slug>/actos/<key>/acta")
@allow(represents_a_sector)
def minutes(slug: str, key: str) -> Response:
    """The minutes, for one side to agree with or not."""
    consultation = guards.find(slug).view
    permissions.sector_of(actor(), consultation)
    return _minutes_page(consultation, key, {}, {}, 200)


@bp.post("/gestion/<slug>/actos/<key>/acta")
@allow(represents_a_sector)
def speak(slug: str, key: str) -> Response | BaseResponse:
    """Agree with the minutes, or say why not."""
    consultation, typed = guards.find(slug).view, Typed(request.form)
    seen, statement = typed.whole("seen", 1, 10**6), typed.text("statement")
    verdict = typed.one_of("verdict", ("agree", "disagree"), missing=gettext("Elija si está de acuerdo."))
    if typed.errors:
        return _minutes_page(consultation, key, typed.values(), typed.errors, 422)
    side = permissions.sector_of(actor(), consultation)
    own, by = db.session(), guards.by(consultation, side)
    try:
        if verdict == "agree":
            act_minutes.agree(own, consultation, key, seen=seen, sector=side, by=by, now=now(), statement=statement)
        else:
            act_minutes.object_to(own, consultation, key, seen=seen, sector=side, by=by, now=now(), why=statement)
    except (Invalid, Conflict) as error:
        refusal = answers.refused(error, field="statement")
        return _minutes_page(consultation, key, typed.values(), refusal.errors, refusal.status)
    notices.tell(gettext("Su respuesta quedó publicada junto al acta."), see=url_for(".one", slug=slug, key=key))
    return redirect(url_for("voices.listing", slug=slug), 303)


def _publish(consultation: ConsultationView, act: ActView | None) -> Response | BaseResponse:
    """Publish what was typed, or show the form again with it; a browser does not keep the file, so it says so."""
    typed, names = Typed(request.form), _names(consultation, act)
    if "add" in request.form:
        return _form_page(consultation, act, typed.values(), {}, 200, more=True)
    strange = names_typed(typed, names)
    names |= organizations.called(db.session(), consultation, strange) if strange else {}
    data = read_act(typed, consultation, act.now.documents if act else (), names)
    seen, reason = typed.whole("seen", 0, 10**6), typed.said("reason", limit=500)
    if typed.errors:
        return _form_page(consultation, act, typed.values(), typed.errors, 422)
    try:
        data = _with(data, act, (*data.documents, *_uploaded()))
        key, there = (act.key, False) if act else _address(consultation, data)
        if there:
            return _published(consultation, key, data)
        versions.publish(
            db.session(),
            consultation,
            data,
            key=key,
            seen=seen if act else 0,
            reason=reason,
            by=guards.by(consultation),
            now=now(),
        )
    except (Invalid, Conflict) as error:
        refusal = answers.refused(error, "reason_es")
        again = act and _again(consultation, act)
        return _form_page(consultation, again, typed.values(), refusal.errors, refusal.status)
    return _published(consultation, key, data)


def _published(consultation: ConsultationView, key: str, data: ActData) -> BaseResponse:
    see = url_for(".one", slug=consultation.slug, key=key)
    notices.tell(gettext("El acto «%(name)s» quedó publicado.", name=localized(data.title)), see=see)
    return redirect(url_for(".listing", slug=consultation.slug), 303)


def _with(data: ActData, act: ActView | None, documents: tuple[dict[str, Any], ...]) -> ActData:
    """With the documents; and what the form does not ask stays as it was."""
    data = replace(data, documents=documents)
    return replace(data, contradictions=act.now.contradictions, source=act.now.source) if act else data


def _uploaded() -> list[dict[str, Any]]:
    """All are looked at before the first is stored: looking takes a while, and others wait to write."""
    found = []
    for upload in request.files.getlist("document"):
        if upload.filename:
            data, name = upload.read(), upload.filename.replace("\\", "/").rsplit("/", 1)[-1][:120]
            pdf.check_pdf(data, name)
            found.append((data, name))
    return [act_documents.store(db.session(), data, name) for data, name in found]


def _address(consultation: ConsultationView, data: ActData) -> tuple[str, bool]:
    """A free address for an act; or that of the very same one, which a second click sent again."""
    taken = {"nuevo"}
    while True:
        key = new_key(data.title["es"], set(taken), "acto")
        try:
            known = acts.one(db.session(), consultation, key).now
        except NotFound:
            return key, False
        if known == act_data.completed(data):
            return key, True
        taken.add(key)


def _again(consultation: ConsultationView, act: ActView) -> ActView:
    return acts.one(db.session(), consultation, act.key)


def _act_page(consultation: ConsultationView, act: ActView) -> str:
    own = (f"act/{act.key}", f"minutes/{act.key}")
    present = organizations.sectors(db.session(), consultation, [slug for slug, _ in act.now.bodies])
    earlier = guards.place("antes")
    said, more = positions.listing(db.session(), consultation, subjects=own, before=earlier)
    return render_template(
        "acts/one.html",
        consultation=consultation,
        act=act,
        present=present,
        positions=said,
        more_positions=more,
        earlier=earlier,
        notes=_notes(act),
        dissent=act.agreed and positions.dissent_in_force(db.session(), consultation, (*own, positions.WHOLE)),
        stage=next((s for s in consultation.stages if s.key == act.now.stage), None),
    )


def _notes(act: ActView) -> list[int]:
    """The numbers of the notes that the minutes of a forum's table rest on."""
    return list(act.now.table.notes) if act.now.table else []


def _names(consultation: ConsultationView, act: ActView | None) -> dict[str, str]:
    """The bodies that a form offers, and those that the act names already, by short name."""
    some = organizations.some_names(db.session(), consultation, limit=MOST_BODIES)
    there = organizations.names(db.session(), consultation, [slug for slug, _ in act.now.bodies] if act else [])
    return {slug: name["es"] for slug, name in there.items()} | some


def _form_page(
    consultation: ConsultationView,
    act: ActView | None,
    values: dict[str, str],
    errors: dict[str, str],
    status: int,
    *,
    more: bool = False,
) -> Response:
    return answers.private(
        "acts/form.html",
        status,
        consultation=consultation,
        act=act,
        values=values,
        errors=errors,
        rows=rows(values, more=more),
        names=_names(consultation, act),
        capacities=organizations.CAPACITIES,
    )


def _minutes_page(
    consultation: ConsultationView, key: str, values: dict[str, str], errors: dict[str, str], status: int
) -> Response:
    act = acts.one(db.session(), consultation, key)
    return answers.private(
        "acts/minutes.html",
        status,
        consultation=consultation,
        act=act,
        values=values,
        errors=errors,
        side=permissions.sector_of(actor(), consultation),
    )
