"""Proposals as the team lists them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from consulta.database.transactions import Database
from consulta.domain.proposals import team_list
from consulta.models.base import table_of
from consulta.models.contributions import Contribution, Status
from consulta.models.moderation import Decision, Verdict
from consulta.models.proposals import Return
from tests.support import proposals
from tests.support.consultations import load
from tests.support.contributions import admit
from tests.support.people import staff
from tests.support.visitor import Visitor


def test_each_says_where_it_is_and_until_when_it_can_be_corrected(
    app: Flask, database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = load(database, proposals.open_for_proposals(), now)
    admit(database, view, "Una opinión no es una propuesta")
    person = Visitor(app, view.slug)
    for _ in range(3):
        proposals.send(person, proposals.written(person))
    ana = staff(database, view)
    with database.transaction() as db:
        id_ = db.execute(select(Contribution.id).order_by(Contribution.number.desc()).limit(1)).scalar_one()
        for ordinal, days in enumerate((9, 4)):
            decision = insert(Decision).values(
                contribution_id=id_, ordinal=ordinal, verdict=Verdict.RETURN, account_id=ana, decided_at=now
            )
            decision_id = db.execute(decision.returning(Decision.id)).scalar_one()
            due = now.date() + timedelta(days=days)
            db.execute(insert(Return).values(decision_id=decision_id, proposal_id=id_, fields=["problem"], due_on=due))
        db.execute(update(table_of(Contribution)).where(Contribution.id == id_).values(status=Status.RETURNED))
    with database.session(read_only=True) as db:
        rows, more = team_list.listing(db, view)
        assert more is None
        assert [one.status for one in rows] == [Status.RETURNED, Status.RECEIVED, Status.RECEIVED]
        assert [one.due_on for one in rows] == [now.date() + timedelta(days=4), None, None], "the last day asked for"
        monkeypatch.setattr(team_list, "PAGE", 2)
        rows, more = team_list.listing(db, view)
        assert len(rows) == 2
        rest, more = team_list.listing(db, view, after=more)
        assert [one.number for one in rest] == [2]
        assert more is None
