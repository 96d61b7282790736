"""The ids that the application gives to what it writes to L0 and L1: the same that rehome gives to history.

    HMAC-SHA-256(key, scope || byte 0 || value), where the value is written as PostgreSQL writes it."""

import hashlib
import hmac
import os
import uuid


def _mac(scope, value):
    key = os.environ["REHOME_TOKEN_KEY"].encode()
    return hmac.new(key, scope.encode() + b"\0" + str(value).encode(), hashlib.sha256).digest()[:16]


def token(scope, value):
    """rehome.token('user', 42)"""
    return _mac(scope, value).hex()


def keyed_uuid(scope, value):
    """rehome.uuid('transaction', 42): the same bytes as a UUID of version 8"""
    made = bytearray(_mac(scope, value))
    made[6] = made[6] & 0x0F | 0x80
    made[8] = made[8] & 0x3F | 0x80
    return uuid.UUID(bytes=bytes(made))
