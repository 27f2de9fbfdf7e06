"""Writing a proposal: begun once, saved step by step, two people at once, nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from consulta.database.transactions import Database
from consulta.domain import codes
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.errors import Closed, Conflict, Invalid, NotAllowed, NotFound
from consulta.domain.notifications import outbox
from consulta.domain.proposals import dismissals, drafting, erasure, reminders, sources, sponsors
from consulta.domain.proposals.reminders import ReminderMail
from consulta.domain.proposals.sources import Sources
from consulta.models.contributions import Status
from consulta.models.organizations import Organization, Standing
from consulta.models.outbox import OutboxMessage
from consulta.models.proposals import ProposalDraft
from consulta.models.sheets import SheetVersion, StoredSheet
from tests.support import drafts, proposals
from tests.support.consultations import a_consultation, load
from tests.support.contributions import admit
from tests.support.proposals import consultation

__all__ = ["consultation"]


def count(database: Database, model: Any) -> int:
    """How many rows a table has."""
    with database.session(read_only=True) as db:
        return db.execute(select(func.count()).select_from(model)).scalar_one()


def test_a_person_begins_with_a_code_and_the_same_form_begins_once(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    first = drafts.begin(database, consultation, now)
    assert drafts.begin(database, consultation, now) == first
    assert drafts.begin(database, consultation, now, "otra") != first
    with database.session(read_only=True) as db:
        found = drafting.by_code(db, codes.folio_of("k"))
        assert found == drafting.Found("prueba", first, sent=False, open=True)
        assert drafting.by_code(db, codes.folio_of("nada")) is None


def test_only_who_holds_it_finds_a_draft(database: Database, consultation: ConsultationView, now: datetime) -> None:
    key = drafts.begin(database, consultation, now)
    other = load(database, a_consultation("otra"), now)
    with database.session(read_only=True) as db:
        for view, name, held in ((consultation, key, False), (consultation, "nada", True), (other, key, True)):
            with pytest.raises(NotFound):
                drafting.find(db, view, name, actor=drafts.person(1), held=held)


def test_an_organisation_writes_through_its_members(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    ana, beto = proposals.body(database, consultation, "vecinas", now, ana=True, beto=False)
    [stranger] = proposals.body(database, consultation, "agua", now, eva=True)
    key = drafts.begin(database, consultation, now, organization="vecinas", account=beto)
    for account in (ana, beto):
        draft = drafts.find(database, consultation, key, account)
        with database.session(read_only=True) as db:
            assert drafting.signs(db, draft, drafts.person(account)) is (account == ana)
            assert [one.key for one in drafting.listing(db, drafts.person(account))] == [key]
    with pytest.raises(NotFound):
        drafts.find(database, consultation, key, stranger)
    with database.session(read_only=True) as db, pytest.raises(NotFound):
        drafting.find(db, consultation, key, actor=None, held=True)
    with pytest.raises(NotAllowed):
        drafts.begin(database, consultation, now, "de otra", organization="vecinas", account=stranger)
    with database.transaction() as db:
        db.execute(update(Organization).values(standing=Standing.REFUSED))
    with pytest.raises(NotAllowed):
        drafts.begin(database, consultation, now, "tarde", organization="vecinas", account=ana)


def test_a_record_takes_no_proposals(database: Database, now: datetime) -> None:
    record = load(database, proposals.open_for_proposals(slug="registro", kind="record"), now)
    with pytest.raises(Closed):
        drafts.begin(database, record, now)


def test_two_who_save_different_steps_both_keep_theirs(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    draft = drafts.find(database, consultation, drafts.begin(database, consultation, now))
    drafts.save(database, draft, now, "problem", title="Uno", problem="El problema")
    drafts.save(database, draft, now, "action", action="La acción")
    sheet = drafts.find(database, consultation, draft.key).sheet
    assert (sheet.title, sheet.problem, sheet.action) == ("Uno", "El problema", "La acción")


def test_who_saves_the_same_step_second_loses_nothing_and_overwrites_nothing(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    draft = drafts.find(database, consultation, drafts.begin(database, consultation, now))
    drafts.save(database, draft, now, seen=0, problem="El primero")
    with pytest.raises(Conflict):
        drafts.save(database, draft, now, seen=0, problem="El segundo")
    again = drafts.find(database, consultation, draft.key)
    assert (again.sheet.problem, again.saved) == ("El primero", {"problem": 1})
    drafts.save(database, again, now, problem="Los dos juntos")
    assert drafts.find(database, consultation, draft.key).saved == {"problem": 2}


def test_what_was_sent_is_not_changed(database: Database, consultation: ConsultationView, now: datetime) -> None:
    draft = drafts.written(database, consultation, now)
    drafts.send(database, draft, now)
    with pytest.raises(Conflict):
        drafts.save(database, draft, now, seen=1, problem="Tarde")
    with database.session(read_only=True) as db:
        assert drafting.by_code(db, codes.folio_of("k")) == drafting.Found("prueba", draft.key, sent=True, open=False)


def test_sources_are_published_contributions_and_earlier_commitments(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    admit(database, consultation, "Uno", "Dos", status=Status.PUBLISHED)
    admit(database, consultation, "Espera")
    draft = drafts.find(database, consultation, drafts.begin(database, consultation, now))
    drafts.save(database, draft, now, "answers", sources=Sources((2, 1, 2), (), None))
    assert drafts.find(database, consultation, draft.key).sources == Sources((2, 1), (), None)
    for wrong, field in (
        (Sources((3,)), "contributions"),
        (Sources((99,)), "contributions"),
        (Sources(tuple(range(1, sources.MAX_SOURCES + 2))), "contributions"),
        (Sources((), ("2014/G1",)), "earlier"),
    ):
        with pytest.raises(Invalid) as refused:
            drafts.save(database, draft, now, "answers", seen=1, sources=wrong)
        assert refused.value.field == field
    assert drafts.find(database, consultation, draft.key).sources.contributions == (2, 1), "nothing was lost"
    assert not Sources().said
    assert Sources(unrelated="Nadie lo dijo.").said


def test_advice_is_waived_with_a_reason_and_taken_back(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    draft, today = drafts.written(database, consultation, now), consultation.today(now)
    with database.transaction() as db:
        with pytest.raises(Invalid):
            dismissals.dismiss(db, draft.sheet_id, "M01", "porque sí", today=today)
        for reason in ("Todavía no se sabe cuántos.", "Se sabrá en la mesa."):
            dismissals.dismiss(db, draft.sheet_id, "M01", reason, today=today)
        dismissals.dismiss(db, draft.sheet_id, "M02:m1", "Es un reglamento.", today=today)
        assert dismissals.of(db, draft.sheet_id) == {"M01": "Se sabrá en la mesa.", "M02:m1": "Es un reglamento."}
        dismissals.restore(db, draft.sheet_id, "M02:m1")
    assert drafts.find(database, consultation, draft.key).dismissed == {"M01": "Se sabrá en la mesa."}


def test_another_organisation_is_asked_to_stand_behind_it(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    [ana] = proposals.body(database, consultation, "vecinas", now, ana=True)
    signs, writes = proposals.body(database, consultation, "agua", now, eva=True, leo=False)
    draft = drafts.written(database, consultation, now, organization="vecinas", account=ana)
    with database.transaction() as db:
        for wrong in ("vecinas", "nadie"):
            with pytest.raises(Invalid):
                sponsors.ask(db, draft, wrong, now=now)
        for _ in range(2):
            sponsors.ask(db, draft, "agua", now=now)
        assert [(one.slug, one.confirmed) for one in sponsors.of_draft(db, draft.id)] == [("agua", None)]
        [request] = sponsors.asked_of(db, drafts.person(signs))
        assert sponsors.asked_of(db, drafts.person(writes)) == [], "who only writes does not sign"
        title, sheet = drafting.shown_to_asked(db, consultation, draft.key, drafts.person(writes))
        assert (title, sheet.emails) == (drafts.WHOLE["title"], ())
        with pytest.raises(NotFound):
            drafting.shown_to_asked(db, consultation, draft.key, drafts.person(ana))
    answer: dict[str, Any] = {"actor": drafts.person(signs), "now": now}
    with database.transaction() as db:
        sponsors.answer(db, consultation, draft.key, request.organization_id, yes=True, **answer)
        assert sponsors.confirmed(db, draft.id) == ["agua"]
        with pytest.raises(Conflict):
            sponsors.answer(db, consultation, draft.key, request.organization_id, yes=True, **answer)
        other = {**answer, "actor": drafts.person(writes)}
        with pytest.raises(NotFound):
            sponsors.answer(db, consultation, draft.key, request.organization_id, yes=False, **other)
        sponsors.answer(db, consultation, draft.key, request.organization_id, yes=False, **answer)
        assert sponsors.confirmed(db, draft.id) == []


def test_three_days_before_the_end_whoever_has_one_unsent_is_told_once(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    ana, _beto = proposals.body(database, consultation, "vecinas", now, ana=True, beto=False)
    drafts.written(database, consultation, now, "de vecinas", "vecinas", ana)
    with_mail = drafts.written(database, consultation, now, "con dirección")
    drafts.written(database, consultation, now, "sin dirección")
    drafts.send(database, drafts.written(database, consultation, now, "enviada"), now)
    with database.transaction() as db:
        drafting.keep_email(db, with_mail, "eva@persona.example")
        assert reminders.remind(db, now=now) == 0, "too early"
    late = now + timedelta(days=8)
    with database.transaction() as db:
        assert reminders.remind(db, now=late) == 3
        assert reminders.remind(db, now=late) == 0
    with database.session(read_only=True) as db:
        o = OutboxMessage
        rows = db.execute(select(o.recipient, o.payload).where(o.template == ReminderMail.template)).all()
    assert sorted(to.partition(":")[0] for to, _ in rows) == ["account", "account", "draft"]
    of_person = next(payload for to, payload in rows if to.startswith("draft"))
    assert of_person["key"] is None, "a person's draft opens with the code alone"
    assert "persona.example" not in str(rows)
    with database.transaction() as db:
        assert reminders.remind(db, now=now + timedelta(days=40)) == 0, "the window is over"


def test_an_address_for_a_reminder_goes_once_no_reminder_will_need_it(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    unsent = drafts.written(database, consultation, now, "sin enviar")
    sent = drafts.written(database, consultation, now, "enviada")
    with database.transaction() as db:
        for draft in (unsent, sent):
            drafting.keep_email(db, draft, f"{draft.key}@persona.example")
    drafts.send(database, sent, now)
    with database.transaction() as db:
        mail = ReminderMail(slug="prueba", last=consultation.today(now), language="es")
        outbox.post_once(db, mail, event="de camino", to=outbox.Recipient.DRAFT.of(sent.id), now=now)
        assert reminders.forget(db, now=now) == 0, "a mail is on its way to it"
        db.execute(update(OutboxMessage).values(outcome="sent"))

    def left(*, after: timedelta, remind: bool = False) -> list[str | None]:
        with database.transaction() as db:
            if remind:
                reminders.remind(db, now=now + after)
                db.execute(update(OutboxMessage).values(outcome="sent"))
            reminders.forget(db, now=now + after)
            return sorted(filter(None, db.execute(select(ProposalDraft.email)).scalars()))

    kept = [f"{unsent.key}@persona.example"]
    assert left(after=timedelta()) == kept
    assert left(after=timedelta(days=8), remind=True) == kept, "the mail may still be on its way"
    assert left(after=timedelta(days=14)) == kept
    assert left(after=timedelta(days=16)) == []


def test_an_address_goes_with_the_window_though_nobody_was_reminded(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    draft = drafts.written(database, consultation, now)
    with database.transaction() as db:
        drafting.keep_email(db, draft, "eva@persona.example")
    [stage] = [one for one in consultation.stages if "proposal" in one.opens]
    with database.transaction() as db:
        assert reminders.forget(db, now=stage.ends_at + timedelta(days=6)) == 0
        assert reminders.forget(db, now=stage.ends_at + timedelta(days=8)) == 1
        assert reminders.forget(db, now=stage.ends_at + timedelta(days=8)) == 0


def test_drafts_that_nobody_goes_on_with_are_discarded_after_a_year(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    drafts.written(database, consultation, now, "vieja")
    drafts.send(database, drafts.written(database, consultation, now, "enviada"), now)
    sheets = count(database, StoredSheet)
    with database.transaction() as db:
        assert erasure.expire(db, now=now + timedelta(days=364)) == 0
        assert erasure.expire(db, now=now + timedelta(days=370)) == 1
    assert count(database, ProposalDraft) == 1
    assert count(database, StoredSheet) == sheets - 1
    with database.session(read_only=True) as db:
        orphans = select(SheetVersion.id).where(SheetVersion.sheet_id.not_in(select(StoredSheet.id)))
        assert db.execute(orphans).all() == []
