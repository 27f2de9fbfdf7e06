"""Delivering one message: the words from ``templates/emails``, the way from ``CONSULTA_MAIL_URL``."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from email_validator import EmailNotValidError, validate_email
from flask import Flask, render_template

from consulta.config import Settings
from consulta.words.i18n import use_language

TIMEOUT_SECONDS = 20


def compose(
    app: Flask, settings: Settings, *, to: str, template: str, values: dict[str, Any], message_id: str
) -> EmailMessage:
    """The message in its reader's language; the first line of a template is the subject."""
    with app.app_context():
        use_language(values.get("language", "es"))
        words = render_template(f"emails/{template}.txt", base=settings.base_url, **values)
    subject, _, body = words.strip().partition("\n")
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())  # a name that was typed may hold any kind of line end
    message["From"] = sender(settings)
    message["To"] = _ascii_domain(to)
    message["Date"] = formatdate()
    message["Message-ID"] = message_id.replace("@consulta>", f"@{_host(settings)}>")
    message["Auto-Submitted"] = "auto-generated"
    if path := values.get("unsubscribe"):
        message["List-Unsubscribe"] = f"<{settings.base_url}{path}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(body.strip() + "\n")
    return message


def _ascii_domain(address: str) -> str:
    """The domain in IDNA: every server takes it."""
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return address
    return f"{found.local_part}@{found.ascii_domain}"


def _host(settings: Settings) -> str:
    return urlsplit(settings.base_url).hostname or "localhost"


def sender(settings: Settings) -> str:
    """``?from=`` of the mail address, else ``consulta@`` the public host."""
    asked = parse_qs(urlsplit(settings.mail_url).query).get("from", [""])[0]
    return parseaddr(asked)[1] or f"consulta@{_host(settings)}"


def send(settings: Settings, message: EmailMessage) -> None:
    """Hand it over; raises ``OSError`` (which ``smtplib``'s errors are) when it was not taken."""
    url = urlsplit(settings.mail_url)
    if url.scheme == "file":
        folder = Path(unquote(url.netloc + url.path))
        folder.mkdir(parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").split("@")[0]
        (folder / f"{name}.eml").write_bytes(bytes(message))
        return
    kind = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    with kind(
        url.hostname or "localhost",
        url.port or (465 if url.scheme == "smtps" else 25),
        timeout=TIMEOUT_SECONDS,
    ) as server:
        if url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)
