"""Commenting: the form, its defences, replies, what it is on when that is gone, and reading thirty at a time."""

from __future__ import annotations

import csv
import email
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import policy
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from consulta import reference
from consulta.database.transactions import Database
from consulta.domain.authors import rights
from consulta.domain.comments import commentable, threads
from consulta.domain.consultations import reading as consultations
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import submission
from consulta.domain.results import figures
from consulta.models.comments import Comment
from consulta.models.contributions import Contribution, Kind, Status
from consulta.models.moderation import Mention
from consulta.models.results import Tally
from consulta.worker import rounds
from tests.support import audits, comments
from tests.support.comments import AFTER
from tests.support.consultations import a_consultation, load
from tests.support.contributions import admit, comment
from tests.support.people import coordinator, staff
from tests.support.statements import counted
from tests.support.visitor import Visitor, fields, filled


@pytest.fixture
def shown(database: Database, now: datetime) -> ConsultationView:
    """A consultation whose comments are shown at once, with a published opinion, number 1."""
    view = load(database, a_consultation(**AFTER), now)
    admit(database, view, "Falta agua en mi colonia", status=Status.PUBLISHED, theme="tema-2")
    return view


@pytest.fixture
def reader(app: Flask, shown: ConsultationView) -> Visitor:
    """Somebody with a browser."""
    return Visitor(app, shown.slug)


def stored(database: Database) -> list[Any]:
    """Every comment: number, status, text, what it is on, the comment answered, themes."""
    base, own = Contribution.__table__.c, Comment.__table__.c
    with database.session(read_only=True) as db:
        return list(
            db.execute(
                select(base.number, base.status, own.body, own.on_theme_id, own.on_contribution_id, own.parent_id)
                .join(Comment.__table__, own.id == base.id)
                .order_by(base.number)
            )
        )


def test_a_comment_gets_a_receipt_a_number_and_its_page(reader: Visitor, database: Database) -> None:
    answer = reader.comment("…/aportes/1", "A nosotros tampoco nos llega", themes=["tema-2", "tema-4"])
    assert answer.headers["Location"].endswith("/consultas/prueba/comprobante")
    page = reader.get("…/comprobante").text
    assert "Recibimos su comentario" in page
    assert "Es el aporte n.º 2." in page
    own = reader.get("…/aportes/2").text
    assert "A nosotros tampoco nos llega" in own
    assert 'href="/consultas/prueba/aportes/1"' in own
    assert "También habla de" in own
    assert "A nosotros tampoco nos llega" in reader.get("…/aportes/1").text
    assert "A nosotros tampoco nos llega" not in reader.get("…/temas/tema-2").text
    assert [(row.number, row.status) for row in stored(database)] == [(2, Status.PUBLISHED)]


def test_a_comment_on_a_theme_stands_on_its_page(reader: Visitor, database: Database, shown: ConsultationView) -> None:
    reader.comment("…/temas/tema-3", "Sobre este tema hay que hablar más")
    assert "Sobre este tema hay que hablar más" in reader.get("…/temas/tema-3").text
    assert [row.on_theme_id for row in stored(database)] == [shown.themes[2].id]
    assert audits.faults(database, shown) == []


def test_the_preset_theme_is_the_primary_and_the_others_are_mentions(
    reader: Visitor, database: Database, shown: ConsultationView
) -> None:
    reader.comment("…/aportes/1", "Con los cinco temas", themes=[f"tema-{n}" for n in range(1, 6)])
    reader.comment("…/aportes/1", "Sin el tema del aporte", themes=["tema-5", "tema-3"])
    ids = {theme.id: theme.slug for theme in shown.themes}
    with database.session(read_only=True) as db:
        primary = db.execute(select(Contribution.theme_id).order_by(Contribution.number)).scalars().all()
        others = db.execute(select(Mention.contribution_id, Mention.theme_id)).all()
        mentioned = db.execute(
            select(Tally.theme, Tally.n).where(Tally.dimension == "mention", Tally.kind == "comment")
        ).all()
    assert [ids[id_] for id_ in primary if id_] == ["tema-2", "tema-2", "tema-3"]
    assert len(others) == 5
    assert dict(tuple(row) for row in mentioned) == {"tema-1": 1, "tema-3": 1, "tema-4": 1, "tema-5": 2}
    assert audits.faults(database, shown) == []


def test_the_form_presets_the_theme_and_keeps_its_state(reader: Visitor) -> None:
    page = reader.get("…/aportes/1/comentar")
    assert 'value="tema-2" checked' in page.text
    assert 'value="tema-1" checked' not in page.text
    assert "Falta agua en mi colonia" in page.text
    assert page.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("fields", "link"),
    [
        ({"body": ""}, "body"),
        ({"body": "." * 40}, "body"),
        ({"body": "x" * 4001}, "body"),
        ({"themes": []}, "themes"),
        ({"themes": ["otro"]}, "themes"),
        ({"email": "esto no es"}, "email"),
        ({"name": "n" * 201}, "name"),
        ({"department": "99"}, "department"),
    ],
)
def test_what_cannot_be_taken_comes_back_whole(
    reader: Visitor, database: Database, fields: dict[str, Any], link: str
) -> None:
    given = {"body": "Un texto que debe quedarse", "themes": ["tema-2", "tema-4"], "name": "Se queda", **fields}
    answer = reader.comment("…/aportes/1", given.pop("body"), 422, **given)
    assert f'href="#{link}"' in answer.text
    if "name" not in fields:
        assert "Se queda" in answer.text
    if "themes" not in fields:
        assert 'value="tema-4" checked' in answer.text
    if "body" not in fields:
        assert "Un texto que debe quedarse" in answer.text
    assert stored(database) == []


def test_six_themes_are_too_many(app: Flask, database: Database, now: datetime) -> None:
    load(database, a_consultation("siete", 7), now)
    visitor = Visitor(app, "siete")
    answer = visitor.comment("…/temas/tema-1", "De todo un poco", 422, themes=[f"tema-{n}" for n in range(1, 7)])
    assert "cinco temas o menos" in answer.text
    visitor.comment("…/temas/tema-1", "De casi todo un poco", themes=[f"tema-{n}" for n in range(3, 8)])


def test_a_double_click_is_one_comment(reader: Visitor, database: Database) -> None:
    page = reader.get("…/aportes/1/comentar").text
    fields = {name: reader.hidden(page, name) for name in ("csrf_token", "submission")}
    said = {**fields, "body": "El mismo comentario", "themes": "tema-2"}
    reader.post("…/aportes/1/comentar", said)
    first = reader.folio()
    reader.post("…/aportes/1/comentar", said)
    assert reader.folio() == first
    refused = reader.post("…/aportes/1/comentar", {**said, "body": "Un texto distinto"}, 409)
    assert "Un texto distinto" in refused.text
    reader.post("…/temas/tema-2/comentar", said, 409)
    reader.post("…/aportes/1/comentar", {**said, "themes": "tema-3"}, 409)
    assert len(stored(database)) == 1


def test_comments_wait_as_opinions_do_unless_the_consultation_says_otherwise(
    visitor: Visitor, database: Database, consultation: ConsultationView
) -> None:
    admit(database, consultation, "Algo publicado ya", status=Status.PUBLISHED, theme="tema-1")
    visitor.comment("…/aportes/1", "Este espera a que lo lean")
    assert "Este espera" not in visitor.get("…/aportes/1").text
    visitor.get("…/aportes/2", 404)
    visitor.get("…/aportes/2/comentar", 404)
    assert stored(database)[0].status is Status.RECEIVED
    opinions_after = {"moderation": {"opinion": "after"}}
    load(
        database, a_consultation("otra", settings={**a_consultation()["settings"], **opinions_after}), datetime.now(UTC)
    )
    other = Visitor(visitor.app, "otra")
    other.comment("…/temas/tema-1", "Este se ve al llegar")
    assert "Este se ve al llegar" in other.get("…/temas/tema-1").text


def test_the_trap_the_hurry_and_the_crowd_only_make_it_wait(app: Flask, database: Database, now: datetime) -> None:
    settings = {**AFTER["settings"], "minimum_seconds": 3, "submissions_per_address": 3}
    load(database, a_consultation("lenta", settings=settings), now)
    visitor = Visitor(app, "lenta")
    visitor.comment("…/temas/tema-1", "Demasiado rápido para una persona")
    visitor.comment("…/temas/tema-1", "Con la trampa llena", website="http://spam.example")
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        for body in ("Con calma y a tiempo", "Y otra vez desde aquí"):
            key = visitor.hidden(visitor.get("…/temas/tema-1/comentar").text, "submission")
            clock.shift(10)
            visitor.comment("…/temas/tema-1", body, submission=key)
    with database.session(read_only=True) as db:
        causes = db.execute(select(Contribution.held_cause).order_by(Contribution.id)).scalars().all()
    assert list(causes) == ["too-fast", "trap", None, "many-from-one-address"]
    assert [row.status.value for row in stored(database)] == ["held", "held", "published", "held"]


def test_outside_its_stage_nothing_is_taken_and_the_text_comes_back(
    app: Flask, database: Database, now: datetime
) -> None:
    data = a_consultation("corta")
    data["stages"][1] = {**data["stages"][1], "opens": ["opinion"]}
    data["stages"][0] = {**data["stages"][0], "opens": ["comment"]}
    view = load(database, data, now)
    admit(database, view, "Algo publicado", status=Status.PUBLISHED)
    visitor = Visitor(app, "corta")
    visitor.give("Opinar sí se puede todavía")
    visitor.get("…/aportes/1/comentar", 410)
    answer = visitor.post("…/aportes/1/comentar", {"body": "Llego tarde pero lo digo"}, 410)
    assert "Llego tarde pero lo digo" in answer.text
    assert "/comentar" not in visitor.get("…/aportes/1").text
    assert stored(database) == []


def test_a_reply_to_a_reply_hangs_under_the_same_comment(
    reader: Visitor, database: Database, shown: ConsultationView
) -> None:
    reader.comment("…/aportes/1", "El comentario de arriba")
    reader.comment("…/aportes/2", "La primera respuesta")
    reader.comment("…/aportes/3", "La respuesta a la respuesta")
    top, first, second = stored(database)
    assert (top.parent_id, first.parent_id, second.parent_id) == (None, 2, 2)
    assert {row.on_contribution_id for row in (top, first, second)} == {1}
    page = reader.get("…/aportes/1").text
    assert page.index("El comentario de arriba") < page.index("La primera respuesta") < page.index("La respuesta a la")
    assert '/aportes/4/comentar"' in reader.get("…/aportes/2").text
    page = reader.get("…/aportes/4").text
    assert re.search(r"comentario n.º 2</a>.*aporte n.º 1</a>", page, re.DOTALL)
    assert audits.faults(database, shown) == []


def test_only_what_is_published_can_be_commented(reader: Visitor, database: Database, shown: ConsultationView) -> None:
    admit(database, shown, "Esto espera todavía", status=Status.RECEIVED)
    for path in ("…/aportes/2", "…/aportes/99", "…/temas/otro"):
        reader.get(f"{path}/comentar", 404)
        answer = reader.post(f"{path}/comentar", {"body": "Comento lo que no hay"}, 404)
        assert "Comento lo que no hay" in answer.text
    reader.get("…/aportes/1/comentar?part=meta-1", 404)
    assert stored(database) == []


@pytest.mark.parametrize("gone", ["withdrawn", "rejected", "erased"])
def test_a_comment_outlives_what_it_is_on(
    reader: Visitor, app: Flask, database: Database, shown: ConsultationView, now: datetime, gone: str
) -> None:
    reader.give("Una opinión con código propio", theme="tema-1")
    folio = reader.folio()
    account = staff(database, shown)
    comments.decide(database, shown, account, 2, "publish")
    reader.comment("…/aportes/2", "Lo que yo digo se queda")
    words = {"withdrawn": "retirado por su autor", "rejected": "no publicado", "erased": "borrado por su autor"}[gone]
    if gone == "rejected":
        comments.decide(database, shown, account, 2, "reject")
    else:
        with database.transaction() as db:
            (rights.withdraw if gone == "withdrawn" else rights.ask_erasure)(db, folio, now=now)
        if gone == "erased":
            rounds.work(app, now=now + timedelta(hours=73))
    page = reader.get("…/aportes/3").text
    assert "Lo que yo digo se queda" in page
    assert re.search(rf"aporte n.º 2</a>\s*, {words}", page)
    assert "Lo que yo digo se queda" in reader.get("…/aportes/2").text
    assert "Una opinión con código propio" not in reader.get("…/aportes/2").text + page
    reader.get("…/aportes/2/comentar", 404)
    assert audits.faults(database, shown) == []


def test_a_withdrawn_comment_stays_as_a_note_while_it_has_replies(
    reader: Visitor, app: Flask, database: Database, shown: ConsultationView, now: datetime
) -> None:
    reader.comment("…/aportes/1", "Me voy a arrepentir de esto", name="Eva Pú", publish_name="1")
    folio = reader.folio()
    reader.comment("…/aportes/2", "Pues yo no me arrepiento")
    reply = reader.folio()
    assert "Eva Pú" in reader.get("…/aportes/1").text
    reader.follow(folio, act="remove-name", sure="1")
    assert "Eva Pú" not in reader.get("…/aportes/1").text
    reader.follow(folio, act="withdraw", sure="1")
    page = reader.get("…/aportes/1").text
    assert "Me voy a arrepentir" not in page
    assert re.search(r"Comentario n.º 2</a>, retirado por su autor", page)
    assert "Pues yo no me arrepiento" in page
    assert "arrepentir" not in reader.get("…/aportes?q=arrepentir").text.split("<main")[1].split('role="status"')[1]
    reader.follow(reply, act="erase", sure="1")
    assert "Comentario n.º 2" not in reader.get("…/aportes/1").text
    reader.follow(reply, act="take-back")
    assert "Pues yo no me arrepiento" in reader.get("…/aportes/1").text
    reader.follow(reply, act="erase", sure="1")
    rounds.work(app, now=now + timedelta(hours=73))
    with database.session(read_only=True) as db:
        bodies = db.execute(select(Comment.__table__.c.body, Comment.__table__.c.body_salt)).all()
    assert (None, None) in [tuple(row) for row in bodies]
    assert "Borrado por su autor" in reader.get("…/aportes/3").text
    assert audits.faults(database, shown) == []


def test_the_author_follows_a_comment_by_its_code(reader: Visitor) -> None:
    reader.comment("…/aportes/1", "Lo mío se sigue con código")
    page = reader.follow(reader.folio()).text
    assert "Lo mío se sigue con código" in page
    assert "Es un comentario:" in page
    assert "aporte n.º 1" in page


def test_the_queue_shows_the_kind_and_what_it_is_on(
    app: Flask, visitor: Visitor, database: Database, consultation: ConsultationView
) -> None:
    admit(database, consultation, "Falta agua en mi colonia", status=Status.PUBLISHED, theme="tema-1")
    visitor.comment("…/aportes/1", "Lo mismo pasa en la mía")
    staff(database, consultation)
    staff(database, consultation, "eva@equipo.example")
    ana, eva = Visitor(app), Visitor(app)
    ana.sign_in()
    eva.sign_in("eva@equipo.example")
    assert re.search(r"n.º 2</strong> · comentario", ana.get("/moderacion/prueba").text)
    ana.post("/moderacion/prueba/2/abrir")
    eva.post("/moderacion/prueba/2/abrir", status=409)
    item = ana.get("/moderacion/prueba/2").text
    assert "Falta agua en mi colonia" in item
    assert 'href="/consultas/prueba/aportes/1"' in item
    ana.post("/moderacion/prueba/2/decidir", {"verdict": "reject", "ordinal": "0", "reason": ""}, 422)
    ana.post("/moderacion/prueba/2/decidir", {"verdict": "reject", "ordinal": "0", "reason": "off-topic"})
    eva.post("/moderacion/prueba/2/decidir", {"verdict": "publish", "ordinal": "0"}, 409)
    assert "No es del tema" in visitor.follow(visitor.folio()).text
    assert "No es del tema" in visitor.get("…/aportes/2").text
    assert audits.faults(database, consultation) == []


def test_figures_lists_search_files_and_feeds_know_comments(
    reader: Visitor, database: Database, shown: ConsultationView
) -> None:
    reader.comment("…/aportes/1", "El drenaje tampoco sirve", themes=["tema-2", "tema-1"])
    reader.comment("…/temas/tema-4", "Cuentas claras por favor")
    reader.comment("…/aportes/2", "Respuesta sobre el drenaje")
    assert re.findall(r'/aportes/(\d+)">n\.º', reader.get("…/aportes?kind=comment").text) == ["4", "3", "2"]
    assert "<strong>3 aportes</strong>" in reader.get("…/aportes?kind=comment").text
    assert "<strong>1 aporte</strong>" in reader.get("…/aportes?kind=opinion").text
    assert re.findall(r'/aportes/(\d+)">n\.º', reader.get("…/aportes?kind=comment&q=drenaje").text) == ["4", "2"]
    with database.session(read_only=True) as db:
        tally = figures.tally(db, shown, today=shown.today(datetime.now(UTC)))
        replayed = figures.tally(db, shown, as_of=shown.today(datetime.now(UTC)), today=shown.today(datetime.now(UTC)))
    for found in (tally, replayed):
        assert found["balanced"]
        assert found["total"]["comment"] == {
            "received": 3,
            "pending": 0,
            "published": 3,
            "rejected": 0,
            "withdrawn": 0,
            "erased": 0,
            "annulled": 0,
        }
        assert [theme["comment"]["published"] for theme in found["themes"]] == [0, 2, 0, 1, 0]
    assert [theme["mentions"] for theme in tally["themes"]] == [1, 0, 0, 0, 0]
    rows = list(csv.DictReader(io.StringIO(reader.get("…/datos/aportes.csv").text.lstrip("\ufeff"))))
    assert [(r["kind"], r["on"], r["reply_to"]) for r in rows] == [
        ("opinion", "", ""),
        ("comment", "1", ""),
        ("comment", "tema-4", ""),
        ("comment", "1", "2"),
    ]
    feed = reader.get("…/aportes.atom").text
    assert "Comentario n.º 4" in feed
    assert 'rel="related" href="http://localhost/consultas/prueba/aportes/2"' in feed
    assert "Cuentas claras" in reader.get("…/temas/tema-4.atom").text
    assert "Comentario" in reader.get("…/resultados").text
    assert "Respuesta sobre" not in reader.get("…/aportes?kind=opinion").text


def test_thirty_are_rendered_and_paging_shows_each_once(
    reader: Visitor, database: Database, shown: ConsultationView
) -> None:
    for n in range(70):
        comment(database, shown, f"Comentario número {n}", on=1, supports_of=n % 7)
    for parent in (2, 3):
        for n in range(4):
            comment(database, shown, f"Respuesta {n} a {parent}", on=parent)
    for order in threads.ORDERS:
        seen: list[int] = []
        path = f"…/aportes/1/comentarios?order={order}"
        while path:
            page = reader.get(path).text
            mine = re.findall(r"Comentario número (\d+)", page)
            assert page.count("<article") <= 30
            seen += map(int, mine)
            following = re.search(r'rel="next" href="([^"]+)"', page)
            path = following[1].replace("&amp;", "&") if following else ""
        wanted = {"recientes": list(range(69, -1, -1)), "antiguas": list(range(70))}
        by_support = sorted(range(70), key=lambda n: (-(n % 7), -n))
        assert seen == wanted.get(order, by_support)
    assert reader.get("…/aportes/1").text.count("<article") == 31
    assert "Ver las 4 respuestas" in reader.get("…/aportes/1/comentarios?order=antiguas").text
    replies = reader.get("…/aportes/2").text
    assert [int(n) for n in re.findall(r"Respuesta (\d) a 2", replies)] == [0, 1, 2, 3]


@pytest.mark.parametrize("query", ["order=azar", "after=x", "order=apoyados&after=7", "after=1-1", "after=" + "9" * 30])
def test_a_place_that_is_none_is_400(reader: Visitor, query: str) -> None:
    reader.get(f"…/aportes/1/comentarios?{query}", 400)


def test_the_statements_are_pinned(make_app: Callable[..., Flask], database: Database, now: datetime) -> None:
    app = make_app(page_cache=0)
    view = load(database, a_consultation(**AFTER), now)
    admit(database, view, "Con pocos", "Con muchos", status=Status.PUBLISHED, theme="tema-1")
    for n in range(20):
        comment(database, view, f"Uno de los pocos comentarios, el {n}", on=1)
    comment(database, view, "Una respuesta a uno de los pocos", on=22)
    for start in range(0, 2000, 200):
        comment(database, view, *[f"Uno de los muchos comentarios, el {start + n}" for n in range(200)], on=2)
    comment(database, view, "Una respuesta a uno de los muchos", on=2022)
    visitor = Visitor(app, view.slug)
    pinned = {"…/aportes/{}": 6, "…/aportes/{}/comentarios?order=apoyados": 5, "…/aportes/{}/comentar": 2}
    for path, statements in pinned.items():
        for number in (1, 2):
            visitor.get(path.format(number))
            assert counted(app, visitor, path.format(number)) == statements, path


def test_the_first_view_is_light(reader: Visitor, database: Database, shown: ConsultationView) -> None:
    said = [one["body"] for one in reference.read(reference.DEMONSTRATION)["contributions"]]
    for n in range(40):
        long = " ".join(said[(n * 3 + i) % len(said)] for i in range(12))
        comment(database, shown, long, on=1)
        comment(database, shown, " ".join(reversed(long.split())), on="tema-2")
        admit(database, shown, said[n], status=Status.PUBLISHED, theme="tema-2")
    for path in ("…/aportes/1", "…/temas/tema-2", "…/aportes/1/comentar", "…/temas/tema-2/comentar"):
        answer = reader.client.get(reader.path(path), headers={"Accept-Encoding": "gzip"})
        assets = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', reader.client.get(reader.path(path)).text))
        wire = len(answer.data) + sum(
            len(reader.client.get(asset, headers={"Accept-Encoding": "gzip"}).data) for asset in assets
        )
        assert wire <= 15_000, f"{path}: {wire}"


def test_html_in_a_comment_is_shown_as_text(reader: Visitor) -> None:
    reader.comment("…/aportes/1", "<b>no</b> <script>alert(1)</script> y https://ejemplo.org/a?b=1&c=2")
    for path in ("…/aportes/1", "…/aportes/2", "…/aportes?kind=comment"):
        page = reader.get(path).text
        assert "&lt;b&gt;no&lt;/b&gt;" in page
        assert "<script>alert" not in page


def test_the_language_switch_and_a_stale_token_keep_what_was_typed(reader: Visitor, database: Database) -> None:
    page = reader.get("…/aportes/1/comentar").text
    fields = {name: reader.hidden(page, name) for name in ("csrf_token", "submission")}
    typed = {**fields, "body": "A medio escribir", "themes": ["tema-4", "tema-5"]}
    answer = reader.post("…/aportes/1/comentar?lang=en", {**typed, "redraw": "1"}, 200)
    assert '<html lang="en">' in answer.text
    assert "A medio escribir" in answer.text
    assert 'value="tema-5" checked' in answer.text
    answer = reader.post("…/aportes/1/comentar?lang=es", {**typed, "csrf_token": ""}, 400)
    again = re.findall(r'<input [^>]*?name="([^"]+)" value="([^"]*)"', answer.text)
    assert [value for name, value in again if name == "themes"] == ["tema-4", "tema-5"]
    forged = reader.comment("…/aportes/1", "Con una llave inventada", 422, submission="a.b.c")
    assert "Con una llave inventada" in forged.text
    assert stored(database) == []


def test_the_form_bears_enormous_input(reader: Visitor, database: Database) -> None:
    assert "1,000,000" in reader.comment("…/aportes/1", "m" * 1_000_000, 422).text
    reader.comment("…/aportes/1", "Con diez mil temas", 422, themes=[f"t{n}" for n in range(10_000)])
    assert reader.comment("…/aportes/1", "n" * 3_100_000, 413).text
    assert stored(database) == []


def test_a_child_leaves_no_name(reader: Visitor, database: Database) -> None:
    reader.comment(
        "…/aportes/1",
        "Tengo quince y opino",
        name="Niña Tal",
        publish_name="1",
        email="n@persona.example",
        age_group="under-18",
    )
    assert "Niña Tal" not in reader.get("…/aportes/2").text
    assert "Borrar mi correo" not in reader.follow(reader.folio()).text


def test_the_receipt_comes_by_mail_too(app: Flask, reader: Visitor, database: Database) -> None:
    reader.comment("…/aportes/1", "Avíseme por correo", email="eva@persona.example")
    with database.session(read_only=True) as db:
        assert submission.receipt(db, reader.folio()) is not None
    rounds.work(app, now=datetime.now(UTC))
    [mail] = list(Path(app.extensions["settings"].instance, "mail").glob("*.eml"))
    read = email.message_from_bytes(mail.read_bytes(), policy=policy.default)
    assert str(read["Subject"]).startswith("Recibimos su comentario: aporte n.º 2")
    assert "Borrar mi correo" in reader.follow(reader.folio()).text


def test_one_part_can_be_commented_upon_where_a_kind_has_parts(
    reader: Visitor, database: Database, shown: ConsultationView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commentable, "HAS_PARTS", frozenset({Kind.OPINION}))
    page = reader.get("…/aportes/1/comentar?part=problem").text
    given = {name: reader.hidden(page, name) for name in ("csrf_token", "submission")}
    reader.post("…/aportes/1/comentar?part=problem", {**given, "body": "El problema es otro", "themes": "tema-2"})
    reader.post("…/aportes/1/comentar", {**given, "body": "El problema es otro", "themes": "tema-2"}, 409)
    reader.get("…/aportes/1/comentar?part=" + "x" * 61, 404)
    reader.comment("…/aportes/2", "Y la respuesta es sobre lo mismo")
    with database.session(read_only=True) as db:
        parts = db.execute(select(Comment.__table__.c.part).order_by(Comment.__table__.c.id)).scalars().all()
    assert list(parts) == ["problem", "problem"]
    assert "(el problema)" in reader.get("…/aportes/2").text
    assert audits.faults(database, shown) == []


def test_the_coordinator_says_when_and_how_comments_come(
    app: Flask, database: Database, consultation: ConsultationView
) -> None:
    person, own = coordinator(app, database, consultation), "/gestion/prueba"
    reason = {"reason_es": "Para que se pueda conversar."}
    person.post(f"{own}/cambiar/ajustes", fields(person.get(f"{own}/cambiar/ajustes").text) | reason, 422)
    values = fields(person.get(f"{own}/cambiar/ajustes").text) | {"moderation_comment": "after"} | reason
    person.post(f"{own}/cambiar/ajustes", values | {"moderation_comment": "x"}, 422)
    person.post(f"{own}/cambiar/ajustes", values)
    assert "Los comentarios se publican al llegar" in person.get("…/reglas").text
    person.comment("…/temas/tema-1", "Este se ve al llegar")
    assert "Este se ve al llegar" in person.get("…/temas/tema-1").text
    values = filled(person.get(f"{own}/cronograma").text) | {"stages-1-comment": "1"} | reason
    person.post(f"{own}/cronograma", values)
    assert "ahora se puede comentar en esta etapa" in person.get("…/cronograma").text
    with database.session(read_only=True) as db:
        assert consultations.find(db, "prueba").view.stages[1].opens == ("opinion", "comment")
    page = fields(person.get(f"{own}/cambiar/temas").text) | {"themes-1-remove": "1", "reason_es": "Ya no se consulta."}
    person.comment("…/temas/tema-2", "Sobre el dos, del tema tres", themes=["tema-3"])
    assert "1 aportes lo llevan" in person.post(f"{own}/cambiar/temas", page, 422).text
    assert audits.faults(database, consultation) == []
