"""How a client's documents look."""

from base64 import b64decode
from binascii import Error as NotBase64
from typing import Annotated

from pydantic import AfterValidator

from strategy.case.estimate import Model, broken

LARGEST_LOGO = 200_000
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
"""How a PNG and a JPEG begin."""


def _picture(logo: str) -> str:
    """A PNG or JPEG in base64. Raises PydanticCustomError for anything else, and for one that is too large."""
    if len(logo) > 4 * -(-LARGEST_LOGO // 3):
        raise broken("logo_size", value=len(logo) * 3 // 4, limit=LARGEST_LOGO)
    try:
        picture = b64decode(logo, validate=True)
    except (NotBase64, ValueError):
        picture = b""
    if not picture.startswith(PICTURES):
        raise broken("logo_kind", value=logo[:20], limit=LARGEST_LOGO)
    if len(picture) > LARGEST_LOGO:
        raise broken("logo_size", value=len(picture), limit=LARGEST_LOGO)
    return logo


def _colour(accent: str) -> str:
    digits = accent.removeprefix("#")
    if len(accent) != 7 or len(digits) != 6 or not set(digits) <= set("0123456789abcdefABCDEF"):
        raise broken("colour", value=accent)
    return accent


class Brand(Model):
    """How a client's documents look: its logo, a PNG or JPEG of at most LARGEST_LOGO bytes in base64, and a colour."""

    logo: Annotated[str, AfterValidator(_picture)] | None = None
    accent: Annotated[str, AfterValidator(_colour)] | None = None
