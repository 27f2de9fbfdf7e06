"""Contributions, stored as the product stores them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from consulta.database.transactions import Database, commit_new
from consulta.domain import codes
from consulta.domain.codes import sha256
from consulta.domain.comments import commentable, supports
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import admission, opinions, submission, targets
from consulta.domain.contributions import incoming as contribution_incoming
from consulta.domain.ledger import log
from consulta.models.contributions import Channel, Kind, Status
from consulta.models.opinions import Opinion
from tests.support.clock import NOW


def stored(database: Database) -> list[str]:
    """Every text that was stored."""
    with database.session(read_only=True) as db:
        return list(db.execute(select(Opinion.__table__.c.body).order_by(Opinion.__table__.c.id)).scalars())


def admit(
    database: Database,
    consultation: ConsultationView,
    *bodies: str,
    status: Status = Status.RECEIVED,
    theme: str | None = None,
    now: datetime | None = None,
    **rest: Any,
) -> list[contribution_incoming.Admitted]:
    """Store opinions by the same function as everything else."""
    today = consultation.today(now or NOW)
    incoming = [
        contribution_incoming.Admission(
            kind=Kind.OPINION,
            channel=Channel.WEB,
            status=status,
            theme=consultation.theme(theme) if theme else None,
            body=body,
            received_on=today,
            **rest,
        )
        for body in bodies
    ]
    with database.transaction() as db:
        return admission.admit(db, consultation, incoming, today=today, actor=log.PUBLIC)


def comment(
    database: Database,
    consultation: ConsultationView,
    *bodies: str,
    on: int | str,
    supports_of: int = 0,
    status: Status = Status.PUBLISHED,
    key: str | None = None,
    **rest: Any,
) -> list[contribution_incoming.Admitted]:
    """Store comments on a contribution (its number) or a theme (its slug), perhaps with some supports each."""
    now = NOW
    with database.transaction() as db:
        if isinstance(on, str):
            target, theme = targets.Target(theme=consultation.theme(on)), consultation.theme(on)
        else:
            target, said = commentable.find(db, consultation, on)
            theme = consultation.theme_by_id(said.theme_id)
        hashes = {} if key is None else {"folio_hash": sha256(codes.folio_of(key)), "submission_hash": sha256(key)}
        incoming = [
            contribution_incoming.Admission(
                kind=Kind.COMMENT,
                channel=Channel.WEB,
                status=status,
                theme=theme,
                body=body,
                on=target,
                received_on=consultation.today(now),
                **hashes,
                **rest,
            )
            for body in bodies
        ]
        made = admission.admit(db, consultation, incoming, today=consultation.today(now), actor=log.PUBLIC)
        for one in made:
            for n in range(supports_of):
                who = supports.by_account(1000 + n)
                supports.give(db, consultation, one.number, who=who, secret="s", now=now)
    return made


def submit(
    database: Database,
    consultation: ConsultationView,
    body: str = "Falta agua en mi colonia.",
    key: str = "k",
    held_cause: str | None = None,
    now: datetime | None = None,
    **rest: Any,
) -> submission.Receipt:
    """Give an opinion as the web form does when its number is needed at once, as for a mail."""
    given = submission.Submitted(body=body, **rest)
    with database.transaction() as db:
        return opinions.submit(
            db,
            consultation=consultation,
            given=given,
            submission=key,
            held_cause=held_cause,
            language="es",
            now=now or NOW,
        )


def send(database: Database, consultation: ConsultationView, body: str, key: str) -> str:
    """Give an opinion as the web form does when nothing needs its number: stored with the commit. The code."""
    given, now = submission.Submitted(body=body), NOW
    with database.session() as db:
        folio = opinions.send(
            db, consultation=consultation, given=given, submission=key, held_cause=None, language="es", now=now
        )
        commit_new(db)
    return folio
