"""What tests do again and again: a consultation of invented data, a browser, staff."""

from __future__ import annotations

import re
import socket
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from justhtml import JustHTML
from werkzeug.test import TestResponse

from consulta.database.transactions import Database, commit_new
from consulta.domain import codes
from consulta.domain.accounts import accounts
from consulta.domain.accounts import links as account_links
from consulta.domain.codes import sha256
from consulta.domain.comments import commentable, supports
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.domain.contributions import admission, opinions, submission, targets
from consulta.domain.contributions import incoming as contribution_incoming
from consulta.domain.ledger import log as ledger
from consulta.models.accounts import RoleName, Sector
from consulta.models.contributions import Channel, Kind, Status

PASSWORD = "una frase larga para entrar"


def said(text: str) -> dict[str, str]:
    """A text in Spanish, with an English beside it."""
    return {"es": text, "en": f"{text} (en)"}


def a_consultation(slug: str = "prueba", themes: int = 5, **changes: Any) -> dict[str, Any]:
    """The file of a consultation whose opinion stage is open now."""
    data: dict[str, Any] = {
        "slug": slug,
        "kind": "ordinary",
        "title": said(f"Consulta {slug}"),
        "timezone": "America/Guatemala",
        "locale": "es_GT",
        "published": "D-3",
        "links": {},
        "texts": {
            name: said(f"{name} de {slug}")
            for name in ("call", "lead", "act", "act_hint", "convened_by", "privacy_note", "denounce", "privacy_page")
        },
        "settings": {
            "moderation": {"opinion": "before"},
            "review_days": 7,
            "answer_days": 60,
            "submissions_per_address": 30,
            "minimum_seconds": 0,
        },
        "themes": [
            {
                "letter": "ABCDEFGHIJKL"[i],
                "slug": f"tema-{i + 1}",
                "name": said(f"Tema {i + 1}"),
                "question": said(f"¿Pregunta {i + 1}?"),
                "briefing": said(f"Resumen **{i + 1}**"),
                "colour": i + 1,
                "pictogram": ("book", "phone", "talk", "ledger", "coins", "tree", "water")[i % 7],
            }
            for i in range(themes)
        ],
        "stages": [
            {"key": "1", "number": "1", "title": said("Llamado"), "starts": "D-3", "ends": "D-3", "opens": []},
            {"key": "2", "number": "2", "title": said("Opinar"), "starts": "D-3", "ends": "D+10", "opens": ["opinion"]},
        ],
        "lists": {
            "department": [
                {"code": "01", "label": said("Guatemala"), "population": 3015081, "tile": [3, 3]},
                {"code": "16", "label": said("Alta Verapaz"), "population": 1215038, "tile": [3, 1]},
            ],
            "taking_part_as": [{"code": "citizen", "label": said("Ciudadana")}],
            "age_group": [
                {"code": "under-18", "label": said("Menos de 18")},
                {"code": "30-59", "label": said("30 a 59")},
            ],
            "gender": [{"code": "woman", "label": said("Mujer")}],
            "language": [{"code": "quc", "label": said("K'iche'")}, {"code": "kek", "label": said("Q'eqchi'")}],
            "body_sector": [
                {"code": "executive", "label": said("Ejecutivo")},
                {"code": "cso", "label": said("Sociedad civil")},
            ],
        },
        "reasons": [
            {"code": "personal-data", "title": said("Trae datos personales"), "text": said("Dice algo privado.")},
            {"code": "off-topic", "title": said("No es del tema"), "text": said("No tiene que ver.")},
        ],
    }
    return {**data, **changes}


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
    today = consultation.today(now or datetime.now(UTC))
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
        return admission.admit(db, consultation, incoming, today=today, actor=ledger.PUBLIC)


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
    now = datetime.now(UTC)
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
        made = admission.admit(db, consultation, incoming, today=consultation.today(now), actor=ledger.PUBLIC)
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
    given = submission.Given(body=body, **rest)
    with database.transaction() as db:
        return opinions.submit(
            db,
            consultation=consultation,
            given=given,
            submission=key,
            held_cause=held_cause,
            language="es",
            now=now or datetime.now(UTC),
        )


def send(database: Database, consultation: ConsultationView, body: str, key: str) -> str:
    """Give an opinion as the web form does when nothing needs its number: stored with the commit. The code."""
    given, now = submission.Given(body=body), datetime.now(UTC)
    with database.session() as db:
        folio = opinions.send(
            db, consultation=consultation, given=given, submission=key, held_cause=None, language="es", now=now
        )
        commit_new(db)
    return folio


def staff(
    database: Database,
    consultation: ConsultationView,
    email: str = "ana@equipo.example",
    role: RoleName = RoleName.MODERATOR,
    sector: Sector | None = None,
    themes: tuple[str, ...] = (),
) -> int:
    """Somebody of the team, with the password of all tests."""
    from consulta.web.passwords import hasher

    now = datetime.now(UTC)
    ids = tuple(t.id for t in consultation.themes if t.slug in themes)
    with database.transaction() as db:
        id_ = accounts.create(
            db, email=email, role=role, consultation_id=consultation.id, theme_ids=ids, sector=sector, now=now
        )
        token = account_links.one_time_link(db, account_id=id_, now=now)
        account_links.set_password(db, token=token, password_hash=hasher.hash(PASSWORD), now=now)
    return id_


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Visitor:
    """A test client that reads forms: every fetched page is parsed strictly as HTML."""

    def __init__(self, app: Flask, slug: str = "prueba") -> None:
        self.app, self.client, self.slug = app, app.test_client(), slug

    def path(self, tail: str) -> str:
        """An address; ``…`` stands for the consultation."""
        return tail.replace("…", f"/consultas/{self.slug}")

    def get(self, path: str, status: int = 200, **kwargs: Any) -> TestResponse:
        """Fetch a page, with its status asserted and its HTML checked."""
        return self._checked(self.client.get(self.path(path), **kwargs), status)

    def post(self, path: str, data: dict[str, Any] | None = None, status: int = 303, **kwargs: Any) -> TestResponse:
        """Post with a valid CSRF token unless ``csrf_token`` is given."""
        data = dict(data or {})
        data.setdefault("csrf_token", self.token())
        return self._checked(self.client.post(self.path(path), data=data, **kwargs), status)

    def token(self) -> str:
        """A CSRF token of this browser's session."""
        return self.hidden(self.client.get("/seguimiento").text, "csrf_token")

    @staticmethod
    def hidden(page: str, name: str) -> str:
        """The value of a hidden field."""
        found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
        assert found, f"no field {name}"
        return found[1]

    def give(self, body: str = "Falta agua en mi colonia.", status: int = 303, **fields: Any) -> TestResponse:
        """Open the form, fill it, send it."""
        page = self.get("…/opinar").text
        fields.setdefault("submission", self.hidden(page, "submission"))
        return self.post("…/opinar", {"csrf_token": self.hidden(page, "csrf_token"), "body": body, **fields}, status)

    def comment(self, on: str, body: str, status: int = 303, **fields: Any) -> TestResponse:
        """Open the form for a comment on what has this address, and send it."""
        page = self.get(f"{on}/comentar").text
        preset = re.findall(r'name="themes" value="([^"]+)" checked', page)
        given = {name: self.hidden(page, name) for name in ("csrf_token", "submission")} | {"themes": preset}
        return self.post(f"{on}/comentar", {**given, "body": body, **fields}, status)

    def folio(self) -> str:
        """The code on the receipt."""
        found = re.search(r'<output id="folio"[^>]*>([^<]+)', self.get("…/comprobante").text)
        assert found
        return found[1]

    def follow(self, folio: str, status: int = 200, **fields: Any) -> TestResponse:
        """Type a code, perhaps with an act."""
        return self.post("/seguimiento", {"folio": folio, **fields}, status)

    def sign_in(self, email: str = "ana@equipo.example", password: str = PASSWORD, status: int = 303) -> TestResponse:
        """Sign in."""
        return self.post("/cuenta/entrar", {"email": email, "password": password}, status)

    @staticmethod
    def _checked(response: TestResponse, status: int) -> TestResponse:
        assert response.status_code == status, f"{response.status_code}: {response.text[:2000]}"
        if response.mimetype == "text/html" and response.data and status not in (301, 302, 303, 308):
            JustHTML(response.text, strict=True)
        return response
