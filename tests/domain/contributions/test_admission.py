"""How a contribution is stored: its rows, its salts, its commitments, its entry, by each of the ways there are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from consulta.database.transactions import Database, commit_new
from consulta.domain import codes
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import admission, bodies, deferred, fingerprints, storing
from consulta.domain.contributions.incoming import Admission
from consulta.domain.contributions.storing import Made
from consulta.domain.ledger import log
from consulta.domain.ledger.actions import Action
from consulta.domain.results import tally
from consulta.models.base import table_of
from consulta.models.consultations import Consultation
from consulta.models.contributions import Channel, Contribution, Contributor, Kind, Status
from consulta.models.moderation import Mention
from consulta.models.opinions import Opinion
from tests.support.audits import sound
from tests.support.contributions import admit

SALTS = ("name", "email", *tally.TRAITS)


def opinion(view: ConsultationView, now: datetime, body: str = "Falta agua", **more: Any) -> Admission:
    """An opinion to be taken in."""
    given = {"status": Status.RECEIVED, "theme": view.themes[0], "received_on": view.today(now), **more}
    return Admission(kind=Kind.OPINION, channel=Channel.WEB, body=body, **given)


def rows(database: Database) -> list[dict[str, Any]]:
    """Every contribution with its tables, by number."""
    query = bodies.with_body(select(table_of(Contribution), bodies.BODY, bodies.BODY_SALT, table_of(Contributor)))
    query = query.join(table_of(Contributor), Contributor.contribution_id == Contribution.id)
    with database.session(read_only=True) as db:
        return [dict(row) for row in db.execute(query.order_by(Contribution.number)).mappings()]


def received(database: Database, view: ConsultationView) -> list[dict[str, Any]]:
    """The entries of arrivals."""
    with database.session(read_only=True) as db:
        lines = [line.content for line in log.entries(db, view.log_id)]
    return [line for line in lines if line["action"] == Action.RECEIVE.value]


def test_everything_that_came_is_stored_each_with_its_own_salt(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    person = {"name": "Eva Pú", "publish_name": True, "email": "eva@persona.example", "mail_language": "es"}
    traits = {"taking_part_as": "citizen", "age_group": "30-59", "gender": "woman", "language": "quc"}
    admit(database, consultation, "Falta agua", theme="tema-1", title="Agua", department="16", **person, **traits)
    [row] = rows(database)
    assert {name: row[name] for name in (*person, *traits)} == {**person, **traits}
    assert (row["body"], row["title"], row["department"]) == ("Falta agua", "Agua", "16")
    salts = [row[f"{name}_salt"] for name in (*SALTS, "title", "department", "intake", "body")]
    assert len(set(salts)) == len(salts), "no two fields share a salt"
    assert {len(salt) for salt in salts} == {16}
    assert row["erase_contact_on"] == consultation.today(now) + timedelta(days=storing.CONTACT_DAYS)
    assert row["review_by"] == consultation.today(now) + timedelta(days=7)
    assert row["answer_by"] == consultation.today(now) + timedelta(days=60)


def test_the_entry_says_in_clear_what_is_public_and_commits_to_the_rest(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    admit(database, consultation, "Falta agua", theme="tema-1", name="Eva Pú", email="eva@persona.example")
    [entry], [row] = received(database, consultation), rows(database)
    payload = entry["payload"]
    assert entry["subject"] == "contribution/1"
    assert entry["recorded"] == str(consultation.today(now)), "the day, not the second"
    assert (payload["kind"], payload["channel"], payload["theme"]) == ("opinion", "web", "tema-1")
    assert (payload["status"], payload["confirmed"]) == ("received", False)
    assert payload["commitments"] == fingerprints.of_row(row)
    assert set(payload["commitments"]) == set(fingerprints.values(row))
    for private in ("Falta agua", "Eva", "persona.example"):
        assert private not in str(entry)


def test_equal_texts_have_different_commitments(database: Database, consultation: ConsultationView) -> None:
    admit(database, consultation, "Lo mismo", "Lo mismo")
    first, second = (one["payload"]["commitments"]["body"] for one in received(database, consultation))
    assert first != second, "who knows a text cannot find out whose it is"


def test_a_piece_of_many_is_numbered_without_a_gap(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    made = admit(database, consultation, *(f"Aporte {n}" for n in range(1, 201)), theme="tema-2")
    assert [one.number for one in made] == list(range(1, 201))
    assert [row["body"] for row in rows(database)] == [f"Aporte {n}" for n in range(1, 201)]
    assert len({one.id for one in made}) == 200
    with database.session(read_only=True) as db:
        assert db.execute(select(Consultation.last_number)).scalar_one() == 200
    sound(database)


def test_secondary_themes_and_the_index_follow(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    mentions = (consultation.themes[1], consultation.themes[2])
    with database.transaction() as db:
        given = [opinion(consultation, now, status=Status.PUBLISHED, mentions=mentions), opinion(consultation, now)]
        today = consultation.today(now)
        first, _second = admission.admit(db, consultation, given, today=today, actor=log.PUBLIC)
    with database.session(read_only=True) as db:
        stored = db.execute(select(Mention.contribution_id, Mention.theme_id).order_by(Mention.theme_id)).all()
        assert [tuple(row) for row in stored] == [(first.id, theme.id) for theme in mentions]
        assert tally.published(db, consultation.id, dimension="mention", key="tema-2") == 1
        assert tally.published(db, consultation.id, key="tema-1") == 1


def test_a_transaction_that_fails_gives_its_number_back(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    with database.session() as db:
        today = consultation.today(now)
        [lost] = admission.admit(db, consultation, [opinion(consultation, now)], today=today, actor=log.PUBLIC)
        db.rollback()
    assert lost.number == 1
    [one] = admit(database, consultation, "La primera que queda")
    assert one.number == 1
    sound(database)


def test_what_is_stored_with_the_commit_is_stored_like_anything_else(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    hostile = 'Comillas "subject":"contribution/0" y \\ barras'
    for body in ("Primero", hostile):
        key = f"clave {body}"
        given = opinion(consultation, now, body, folio_hash=codes.sha256(key), submission_hash=codes.sha256(key + "s"))
        with database.session() as db:
            deferred.admit(db, consultation, given, today=consultation.today(now), actor=log.PUBLIC)
            commit_new(db)
    assert [(row["number"], row["body"]) for row in rows(database)] == [(1, "Primero"), (2, hostile)]
    assert [one["subject"] for one in received(database, consultation)] == ["contribution/1", "contribution/2"]
    sound(database)


def test_what_was_collected_is_forgotten_with_its_transaction(
    database: Database, consultation: ConsultationView, now: datetime
) -> None:
    with database.session() as db:
        deferred.admit(db, consultation, opinion(consultation, now), today=consultation.today(now), actor=log.PUBLIC)
        deferred.forget(db)
        tally.forget(db)
        log.forget(db)
        db.commit()
    with database.session(read_only=True) as db:
        assert db.execute(select(func.count()).select_from(Opinion)).scalar_one() == 0
    assert received(database, consultation) == []


def test_what_is_made_before_the_lock_holds_everything_but_the_number(
    consultation: ConsultationView, now: datetime
) -> None:
    made = Made.of(consultation, opinion(consultation, now, department="16"), consultation.today(now))
    assert "number" not in made.row
    assert made.row["awaiting_review"]
    assert made.facts.department == "16"
    assert made.values()["new_body"] == "Falta agua"
    assert made.values()["count"] == 1
    withdrawn = Made.of(consultation, opinion(consultation, now, status=Status.WITHDRAWN), consultation.today(now))
    assert not withdrawn.row["awaiting_review"], "nobody has to review what was taken back before it came"


@pytest.mark.parametrize(
    ("title", "body", "limit", "expected"),
    [
        (None, "Corto", 10, "Corto"),
        ("Título", "y cuerpo", 40, "Título y cuerpo"),
        (None, "uno dos tres", 8, "uno dos…"),
        (None, None, 10, ""),
        (None, "x" * 300, 160, "x" * 159 + "…"),
    ],
)
def test_an_excerpt_is_the_beginning(title: str | None, body: str | None, limit: int, expected: str) -> None:
    assert bodies.excerpt(title, body, limit) == expected


def test_a_text_is_read_and_erased_by_its_kind(database: Database, consultation: ConsultationView) -> None:
    first, second = admit(database, consultation, "Uno", "Dos")
    with database.transaction() as db:
        assert bodies.body(db, first.id) == "Uno"
        bodies.erase(db, first.id)
    with database.session(read_only=True) as db:
        assert bodies.body(db, first.id) is None
        assert bodies.body(db, second.id) == "Dos"
    assert [row["body_salt"] is None for row in rows(database)] == [True, False]
