"""The files of ``deploy/``: units that systemd takes, a proxy that writes nobody's address down."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parent.parent / "deploy"
UNITS = ("consulta.service", "consulta-worker.service")


@pytest.mark.parametrize("name", UNITS)
def test_units_are_taken_by_systemd(name: str, tmp_path: Path) -> None:
    """Checked with ``systemd-analyze verify`` where there is one; /bin/true stands for the programs."""
    text = (DEPLOY / name).read_text()
    for line in (
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "Restart=on-failure",
        "EnvironmentFile=/etc/consulta/env",
    ):
        assert line in text
    assert "ExecStart=/var/lib/consulta/app/.venv/bin/" in text
    if shutil.which("systemd-analyze"):
        unit = tmp_path / name
        unit.write_text(re.sub(r"^(ExecStart(?:Pre)?=)\S+", r"\1/bin/true", text, flags=re.M))
        done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
        assert name not in done.stderr, done.stderr


def test_the_proxy_logs_nobody_and_closes_what_does_not_arrive() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    assert text.count("access_log off;") == 2
    assert "error_log /var/log/nginx/consulta.log crit;" in text
    for line in ("client_header_timeout 10s;", "client_body_timeout 20s;", "client_max_body_size 21m;"):
        assert line in text
    assert "X-Forwarded-For $remote_addr" in text  # what a client claims of itself is not passed on


def test_the_example_names_every_setting_that_is_needed() -> None:
    text = (DEPLOY / "env.example").read_text()
    for name in ("SECRET_KEY", "BACKUP_KEY", "BASE_URL", "TRUSTED_PROXIES", "MAIL_URL", "DATABASE_URL"):
        assert f"CONSULTA_{name}=" in text
