"""Bodies that take part: the public list, asking for an account, an organisation's own page, verification, the desk."""

from __future__ import annotations

from flask import render_template, request

from consulta.domain.accounts import roster
from consulta.domain.acts import reading as acts
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.organizations import positions, verification
from consulta.domain.organizations import reading as organizations
from consulta.web import db, guards, page_cache
from consulta.web.auth import allow, anyone
from consulta.web.context import now

from . import bp


@bp.get("/consultas/<slug>/participantes")
@allow(anyone)
@page_cache.public_page
def listing(consultation: ConsultationView) -> str:
    """Who takes part, by sector and capacity; who reviews; requests and their answers; positions."""
    sector, capacity = request.args.get("sector") or None, request.args.get("capacity") or None
    bodies, more = organizations.page(
        db.session(), consultation, sector=sector, capacity=capacity, after=request.args.get("after") or None
    )
    asking = organizations.asking(db.session(), consultation)
    reviewers = roster.moderators(db.session(), consultation)
    nominating, earlier = [one.organization for one in reviewers if one.organization], guards.place("antes")
    said, more_said = positions.listing(db.session(), consultation, before=earlier)
    return render_template(
        "organizations/listing.html",
        consultation=consultation,
        bodies=bodies,
        more=more,
        sector=sector,
        capacity=capacity,
        counts=organizations.counts(db.session(), consultation),
        asking=asking,
        capacities=organizations.CAPACITIES,
        moderators=reviewers,
        names=organizations.names(db.session(), consultation, nominating) if nominating else {},
        positions=said,
        more_positions=more_said,
        earlier=earlier,
    )


@bp.get("/consultas/<slug>/participantes/<body>")
@allow(anyone)
@page_cache.public_page
def one(consultation: ConsultationView, body: str) -> str:
    """One body: its names, where it took part, its positions, how it came to be verified."""
    found, earlier = organizations.one(db.session(), consultation, body), guards.place("antes")
    said, more = positions.listing(db.session(), consultation, organization=body, before=earlier)
    return render_template(
        "organizations/one.html",
        consultation=consultation,
        body=found,
        positions=said,
        more_positions=more,
        earlier=earlier,
        acts=acts.of_body(db.session(), consultation, body),
        claimable=found.claimable(consultation.today(now())),
        verdicts=verification.verdicts(db.session(), consultation, found.id),
    )
