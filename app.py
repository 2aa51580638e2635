"""The planner: `streamlit run app.py`."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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


class Guarded:
    """Adds HEADERS to every answer, and the language that is asked for to a page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and its answer back with the headers and the language."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: list[Any] = message.setdefault("headers", [])
                headers += [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
            elif PAGE in message.get("body", b"")[:2000]:
                message["body"] = message["body"].replace(PAGE, b'<html lang="%s"' % _language(scope).encode(), 1)
            await send(message)

        await self.app(scope, receive, answer if scope["type"] == "http" else send)


def _language(scope: Scope) -> str:
    """The language that a page is asked for: in its address, else the browser's first."""
    browser = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1").split(",")
    return known_language(parse_qs(scope["query_string"].decode("latin-1")).get("lang", browser)[0])


app = st.App(Path(__file__).parent / "pages" / "planner.py", middleware=[Middleware(Guarded)])
