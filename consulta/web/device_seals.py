"""Marks of a door without internet are sealed on the device for this server alone: HPKE (RFC 9180) in its base mode,
with P-256, HKDF-SHA256 and AES-256-GCM, all of which every browser has had for years (X25519 has not).

A sealed mark is base64url of the encapsulated key and the encrypted JSON. The server's key follows from
``CONSULTA_SECRET_KEY`` and the forum, so every node has it and nothing is stored.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import current_app

_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
LONGEST = 4_000


def context(slug: str, key: str) -> str:
    """What a seal is bound to: a mark of one forum opens at no other."""
    return f"consulta/door/1|{slug}|{key}"


def public_key(bound: str) -> str:
    """The key for which devices seal, as base64url of its 65 bytes."""
    point = _private(bound).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


def opened(sealed: object, bound: str) -> dict[str, Any] | None:
    """What was sealed; ``None`` if it was not sealed for this server and forum, or was changed."""
    if not isinstance(sealed, str) or len(sealed) > LONGEST:
        return None
    try:
        parts = [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in sealed.split(".")]
        found = json.loads(_open(parts, _private(bound), bound.encode()))
    except (binascii.Error, ValueError, InvalidTag, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _open(parts: list[bytes], private: ec.EllipticCurvePrivateKey, bound: bytes) -> bytes:
    match parts:
        case [sealed]:
            return _SUITE.decrypt(sealed, private, bound)
        case [point, iv, text]:  # a device prepared before 2026-12 may still carry such marks, and none is lost
            sender = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
            key = HKDF(SHA256(), 32, point, bound).derive(private.exchange(ec.ECDH(), sender))
            return AESGCM(key).decrypt(iv, text, bound)
    raise ValueError("not a seal")


def _private(bound: str) -> ec.EllipticCurvePrivateKey:
    secret: str = current_app.config["SECRET_KEY"]
    wide = HKDF(SHA256(), 48, None, b"door key|" + bound.encode()).derive(secret.encode())
    return ec.derive_private_key(int.from_bytes(wide, "big") % (_ORDER - 1) + 1, _CURVE)
