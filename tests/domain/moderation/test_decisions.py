"""The desk: order, leases, stale decisions, reversal, scope."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.accounts.actors import Actor, Granted
from consulta.domain.accounts.pseudonyms import by
from consulta.domain.authors import rights, tracking
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from consulta.domain.moderation import decisions, history, items, leases, queue
from consulta.domain.moderation import scope as moderation_scope
from consulta.models.accounts import RoleName
from consulta.models.contributions import Channel, Status
from consulta.models.moderation import Verdict
from consulta.models.outbox import OutboxMessage
from tests.support import moderation
from tests.support.clock import NOW
from tests.support.contributions import admit, submit
from tests.support.people import staff


def numbers(database: Database, view: ConsultationView, **narrowed: object) -> list[int]:
    """The numbers of what waits."""
    with database.session(read_only=True) as db:
        return [row.number for row in queue.queue(db, view, scope=None, now=NOW, **narrowed)]  # type: ignore[arg-type]


def test_what_waits_is_ordered_by_the_promised_date(database: Database, consultation: ConsultationView) -> None:
    admit(database, consultation, "La primera que llega")
    admit(database, consultation, "Más vieja en su promesa", now=NOW - timedelta(days=5))
    admit(database, consultation, "La última de todas")
    assert numbers(database, consultation) == [2, 1, 3]


def test_the_queue_is_narrowed_and_paged(database: Database, consultation: ConsultationView) -> None:
    admit(database, consultation, "Del tema uno", theme="tema-1")
    admit(database, consultation, "Sin ningún tema")
    admit(database, consultation, "Del tema dos", theme="tema-2")
    assert numbers(database, consultation, theme="tema-2") == [3]
    assert numbers(database, consultation, theme="") == [2]
    assert numbers(database, consultation, channel=Channel.PAPER) == []
    with database.session(read_only=True) as db:
        first = queue.queue(db, consultation, scope=None, now=NOW, limit=2)
    assert numbers(database, consultation, after=(first[-1].review_by, first[-1].id)) == [3]


def test_a_decision_moves_the_status_and_leaves_the_queue(database: Database, consultation: ConsultationView) -> None:
    account = staff(database, consultation)
    submit(database, consultation)
    moderation.decide(database, consultation, account)
    assert numbers(database, consultation) == []
    with database.session(read_only=True) as db:
        item = items.item(db, consultation, 1, account_id=account, now=NOW)
    assert (item.status, item.ordinal) == (Status.PUBLISHED, 1)


def test_a_rejection_needs_a_reason_of_the_catalogue(database: Database, consultation: ConsultationView) -> None:
    account = staff(database, consultation)
    submit(database, consultation)
    for reason in (None, "made-up"):
        with pytest.raises(Invalid):
            moderation.decide(database, consultation, account, verdict=Verdict.REJECT, reason=reason)
    assert numbers(database, consultation) == [1]


def test_a_stale_decision_is_refused_and_changes_nothing(database: Database, consultation: ConsultationView) -> None:
    ana, beto = staff(database, consultation), staff(database, consultation, "beto@equipo.example")
    submit(database, consultation)
    moderation.decide(database, consultation, ana)
    with pytest.raises(Conflict):
        moderation.decide(database, consultation, beto, verdict=Verdict.REJECT, reason="off-topic")
    with database.session(read_only=True) as db:
        assert [step.kind for step in history.history(db, consultation, 1)] == ["publish"]


def test_a_reversal_is_a_new_decision_and_history_stays(database: Database, consultation: ConsultationView) -> None:
    ana = staff(database, consultation)
    receipt = submit(database, consultation, email="e@persona.example")
    moderation.decide(database, consultation, ana)
    moderation.decide(
        database, consultation, ana, ordinal=1, verdict=Verdict.REJECT, reason="off-topic", note="Lo siento."
    )
    with database.session(read_only=True) as db:
        followed = tracking.follow(db, receipt.folio)
        mails = db.execute(select(OutboxMessage.template).order_by(OutboxMessage.id)).scalars().all()
    assert [step.kind for step in followed.steps] == ["publish", "reject"]
    assert followed.steps[1].reason is not None
    assert followed.steps[1].reason.code == "off-topic"
    assert followed.steps[1].note == "Lo siento."
    assert followed.status is Status.REJECTED
    assert mails == ["receipt", "decision", "decision"]


def test_a_lease_keeps_others_out_until_it_ends(database: Database, consultation: ConsultationView) -> None:
    ana, beto = staff(database, consultation), staff(database, consultation, "beto@equipo.example")
    submit(database, consultation)
    with database.transaction() as db:
        leases.open_item(db, consultation, 1, by=by(db, consultation, ana), now=NOW)
    with pytest.raises(Conflict, match="equipo-"), database.transaction() as db:
        leases.open_item(db, consultation, 1, by=by(db, consultation, beto), now=NOW)
    with pytest.raises(Conflict):
        moderation.decide(database, consultation, beto)
    with database.transaction() as db:
        assert leases.open_next(db, consultation, scope=None, by=by(db, consultation, beto), now=NOW) is None
    with database.transaction() as db:
        leases.open_item(
            db, consultation, 1, by=by(db, consultation, beto), now=NOW + leases.LEASE + timedelta(seconds=1)
        )


def test_releasing_lets_the_next_one_in(database: Database, consultation: ConsultationView) -> None:
    ana, beto = staff(database, consultation), staff(database, consultation, "beto@equipo.example")
    submit(database, consultation)
    with database.transaction() as db:
        assert leases.open_next(db, consultation, scope=None, by=by(db, consultation, ana), now=NOW) == 1
    with database.transaction() as db:
        leases.release(db, consultation, 1, by=by(db, consultation, beto))
    with database.transaction() as db:
        assert leases.open_next(db, consultation, scope=None, by=by(db, consultation, beto), now=NOW) is None
        leases.release(db, consultation, 1, by=by(db, consultation, ana))
    with database.transaction() as db:
        assert leases.open_next(db, consultation, scope=None, by=by(db, consultation, beto), now=NOW) == 1


def test_what_its_author_withdrew_is_not_decided_upon(database: Database, consultation: ConsultationView) -> None:
    ana = staff(database, consultation)
    submit(database, consultation)
    with database.transaction() as db:
        rights.withdraw(db, codes.folio_of("k"), now=NOW)
    with pytest.raises(Conflict):
        moderation.decide(database, consultation, ana)


def test_the_primary_theme_is_not_among_the_secondary_ones(database: Database, consultation: ConsultationView) -> None:
    ana = staff(database, consultation)
    submit(database, consultation)
    one, two = consultation.themes[:2]
    with database.transaction() as db:
        decisions.classify(
            db,
            consultation=consultation,
            number=1,
            theme=one,
            mentions=[one, two],
            ordinal=0,
            by=by(db, consultation, ana),
            now=NOW,
        )
    with database.session(read_only=True) as db:
        item = items.item(db, consultation, 1, account_id=ana, now=NOW)
    assert (item.theme_id, item.mentions, item.status, item.awaiting_review) == (
        one.id,
        (two.id,),
        Status.RECEIVED,
        True,
    )


def test_a_moderator_bound_to_themes_sees_those_and_what_has_none(
    database: Database, consultation: ConsultationView
) -> None:
    for theme in ("tema-1", "tema-2", None):
        admit(database, consultation, f"Con tema {theme}", theme=theme)
    role = Granted(RoleName.MODERATOR, consultation.id, consultation.themes[0].id, None)
    bound = Actor(1, "a@equipo.example", "es", 1, (role,))
    scope = moderation_scope.scope_of(bound, consultation)
    with database.session(read_only=True) as db:
        assert [row.number for row in queue.queue(db, consultation, scope=scope, now=NOW)] == [1, 3]
        moderation_scope.check_scope(db, consultation, bound, 1)
        with pytest.raises(NotAllowed):
            moderation_scope.check_scope(db, consultation, bound, 2)
        with pytest.raises(NotFound):
            moderation_scope.check_scope(db, consultation, bound, 9)
    with pytest.raises(NotAllowed):
        moderation_scope.scope_of(Actor(1, "a", "es", 1, ()), consultation)
