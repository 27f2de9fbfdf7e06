"""How many statements a page takes: pinned, and the same for one row and for many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from consulta.database.transactions import Database
from consulta.domain.acts import data, versions
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.ledger.log import By
from consulta.domain.organizations import enlisting
from consulta.models.accounts import RoleName
from consulta.models.acts import ActKind
from consulta.models.contributions import Status
from tests.support import people, plans, proposals, statements
from tests.support.consultations import load, said
from tests.support.contributions import admit
from tests.support.people import staff
from tests.support.visitor import Visitor, fields

PINNED = {
    "…": 6,
    "…/opinar": 1,
    "…/aportes": 3,
    "…/aportes?q=agua": 3,
    "…/aportes?theme=tema-1&department=16": 3,
    "…/temas/tema-1": 4,
    "…/resultados": 3,
    "…/aportes/1": 5,
    "/moderacion/prueba": 5,
    "…/cronograma": 3,
}


@pytest.mark.parametrize("path", PINNED)
def test_the_count_is_pinned_and_does_not_grow(
    make_app: Callable[..., Flask], database: Database, consultation: ConsultationView, path: str
) -> None:
    app = make_app(page_cache=0)
    staff(database, consultation)
    visitor = Visitor(app)
    if path.startswith("/moderacion"):
        visitor.sign_in()
    for rows in (1, 3, 30):
        admit(
            database,
            consultation,
            *["Agua para todos"] * rows,
            status=Status.PUBLISHED,
            theme="tema-1",
            department="16",
        )
        visitor.get(path)
        assert statements.counted(app, visitor, path) == PINNED[path] <= 6


OF_THE_PROCESS = {
    "…/cronograma": 3,
    "…/participantes": 6,
    "…/participantes/b0": 6,
    "…/cronograma/a0": 6,
    "…/novedades": 2,
    "/gestion/prueba/actos": 3,
    "/gestion/prueba/personas": 6,
    "/gestion/prueba/por-avisar": 5,
}


@pytest.mark.parametrize("path", OF_THE_PROCESS)
def test_acts_and_bodies_cost_no_statement_more(
    make_app: Callable[..., Flask], database: Database, consultation: ConsultationView, path: str
) -> None:
    app, now, made = make_app(page_cache=0), datetime.now(UTC), 0
    staff(database, consultation, role=RoleName.COORDINATOR)
    visitor = Visitor(app)
    if path.startswith("/gestion"):
        visitor.sign_in()
    for rows in (1, 3, 30):
        with database.transaction() as db:
            for n in range(made, made + rows):
                body = enlisting.Listed(slug=f"b{n}", name=said(f"Entidad {n}"), sector="cso")
                enlisting.enlist(db, consultation, body, new=True, by=By(None, "system"), now=now)
                act = data.ActData(
                    kind=ActKind.FORUM, title=said(f"Foro {n}"), held_from=now.date(), bodies=(("b0", "host"),)
                )
                versions.publish(
                    db, consultation, act, key=f"a{n}", seen=0, reason=None, by=By(None, "system"), now=now
                )
        made += rows
        visitor.get(path)
        assert statements.counted(app, visitor, path) == OF_THE_PROCESS[path] <= 6


def test_a_plan_costs_as_much_for_one_commitment_as_for_twenty_two(
    make_app: Callable[..., Flask], database: Database, consultation: ConsultationView, now: datetime
) -> None:
    plans.publish(database, consultation, now)
    app = make_app(page_cache=0)
    visitor = Visitor(app)
    pinned = {"…/plan": 3, "…/plan/7": 4, "…/plan/7.json": 2, "…/plan.json": 2}
    for path, statements_of in pinned.items():
        visitor.get(path)
        assert statements.counted(app, visitor, path) == statements_of <= 6, path


def test_a_proposal_takes_six_statements_however_much_it_says(
    make_app: Callable[..., Flask], database: Database, now: datetime
) -> None:
    view = load(database, proposals.open_for_proposals(), now)
    app = make_app(page_cache=0)
    visitor = Visitor(app)
    admit(database, view, "Falta agua", "Falta luz", status=Status.PUBLISHED, theme="tema-1")
    desk = people.moderator(app, database, view)
    for n, goals in ((3, 1), (4, 12)):
        draft = proposals.written(visitor)
        for goal in range(goals):
            page = fields(visitor.get(f"{draft}/metas").text)
            visitor.post(f"{draft}/metas", page | {f"meta-{goal}-text": f"Meta {goal}: 45 hospitales", "act": "more"})
        proposals.send(visitor, draft)
        item = f"/moderacion/prueba/{n}"
        desk.post(f"{item}/abrir")
        desk.post(f"{item}/decidir", fields(desk.get(item).text) | {"verdict": "publish"})
        visitor.get(f"…/propuestas/{n}")
        assert statements.counted(app, visitor, f"…/propuestas/{n}") == 5


def test_a_kept_page_takes_one_statement(app: Flask, visitor: Visitor) -> None:
    for path in ("…", "…/aportes", "…/resultados", "…/opinar"):
        visitor.get(path)
        assert statements.counted(app, visitor, path) == 1
