"""Cookies and form bodies that a real server takes: made with the same keys as its own."""

from __future__ import annotations

import secrets
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from itsdangerous import TimestampSigner

from consulta.database.transactions import Database
from consulta.domain.accounts import accounts, sessions
from consulta.domain.consultations.snapshots import ConsultationView
from consulta.models.accounts import RoleName

from .server import FLOOR_PORT


@contextmanager
def _request(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        yield


def form_session(app: Flask) -> tuple[str, str]:
    """The cookie header and CSRF token of one browser."""
    with _request(app):
        token = generate_csrf()
        return f"session={_sealed(app, dict(session))}", token


def floor_session() -> tuple[str, str]:
    """The same for the floor, which is asked over HTTP."""
    answer = urllib.request.urlopen(f"http://127.0.0.1:{FLOOR_PORT}/form", timeout=5)
    token = answer.read().decode().split('name="csrf_token" value="')[1].split('"')[0]
    return str(answer.headers["Set-Cookie"]).split(";")[0], token


def staff_cookie(
    app: Flask,
    database: Database,
    view: ConsultationView,
    *,
    role: RoleName = RoleName.MODERATOR,
    email: str = "bench@equipo.example",
) -> str:
    """The cookie of a moderator of this consultation."""
    now = datetime.now(UTC)
    with database.transaction() as db:
        id_ = accounts.create(db, email=email, role=role, consultation_id=view.id, now=now)
        token = sessions.begin(db, account_id=id_, browser="bench", now=now)
    with _request(app):
        generate_csrf()
        return f"session={_sealed(app, {**session, '_user_id': token, '_fresh': True, '_permanent': True})}"


def coordinator_cookie(app: Flask, database: Database, view: ConsultationView) -> str:
    """The cookie of a coordinator of this consultation."""
    return staff_cookie(app, database, view, role=RoleName.COORDINATOR, email=f"coordina-{view.slug}@equipo.example")


def _sealed(app: Flask, content: dict[str, object]) -> str:
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(serializer.dumps(content))


def submissions(app: Flask, csrf: str, count: int) -> list[str]:
    """Bodies of opinions, each with a submission key of its own."""
    signer = TimestampSigner(str(app.config["SECRET_KEY"]), salt="submission")
    return [
        urlencode(
            {
                "csrf_token": csrf,
                "submission": signer.sign(secrets.token_hex(16)).decode(),
                "department": "16",
                "theme": "participacion-ciudadana",
                "body": f"Opinión número {n}: que haya agua y caminos en la aldea.",
            }
        )
        for n in range(count)
    ]
