"""Plan documents as bytes: JSON, compressed for the database, or small enough to travel in an address."""

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

from strategy.errors import PlannerError

Document = Mapping[str, Any]
"""A plan as its file has it: JSON values, text keys."""
LARGEST = 16 * 2**20
"""Bytes of a document's JSON that are unpacked at most."""
LONGEST_SHARE = 7000
"""Characters of a share token: with the rest of the address it passes every proxy's 8 KB."""
SHARE_LARGEST = 2**20
"""Bytes of a shared document's JSON that are unpacked at most."""
SHARE_VERSION = b"\x01"
DIGEST = 10
SHARE_SHAPE = re.compile(r"[A-Za-z0-9_-]+")


def as_json(document: Document) -> bytes:
    """The document's JSON in UTF-8, short. Lone halves of characters, which UTF-8 cannot say, are left out."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "ignore")


def plain(document: Document) -> dict[str, Any]:
    """The document as it comes back from the store: lists for tuples, nothing that JSON cannot say."""
    found: dict[str, Any] = json.loads(as_json(document))
    return found


def packed(document: Document) -> bytes:
    """The document compressed. Raises PlannerError("plan_too_large")."""
    written = as_json(document)
    if len(written) > LARGEST:
        raise PlannerError("plan_too_large", value=len(written), limit=LARGEST)
    return zlib.compress(written, 6)


def unpacked(kept: bytes) -> dict[str, Any]:
    """The document that was packed. Raises PlannerError("version_damaged") for other bytes."""
    try:
        return _read(kept, LARGEST)
    except ValueError as error:
        raise PlannerError("version_damaged", value=str(error)) from None


def _read(kept: bytes, limit: int) -> dict[str, Any]:
    """A compressed JSON object of at most `limit` bytes. Raises ValueError for anything else."""
    unpacker = zlib.decompressobj()
    try:
        written = unpacker.decompress(kept, limit)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError(f"not one whole document of at most {limit} bytes")
    try:
        document = json.loads(written)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(document, dict):
        raise ValueError("not an object")
    return document


def share_token(document: Document) -> str | None:
    """The whole plan as one word of an address, to read without a server that knows it; None where it is too long.

    One byte says how it is written, ten are a digest of the rest, the rest is the document compressed.
    """
    written = as_json(document)
    body = SHARE_VERSION + zlib.compress(written, 9)
    token = base64.urlsafe_b64encode(body[:1] + _digest(body) + body[1:]).decode().rstrip("=")
    return token if len(token) <= LONGEST_SHARE and len(written) <= SHARE_LARGEST else None


def shared_document(token: str) -> dict[str, Any]:
    """The document of a share token.

    Raises PlannerError: "share_newer" where a newer planner wrote it, "share_damaged" where it is not whole. The digest
    finds what was cut off, mistyped or changed on the way; it is no signature, so the document is judged as any file.
    """
    if not isinstance(token, str) or not SHARE_SHAPE.fullmatch(token) or len(token) > LONGEST_SHARE:
        raise PlannerError("share_damaged")
    try:
        kept = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        exact = base64.urlsafe_b64encode(kept).decode().rstrip("=") == token
    except ValueError:
        raise PlannerError("share_damaged") from None
    version, digest, rest = kept[:1], kept[1 : 1 + DIGEST], kept[1 + DIGEST :]
    if not exact or digest != _digest(version + rest):
        raise PlannerError("share_damaged")
    if version != SHARE_VERSION:
        raise PlannerError("share_newer", value=version[0], limit=SHARE_VERSION[0])
    try:
        return _read(rest, SHARE_LARGEST)
    except ValueError:
        raise PlannerError("share_damaged") from None


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(b"every marketing euro" + body).digest()[:DIGEST]


def title_of(document: Document) -> str:
    """What a list calls the plan: its title, else its firm; nothing where it has neither."""
    case = document.get("case")
    for name in (document.get("title"), case.get("name") if isinstance(case, Mapping) else None):
        if isinstance(name, str) and name.strip():
            return name.encode("utf-8", "ignore").decode().replace("\0", "")[:LONGEST_TITLE]
    return ""


LONGEST_TITLE = 200
