"""Settings, read from the environment once; a wrong value stops the start with one line that names it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

SECRET_FILE = "secret_key"  # noqa: S105  (a file name)
BACKUP_FILE = "backup_key"
MAIL_SCHEMES = ("smtp", "smtps", "smtp+plain", "file")


class SettingError(Exception):
    """A setting is missing or wrong; the message names it in one line."""


@dataclass(frozen=True)
class Settings:
    """What an installation decides, apart from its consultations.

    ``page_cache`` is the memory in bytes for rendered public pages of one process (0 switches the cache off).
    ``demo_sign_in`` is set only by the server that ``make run`` starts. ``hsts_subdomains``: whether browsers are told
    to reach every name under the public address by HTTPS alone, not only this one.
    """

    database_url: str
    secret_key: str
    instance: Path
    mail_url: str
    base_url: str = "http://127.0.0.1:8000"
    ratelimit_url: str = "memory://"
    trusted_proxies: int = 0
    timezone: str = "America/Guatemala"
    page_cache: int = 6_000_000
    demo_sign_in: bool = False
    backup_key: str = ""
    hsts_subdomains: bool = False

    @property
    def backups(self) -> Path:
        """The folder of the daily copies and of the register of what authors took back."""
        return self.instance / "backups"

    @property
    def secure(self) -> bool:
        """Whether the public address is HTTPS, so that cookies may be marked Secure."""
        return self.base_url.startswith("https://")

    def cookie(self, name: str) -> str:
        """What a cookie is called: under HTTPS with ``__Host-``, so that no neighbour under the domain can set it."""
        return f"__Host-{name}" if self.secure else name


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """Read ``CONSULTA_*``; raise ``SettingError`` naming the first variable that is missing or wrong."""
    env = os.environ if environ is None else environ
    instance = Path(env.get("CONSULTA_INSTANCE", "instance")).resolve()
    secret = env.get("CONSULTA_SECRET_KEY") or _kept(instance / SECRET_FILE)
    if len(secret) < 32:
        raise SettingError("CONSULTA_SECRET_KEY: required, at least 32 characters (make run makes one)")
    return Settings(
        database_url=database_url(env.get("CONSULTA_DATABASE_URL") or f"sqlite:///{instance}/consulta.db"),
        secret_key=secret,
        instance=instance,
        mail_url=_mail(_choice(env, "CONSULTA_MAIL_URL", f"file://{instance}/mail", MAIL_SCHEMES)),
        base_url=_choice(env, "CONSULTA_BASE_URL", _here(env), ("http", "https")).rstrip("/"),
        ratelimit_url=env.get("CONSULTA_RATELIMIT_URL", "memory://"),
        trusted_proxies=_whole(env, "CONSULTA_TRUSTED_PROXIES", 0),
        timezone=_zone(env.get("CONSULTA_TIMEZONE", "America/Guatemala")),
        page_cache=_whole(env, "CONSULTA_PAGE_CACHE", 6_000_000),
        demo_sign_in=env.get("CONSULTA_DEMO_SIGN_IN") == "1",
        backup_key=_backup_key(env.get("CONSULTA_BACKUP_KEY") or _kept(instance / BACKUP_FILE)),
        hsts_subdomains=env.get("CONSULTA_HSTS_SUBDOMAINS") == "1",
    )


def _backup_key(value: str) -> str:
    if value and not value.startswith("AGE-SECRET-KEY-1"):
        raise SettingError("CONSULTA_BACKUP_KEY: must be a key that «consulta db key» made (AGE-SECRET-KEY-1…)")
    return value


def _kept(path: Path) -> str:
    return path.read_text().strip() if path.is_file() else ""


def database_url(value: str) -> str:
    """An address of a database as its driver wants it."""
    scheme = value.split(":", 1)[0]
    if scheme in ("postgresql", "postgres"):
        return "postgresql+psycopg" + value[len(scheme) :]
    if scheme in ("sqlite", "postgresql+psycopg"):
        return value
    raise SettingError(f"CONSULTA_DATABASE_URL: sqlite:///… or postgresql://…, not {scheme!r}")


def _here(env: Mapping[str, str]) -> str:
    """Where the program answers on this machine, for links of who set no address."""
    return f"http://127.0.0.1:{env.get('PORT') or '8000'}"


def _choice(env: Mapping[str, str], name: str, default: str, schemes: tuple[str, ...]) -> str:
    value = env.get(name) or default
    if urlsplit(value).scheme not in schemes:
        raise SettingError(f"{name}: must begin with one of {', '.join(s + '://' for s in schemes)}")
    return value


def _mail(url: str) -> str:
    """Without encryption only to this machine."""
    parts = urlsplit(url)
    if parts.scheme == "smtp+plain" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise SettingError(
            "CONSULTA_MAIL_URL: smtp+plain:// is for a mail server on this machine; use smtp:// (STARTTLS) or smtps://"
        )
    return url


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name, "")
    if value and not value.isdecimal():
        raise SettingError(f"{name}: must be a whole number, not {value!r}")
    return int(value) if value else default


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise SettingError(f"CONSULTA_TIMEZONE: no such time zone: {value!r}") from error
    return value
