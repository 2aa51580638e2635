"""The shelf of a browser: one random cookie that no script of a page can read, and the way to forget it."""

import asyncio
from collections.abc import Iterator
from http.cookies import CookieError, SimpleCookie

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Scope

from strategy.errors import PlannerError
from strategy.store import opened, shelves
from strategy.store.tokens import new_token, well_formed

COOKIE = "planner_shelf"
ADDRESS = "/planner/forget"
LASTS = 400 * 24 * 3600
"""Seconds: the most that browsers keep a cookie."""


def shelf_of(scope: Scope) -> str | None:
    """The shelf that a request brings; None for none, and for what we never gave."""
    cookies: SimpleCookie = SimpleCookie()
    try:
        for name, value in scope["headers"]:
            if name == b"cookie":
                cookies.load(value.decode("latin-1"))
    except CookieError:
        return None
    found = cookies[COOKIE].value if COOKIE in cookies else ""
    return found if well_formed(found) else None


def given(scope: Scope) -> Iterator[tuple[bytes, bytes]]:
    """The header that gives a browser a shelf, for a page that is asked for without one."""
    if shelf_of(scope) is None:
        yield b"set-cookie", _cookie(scope, new_token(), LASTS)


def _cookie(scope: Scope, token: str, lasts: int) -> bytes:
    headers = dict(scope["headers"])
    secure = scope.get("scheme") == "https" or headers.get(b"x-forwarded-proto", b"").strip() == b"https"
    parts = [f"{COOKIE}={token}", "Path=/", f"Max-Age={lasts}", "HttpOnly", "SameSite=Lax", *["Secure"] * secure]
    return "; ".join(parts).encode()


async def forget(request: Request) -> Response:
    """Empty this browser's shelf and take its cookie away; 503 where the database cannot be reached."""
    shelf = shelf_of(request.scope)
    if shelf is not None:
        try:
            await asyncio.to_thread(lambda: shelves.forget(opened.database(), shelf))
        except PlannerError:
            return Response(status_code=503)
    response = Response(status_code=204)
    response.raw_headers.append((b"set-cookie", _cookie(request.scope, "", 0)))
    return response


ROUTE = Route(ADDRESS, forget, methods=["POST"])
