"""A device, as far as its seals go: what ``static/door-vault.js`` does, for tests without a browser."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_CURVE = ec.SECP256R1()


def seal(server_key: str, context: str, value: dict[str, Any]) -> str:
    """Seal a mark for the server with this key."""
    suite = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    return _base64(suite.encrypt(json.dumps(value).encode(), _point(server_key), context.encode()))


def seal_of_old(server_key: str, context: str, value: dict[str, Any]) -> str:
    """The same, as devices did before December of 2026."""
    own, iv = ec.generate_private_key(_CURVE), secrets.token_bytes(12)
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    key = HKDF(SHA256(), 32, point, context.encode()).derive(own.exchange(ec.ECDH(), _point(server_key)))
    text = AESGCM(key).encrypt(iv, json.dumps(value).encode(), context.encode())
    return ".".join(_base64(part) for part in (point, iv, text))


def _point(server_key: str) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, base64.urlsafe_b64decode(server_key + "=="))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
