"""The planner: `streamlit run app.py`."""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import streamlit as st
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from pages.served import live, person, scripts, shelf
from strategy.locales import known_language

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss: data: blob:; "
        "worker-src 'self' blob:; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""No page asks another machine for anything, and no other site frames it."""
PAGE = b'<html lang="en"'
"""How Streamlit's page begins; another language's code is as long, so that the length of the answer stays."""


PORTS = {"http": 80, "https": 443}
ORIGINS = "PLANNER_ORIGINS"
"""The environment variable with the addresses, parted by commas, under which people reach a planner behind a proxy."""
READING = {"GET", "HEAD", "OPTIONS"}
"""Requests that change nothing: browsers send them without an Origin to the site that they are on."""
CLOSED = "/_stcore/metrics"
Address = tuple[str, int]
"""Host and port."""


def origins(listed: str) -> frozenset[Address]:
    """Our own public addresses, such as `https://planner.example.org`, parted by commas.

    Needed where a proxy passes requests on under another Host than the one in people's browsers, and nowhere else.
    Raises ValueError for what is no such address; `*` is none.
    """
    found = {part.strip(): _address(part.strip()) for part in listed.split(",") if part.strip()}
    for written, address in found.items():
        if address is None:
            raise ValueError(f"{ORIGINS} has {written!r}; give addresses such as https://planner.example.org")
    return frozenset(address for address in found.values() if address)


def _address(origin: str) -> Address | None:
    """Host and port of an origin, scheme://host or scheme://host:port and nothing more; None for anything else."""
    found = re.fullmatch(r"(https?)://([^/?#@\s*]+)", origin)
    return _host(found[2], PORTS[found[1]]) if found else None


def _host(host: str, port: int) -> Address | None:
    """A host and its port, or the one given where it names none; None for what is no host."""
    found = re.fullmatch(r"(\[[0-9a-f:.]+\]|[^:\[\]/?#@\s*]+)(?::([0-9]{1,5}))?", host.lower())
    return (found[1].rstrip("."), int(found[2] or port)) if found else None


class Guarded:
    """Refuses other sites; adds HEADERS to every answer, and the language that is asked for to a page.

    A request with an Origin is answered where that is the Host it was sent to, or one of `allowed`. One without
    is answered where browsers send none. Streamlit never sees an Origin: of one that it does not know it would ask a
    machine elsewhere whether that is this server's own address.
    """

    def __init__(self, app: ASGIApp, allowed: frozenset[Address] = frozenset()) -> None:
        self.app = app
        self.allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and its answer back with the headers and the language; or refuse it."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: list[Any] = message.setdefault("headers", [])
                headers += [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                if _is_page(headers):
                    headers += shelf.given(scope)
            elif PAGE in message.get("body", b"")[:2000]:
                message["body"] = message["body"].replace(PAGE, b'<html lang="%s"' % _language(scope).encode(), 1)
            await send(message)

        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
        elif not self._ours(scope):
            await _refuse(scope, receive, answer, 403)
        elif scope["path"].rstrip("/").endswith(CLOSED):
            await _refuse(scope, receive, answer, 404)
        else:
            kept = [(name, value) for name, value in scope["headers"] if name != b"origin"]
            await self.app({**scope, "headers": kept}, receive, answer if scope["type"] == "http" else send)

    def _ours(self, scope: Scope) -> bool:
        """Whether a request comes from a page of ours, or from no page and only reads."""
        sent = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if not sent:
            return scope["type"] == "http" and scope["method"] in READING
        origin = _address(sent[0])
        if len(sent) > 1 or len(hosts) != 1 or origin is None:
            return False
        return origin in self.allowed or origin == _host(hosts[0], PORTS[sent[0].partition(":")[0]])


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int) -> None:
    """Answer with a status and nothing else; a websocket is closed before it opens, which is a 403."""
    if scope["type"] == "websocket":
        await WebSocketClose()(scope, receive, send)
    else:
        await Response(status_code=status)(scope, receive, send)


def _is_page(headers: list[Any]) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers)


def _language(scope: Scope) -> str:
    """The language that a page is asked for: in its address, else the browser's first."""
    browser = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1").split(",")
    return known_language(parse_qs(scope["query_string"].decode("latin-1")).get("lang", browser)[0])


person.secret_from(os.environ)
app = st.App(
    Path(__file__).parent / "pages" / "planner.py",
    routes=[live.ROUTE, shelf.ROUTE, scripts.ROUTE],
    middleware=[Middleware(Guarded, origins(os.environ.get(ORIGINS, "")))],
)
