"""Positions of verified organisations, published from their own page."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from consulta.domain.acts import documents
from consulta.domain.acts import reading as acts
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotAllowed
from consulta.domain.files import pdf
from consulta.domain.organizations import members, positions
from consulta.domain.organizations.reading import BodyView
from consulta.forms.fields import PAGE, Typed
from consulta.models.positions import Stance
from consulta.web import answers, db, guards, notices
from consulta.web.auth import actor, allow, signed_in, takes_files
from consulta.web.context import now
from consulta.words.i18n import gettext

bp = Blueprint("positions", __name__, url_prefix="/cuenta/organizaciones")


@bp.get("/<slug>/<body>/posicion")
@allow(signed_in)
def form(slug: str, body: str) -> Response:
    """What the organisation declares, and on what."""
    consultation, own = _own(slug, body)
    return _page(consultation, own, {"subject": request.args.get("sobre", "")}, {}, 200)


@bp.post("/<slug>/<body>/posicion")
@allow(signed_in)
@takes_files(documents.MAX_REQUEST)
def publish(slug: str, body: str) -> Response | BaseResponse:
    """Publish it at once; it is never changed."""
    (consultation, own), typed = _own(slug, body), Typed(request.form)
    stance = typed.one_of("stance", [s.value for s in Stance], missing=gettext("Elija la posición."))
    text, subject = typed.text("text", limit=PAGE), typed.data.get("subject", "")[:200]
    if typed.errors:
        return _page(consultation, own, typed.values(), typed.errors, 422)
    try:
        document = None
        upload = request.files.get("document")
        if upload and upload.filename:
            data, name = upload.read(), upload.filename[-120:]
            pdf.check_pdf(data, name)
            document = documents.store(db.session(), data, name)
        positions.publish(
            db.session(),
            consultation,
            own,
            stance=Stance(stance or Stance.SUPPORT),
            subject=subject,
            text=text,
            document=document,
            by=guards.by(consultation),
            now=now(),
        )
    except (Invalid, Conflict) as error:
        refusal = answers.refused(error, "text")
        return _page(consultation, own, typed.values(), refusal.errors, refusal.status)
    notices.tell(gettext("La posición ya es pública."), see=url_for("organizations.one", slug=slug, body=body))
    return redirect(url_for("organizations.own", slug=slug, body=body), 303)


def _own(slug: str, body: str) -> tuple[ConsultationView, BodyView]:
    consultation = guards.find(slug).view
    own = members.of_member(db.session(), consultation, body, actor().id)
    if own.standing not in members.REPRESENTED or actor().id not in members.signatories(db.session(), own.id):
        raise NotAllowed("Publica posiciones quien firma por una organización verificada.")
    return consultation, own


def _page(
    consultation: ConsultationView, own: BodyView, values: dict[str, str], errors: dict[str, str], status: int
) -> Response:
    rows, _ = acts.listing(db.session(), consultation, newest=True, limit=100)
    return answers.private(
        "organizations/position.html",
        status,
        consultation=consultation,
        body=own,
        acts=rows,
        values=values,
        errors=errors,
    )
