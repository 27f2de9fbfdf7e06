"""Who hears of a decision: the author who left an address, those who act for an organisation, nobody twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.moderation.telling import DecisionMail
from consulta.models.moderation import Verdict
from consulta.models.outbox import OutboxMessage
from tests.support import moderation
from tests.support.contributions import admit, submit
from tests.support.people import staff
from tests.support.proposals import body, consultation, send, signed_in, written

__all__ = ["consultation"]


def told(database: Database) -> list[tuple[str, dict[str, Any]]]:
    """To whom a decision was posted, and what it says."""
    o = OutboxMessage
    query = select(o.recipient, o.payload).where(o.template == DecisionMail.template).order_by(o.id)
    with database.session(read_only=True) as db:
        return [(recipient, payload) for recipient, payload in db.execute(query)]


def test_who_left_no_address_gets_no_mail(database: Database, consultation: ConsultationView) -> None:
    admit(database, consultation, "Sin dirección")
    moderation.decide(database, consultation, staff(database, consultation))
    assert told(database) == []


@pytest.mark.parametrize(
    ("verdict", "reason", "published", "said"),
    [(Verdict.PUBLISH, None, True, None), (Verdict.REJECT, "off-topic", False, "No es del tema")],
)
def test_an_author_is_told_what_and_why(
    database: Database,
    consultation: ConsultationView,
    verdict: Verdict,
    reason: str | None,
    published: bool,
    said: str | None,
) -> None:
    submit(database, consultation, email="eva@persona.example")
    account = staff(database, consultation)
    moderation.decide(database, consultation, account, verdict=verdict, reason=reason, note="Gracias.")
    [(recipient, payload)] = told(database)
    assert recipient.startswith("contribution:"), "the address is looked up when it is delivered"
    mail = DecisionMail.of(payload)
    assert (mail.number, mail.published, mail.reason, mail.note) == (1, published, said, "Gracias.")
    assert "persona.example" not in str(payload)


def test_every_decision_is_told_and_one_that_changes_nothing_is_not(
    database: Database, consultation: ConsultationView
) -> None:
    submit(database, consultation, email="eva@persona.example")
    account = staff(database, consultation)
    moderation.decide(database, consultation, account, verdict=Verdict.REJECT, reason="off-topic")
    moderation.decide(database, consultation, account, ordinal=1)
    moderation.decide(database, consultation, account, ordinal=2)
    assert [payload["published"] for _, payload in told(database)] == [False, True]


def test_those_who_act_for_an_organisation_are_told(
    app: Flask, database: Database, consultation: ConsultationView, now: datetime
) -> None:
    accounts = body(database, consultation, "vecinas", now, ana=True, beto=False)
    ana = signed_in(app, "ana@vecinas.example")
    send(ana, written(ana, "vecinas"))
    moderation.decide(database, consultation, staff(database, consultation))
    assert sorted(recipient for recipient, _ in told(database)) == sorted(f"account:{id_}" for id_ in accounts)
