"""Whose address a request comes from, as proxies write it."""

from __future__ import annotations

import pytest
from flask import Flask

from consulta.web import limits


@pytest.mark.parametrize(
    ("remote", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("198.51.100.7:5123", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:3:4:5:6]:5123", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("[::ffff:198.51.100.7]:80", "198.51.100.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:", "unix"),
        ("", ""),
    ],
)
def test_an_address_is_the_same_whatever_its_port(app: Flask, remote: str, network: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": remote}):
        assert limits.network() == network
