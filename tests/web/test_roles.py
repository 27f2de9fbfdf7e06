"""Every route, tried by everybody: who gets in, who has to sign in, who is refused; nobody ever sees a fault."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from werkzeug.routing import Rule

from consulta.database.transactions import Database
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.contributions import Status
from tests.support.consultations import a_consultation, load
from tests.support.contributions import admit
from tests.support.forums import announce
from tests.support.personae import CITIZENS, PERSONAE, everybody
from tests.support.visitor import Visitor

MODERATORS = {name for name in PERSONAE if name.startswith("moderator")}
COORDINATORS = {"coordinator", "coordinator of another consultation", "admin"}
OBSERVERS = {"observer"}
MAY = {
    "anyone": set(PERSONAE),
    "signed_in": set(PERSONAE) - CITIZENS,
    "on_a_team": {name for name, one in PERSONAE.items() if one.role is not None and not one.suspended},
    "sees_the_desk": MODERATORS | OBSERVERS,
    "moderates": MODERATORS,
    "coordinates": COORDINATORS,
    "represents_a_sector": MODERATORS | {"facilitator", "member", "secretary"},
}
"""Who passes a rule, written down apart from the rules themselves."""
RULES = {
    "signed_in": """accounts.own accounts.revoke accounts.sign_out guides.listing guides.one guides.picture
        organizations.appeal organizations.change_people organizations.own organizations.people
        organizations.send positions.form positions.publish proposal_drafts.preview sponsors.answer""",
    "on_a_team": """attendance.door attendance.mark attendance.open_door attendance.sheet
        attendance.walk_in forums.desk intake.enter intake.form intake.receipt management.home
        management.proposals marks.bring marks.carry marks.door marks.roster marks.sheet marks.token
        minutes.form minutes.publish papers.close papers.closing papers.desk papers.enter
        papers.form papers.go papers.number papers.settle papers.sheets papers.upload
        voices.answer_role voices.listing""",
    "sees_the_desk": "moderation.desks moderation.queue",
    "moderates": """moderation.classify moderation.decide moderation.decided moderation.following
        moderation.give_back moderation.go moderation.item moderation.open_item moderation.release""",
    "represents_a_sector": """acts.minutes acts.speak organizations.decide organizations.look
        organizations.looked organizations.verify voices.answer_signatory""",
    "coordinates": """acts.begin acts.create acts.edit acts.listing acts.publish bulletins.listing
        bulletins.publish changes.change changes.publish_change drafts.begin drafts.create
        drafts.discard drafts.overview drafts.part drafts.preview drafts.publish drafts.publishing
        drafts.save forums.begin forums.cancel forums.cancelling forums.create forums.edit
        forums.publish imports.act imports.listing imports.one imports.report imports.upload
        management.desks management.process management.publish_schedule management.remind
        management.schedule notices.listing notices.look notices.settle organizations.ask_signatory
        organizations.desk organizations.edit organizations.enlist papers.reopen people.change
        people.invite people.listing""",
}
"""Every route that is not for everybody, by who may use it. A route that is in no line here must be for anyone."""
RULE_OF = {endpoint: rule for rule, endpoints in RULES.items() for endpoint in endpoints.split()}
LASTING = {"accounts.sign_out", "accounts.revoke"}
"""Would end the session with which the next route is tried."""


@pytest.fixture
def elsewhere(database: Database, now: datetime) -> ConsultationView:
    """Another consultation, of other people."""
    return load(database, a_consultation("otra"), now)


@pytest.fixture
def person(
    app: Flask, database: Database, consultation: ConsultationView, elsewhere: ConsultationView, now: datetime
) -> Callable[[str], Visitor]:
    """Whoever is asked for, in a consultation where there is something to be had."""
    admit(database, consultation, "Falta agua en mi colonia.", status=Status.PUBLISHED, theme="tema-1")
    announce(database, consultation, now)
    return everybody(app, database, consultation, elsewhere, now)


def address(rule: Rule) -> str:
    """An address of a route, of things that are there where that is easy."""
    known = {"slug": "prueba", "key": "foro", "theme": "tema-1", "part": "temas", "body": "vecinas", "figure": "theme"}
    values = {}
    for name in rule.arguments - set(rule.defaults or {}):
        converter = rule._converters.get(name)
        if name in known:
            values[name] = known[name]
        elif type(converter).__name__ == "AnyConverter":
            values[name] = re.split(r"[|()?:]+", converter.regex.strip("(?:)"))[0]
        else:
            values[name] = "1" if type(converter).__name__ == "IntegerConverter" else "x"
    built = rule.build(values)
    assert built is not None, rule
    return str(built[1])


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """Endpoint, method and address of every route."""
    found = []
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            found.append((rule.endpoint, method, address(rule)))
    return sorted(found)


def ask(visitor: Visitor, method: str, path: str, token: str) -> int:
    """The status of a route; a form carries its token and nothing else."""
    if method == "GET":
        return visitor.client.get(path).status_code
    return visitor.client.post(path, data={"csrf_token": token}).status_code


def test_every_route_is_in_the_table(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        declared = app.view_functions[rule.endpoint].rule.__name__
        assert declared == RULE_OF.get(rule.endpoint, "anyone"), rule.endpoint
    assert set(RULE_OF) <= {rule.endpoint for rule in app.url_map.iter_rules()}


@pytest.mark.parametrize("name", PERSONAE)
def test_everybody_at_every_route(app: Flask, person: Callable[[str], Visitor], name: str) -> None:
    visitor = person(name)
    token = visitor.token()
    for endpoint, method, path in routes(app):
        if endpoint in LASTING:
            continue
        status = ask(visitor, method, path, token)
        assert status < 500, f"{name} at {method} {path}: {status}"
        if name not in MAY[RULE_OF.get(endpoint, "anyone")]:
            refused = 303 if name in CITIZENS and method == "GET" else 403
            assert status == refused, f"{name} at {method} {path}: {status}"


@pytest.mark.parametrize("name", [name for name, one in PERSONAE.items() if one.elsewhere])
def test_a_role_in_another_consultation_opens_nothing_here(
    app: Flask, person: Callable[[str], Visitor], name: str
) -> None:
    visitor = person(name)
    token = visitor.token()
    for endpoint, method, path in routes(app):
        if "/prueba" in path and RULE_OF.get(endpoint, "anyone") not in ("anyone", "signed_in"):
            assert ask(visitor, method, path, token) in (403, 404), f"{name} at {endpoint} {path}"


@pytest.mark.parametrize(
    "path",
    [
        "/gestion/prueba/actos",
        "/gestion/prueba/personas",
        "/gestion/prueba/por-avisar",
        "/gestion/prueba/importar",
        "/gestion/prueba/foros",
        "/gestion/prueba/foros/foro/puerta",
        "/moderacion/prueba",
    ],
)
def test_who_does_get_in(person: Callable[[str], Visitor], path: str) -> None:
    """The other half: a table that refuses everybody would pass the tests above."""
    inside = {"moderator of government", "observer"} if path.startswith("/moderacion") else {"coordinator"}
    for name in inside:
        assert person(name).client.get(path).status_code == 200, f"{name} at {path}"


def test_a_moderator_of_one_theme_decides_upon_no_other(
    database: Database, consultation: ConsultationView, person: Callable[[str], Visitor]
) -> None:
    admit(database, consultation, "De otro tema", theme="tema-2")
    only = person("moderator of one theme")
    token = only.token()
    assert ask(only, "POST", "/moderacion/prueba/1/abrir", token) in (403, 404)
    assert ask(only, "POST", "/moderacion/prueba/2/abrir", token) == 303
    assert only.client.get("/moderacion/prueba/1").status_code in (403, 404)


def test_who_is_suspended_keeps_the_account_and_loses_the_desk(person: Callable[[str], Visitor]) -> None:
    suspended = person("suspended moderator")
    assert suspended.client.get("/cuenta/").status_code == 200
    assert suspended.client.get("/moderacion/prueba").status_code == 403


def test_an_editor_does_not_sign(person: Callable[[str], Visitor]) -> None:
    """Who may write for an organisation may not publish its position, and a stranger not even see the form."""
    path = "/cuenta/organizaciones/prueba/vecinas/posicion"
    assert person("signatory").client.get(path).status_code == 200
    assert person("signatory of another organisation").client.get(path).status_code in (403, 404)
    assert person("coordinator").client.get(path).status_code in (403, 404)
