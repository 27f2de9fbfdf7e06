"""Delivering one message: the words from ``templates/emails``, the way from ``CONSULTA_MAIL_URL``."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from email_validator import EmailNotValidError, validate_email
from flask import Flask, render_template

from consulta.config import Settings
from consulta.domain.notifications.faults import MailFault
from consulta.words.i18n import use_language

TIMEOUT_SECONDS = 20


class NotTaken(OSError):
    """Why the server took nothing; ``kind``: of the closed list."""

    def __init__(self, kind: MailFault) -> None:
        super().__init__(kind.value)
        self.kind = kind


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
    """Hand it over; ``NotTaken`` says why it was not taken, ``SMTPRecipientsRefused`` that its reader was not."""
    url = urlsplit(settings.mail_url)
    if url.scheme == "file":
        folder = Path(unquote(url.netloc + url.path))
        folder.mkdir(parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").split("@")[0]
        (folder / f"{name}.eml").write_bytes(bytes(message))
        return
    try:
        with _connected(url) as server:
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
            server.send_message(message)
    except (smtplib.SMTPRecipientsRefused, NotTaken):
        raise
    except OSError as error:
        raise NotTaken(_kind(error)) from error


def _connected(url: SplitResult) -> smtplib.SMTP:
    """A connection to the server. ``smtps``: encrypted at once; ``smtp``: by STARTTLS, or not at all; certificate
    and name are checked against the system's store. ``smtp+plain`` is for this machine's own server alone."""
    host, context = url.hostname or "localhost", ssl.create_default_context()
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT_SECONDS, context=context)
    server = smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT_SECONDS)
    try:
        if url.scheme == "smtp":
            server.starttls(context=context)  # which says EHLO first, and fails where it is not offered
    except smtplib.SMTPResponseException as error:
        server.close()
        raise NotTaken(MailFault.NO_TLS) from error
    except BaseException:
        server.close()
        raise
    return server


def _kind(error: OSError) -> MailFault:
    if isinstance(error, ssl.SSLError):
        return MailFault.CERTIFICATE
    if isinstance(error, smtplib.SMTPNotSupportedError) and "STARTTLS" in str(error):
        return MailFault.NO_TLS
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPNotSupportedError):
        return MailFault.LOGIN
    if isinstance(error, smtplib.SMTPSenderRefused):
        return MailFault.SENDER
    if isinstance(error, smtplib.SMTPDataError):
        return MailFault.MESSAGE
    return MailFault.UNREACHABLE
