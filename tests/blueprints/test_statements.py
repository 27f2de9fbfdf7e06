"""How many statements a page takes: pinned, and the same for one row and for many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from consulta.database.transactions import Database
from consulta.domain.acts import data as act_data
from consulta.domain.acts import versions
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.organizations import enlisting
from consulta.models.accounts import RoleName
from consulta.models.acts import ActKind
from consulta.models.contributions import Status
from tests.support import statements
from tests.support.consultations import said
from tests.support.contributions import admit
from tests.support.people import staff
from tests.support.visitor import Visitor

PINNED = {
    "…": 6,
    "…/opinar": 1,
    "…/aportes": 3,
    "…/aportes?q=agua": 3,
    "…/aportes?theme=tema-1&department=16": 3,
    "…/temas/tema-1": 4,
    "…/resultados": 2,
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
    "/gestion/prueba/personas": 5,
    "/gestion/prueba/por-avisar": 4,
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
                enlisting.enlist(db, consultation, body, new=True, actor="system", now=now)
                act = act_data.ActData(
                    kind=ActKind.FORUM, title=said(f"Foro {n}"), held_from=now.date(), bodies=(("b0", "host"),)
                )
                versions.publish(db, consultation, act, key=f"a{n}", seen=0, reason=None, actor="system", now=now)
        made += rows
        visitor.get(path)
        assert statements.counted(app, visitor, path) == OF_THE_PROCESS[path] <= 6


def test_a_kept_page_takes_one_statement(app: Flask, visitor: Visitor) -> None:
    for path in ("…", "…/aportes", "…/resultados", "…/opinar"):
        visitor.get(path)
        assert statements.counted(app, visitor, path) == 1
