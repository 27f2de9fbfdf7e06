"""A device, as far as its seals go: what ``static/door-vault.js`` does, for tests without a browser."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def seal(server_key: str, context: str, value: dict[str, Any]) -> str:
    """Seal a mark for the server with this key."""
    curve = ec.SECP256R1()
    server = ec.EllipticCurvePublicKey.from_encoded_point(curve, base64.urlsafe_b64decode(server_key + "=="))
    own, iv = ec.generate_private_key(curve), secrets.token_bytes(12)
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    key = HKDF(SHA256(), 32, point, context.encode()).derive(own.exchange(ec.ECDH(), server))
    text = AESGCM(key).encrypt(iv, json.dumps(value).encode(), context.encode())
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (point, iv, text))
