"""Tokens: whoever has one may open what it opens. The database holds their hashes, never themselves.

A token is 128 random bits in 22 characters. The look token of a plan is made from its edit token by a one-way function:
who may edit can always hand out the look link, who may look cannot find the edit link.
"""

import base64
import hashlib
import hmac
import re
import secrets

from strategy.errors import PlannerError

BYTES = 16
SHAPE = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")
"""22 characters that stand for 128 bits: the last one carries two of them."""


def new_token() -> str:
    """A token that nobody can guess."""
    return _written(secrets.token_bytes(BYTES))


def _written(bits: bytes) -> str:
    return base64.urlsafe_b64encode(bits).decode().rstrip("=")


def _bits(token: str) -> bytes:
    return base64.urlsafe_b64decode(f"{token}==")


def well_formed(token: object) -> bool:
    """Whether this is a token at all."""
    return isinstance(token, str) and SHAPE.fullmatch(token) is not None


def token_hash(token: str) -> bytes:
    """What the database knows a token by, 32 bytes. Raises PlannerError("link_opens_nothing") for what is no token."""
    if not well_formed(token):
        raise PlannerError("link_opens_nothing")
    return hashlib.sha256(_bits(token)).digest()


def look_token(edit_token: str, renewed: int) -> str:
    """The token that only looks at the plan of an edit token, after it was renewed so many times."""
    return _written(hmac.digest(_bits(edit_token), f"look {renewed}".encode(), "sha256")[:BYTES])


def shelf_of(login: str, secret: str) -> str:
    """The shelf token of a person who logged in; `secret` is the server's own, so that nobody computes it."""
    return _written(hmac.digest(secret.encode(), f"shelf {login}".encode(), "sha256")[:BYTES])


def sealed(token: str, shelf: str) -> bytes:
    """A token as a shelf keeps it: without the shelf's token it is noise."""
    nonce = secrets.token_bytes(BYTES)
    return nonce + _crossed(_bits(token), _pad(shelf, nonce))


def unsealed(kept: bytes, shelf: str) -> str:
    """The token that a shelf keeps."""
    return _written(_crossed(kept[BYTES:], _pad(shelf, kept[:BYTES])))


def _pad(shelf: str, nonce: bytes) -> bytes:
    """Sixteen bytes that are used once: they follow from a nonce that never comes again."""
    return hmac.digest(_bits(shelf), b"seal" + nonce, "sha256")[:BYTES]


def _crossed(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
