"""Limits against flooding: they only make a contribution wait for a person."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from datetime import UTC, datetime

from flask import current_app, request
from limits import RateLimitItemPerHour
from limits.storage import Storage

from consulta.domain.errors import TooMany

from . import context

_process_key = secrets.token_bytes(32)


def network() -> str:
    """The sender's address as far as limits look: IPv4 whole, IPv6 by its /64."""
    remote = _without_port(request.remote_addr or "")
    if ":" not in remote:
        return remote
    try:
        parsed = ipaddress.IPv6Address(remote.split("%")[0])
    except ValueError:
        return remote
    mapped = parsed.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.IPv6Network((int(parsed) >> 64 << 64, 64)))


def _without_port(remote: str) -> str:
    """Some proxies write ``198.51.100.7:5123`` and ``[2001:db8::1]:5123``: the port is another with every request."""
    if remote.startswith("["):
        return remote[1:].partition("]")[0]
    return remote.partition(":")[0] if remote.count(":") == 1 else remote


def address_key() -> str:
    """A hash of the address under a key that lives in memory and is another one every day."""
    day_key = hashlib.sha256(_process_key + context.now().date().isoformat().encode()).digest()
    return hashlib.blake2b(network().encode(), key=day_key, digest_size=12).hexdigest()


def many_from_here(per_hour: int, what: str = "submissions") -> bool:
    """Count one more submission of this address, or of ``what``; whether there are more than the limit.

    :raises TooMany: above ten times the limit, with the end of this hour's count
    """
    key = address_key()
    counts: Storage = current_app.extensions["limits"]
    hour = RateLimitItemPerHour(per_hour)
    count = counts.incr(hour.key_for(what, key), hour.get_expiry())
    if count > per_hour * 10:
        until = datetime.fromtimestamp(counts.get_expiry(hour.key_for(what, key)), UTC)
        raise TooMany("Llegaron demasiados envíos desde su conexión. Lo que escribió sigue aquí.", until=until)
    return count > per_hour
