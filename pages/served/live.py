"""The live socket: tells a page that its plan has a new version, and which server it talks to.

A page sends the token of its plan, `{"plan": TOKEN}`, and hears `{"boot": ID}` once, and `{"version": NUMBER}` at once
and whenever it changes: numbers alone, and of a plan only to whoever has a token of it. It may ask whether its session
is still there, `{"session": ID}`, and hears `{"session": true}` or false.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from uuid import uuid4

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit import runtime

from strategy.errors import PlannerError
from strategy.store import opened
from strategy.store.hub import Hub
from strategy.store.plans import newest

ADDRESS = "/planner/live"
BOOT = uuid4().hex
"""This server: a page that meets another one loads itself again."""
MOST = 1000
"""Sockets at once; whoever comes then is asked to come again later."""
LONGEST = 200
"""Characters of what a page sends."""
FIRST_WITHIN = 60.0
"""Seconds within which a page says which plan it shows."""
OFTEN, PER = 60, 60.0
"""So many messages in so many seconds are taken from a page."""
LATER, TOO_LONG, REFUSED = 1013, 1009, 1008
"""Codes with which a socket is closed."""


class Page:
    """One page at the other end: what it was told last, and what waits to be told."""

    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self.loop = asyncio.get_running_loop()
        self.news = asyncio.Event()
        self.version = 0
        self.leave: Callable[[], None] = lambda: None
        self.heard: list[float] = []

    def hear(self, version: int) -> None:
        """Called by the hub from any thread."""
        with suppress(RuntimeError):  # the loop of a server that stops
            self.loop.call_soon_threadsafe(self._note, version)

    def _note(self, version: int) -> None:
        self.version = version
        self.news.set()

    async def tell(self) -> None:
        """Send what is new, the newest alone, until the page is gone."""
        while True:
            await self.news.wait()
            self.news.clear()
            await self.socket.send_json({"version": self.version})

    async def look_at(self, token: object) -> None:
        """Hear of the plan of a token from now on, and tell its version now; 0 where it opens none."""
        self.leave()
        self.leave = lambda: None
        found: tuple[Hub, int, int] | None = await asyncio.to_thread(_found, token)
        if found is not None:
            hub, plan, version = found
            self.leave = hub.join(plan, self.hear)
            self._note(version)
        else:
            self._note(0)

    def too_often(self) -> bool:
        """Whether this page has sent more than pages do."""
        now = monotonic()
        self.heard = [at for at in self.heard if at > now - PER] + [now]
        return len(self.heard) > OFTEN


def _found(token: object) -> tuple[Hub, int, int] | None:
    """(hub, plan, version) of a token; None where it opens none, or the database cannot be asked."""
    try:
        hub = opened.hub()
        found = newest(hub.database, str(token))
    except PlannerError:
        return None
    return None if found is None else (hub, *found)


_open: set[Page] = set()


async def live(socket: WebSocket) -> None:
    """One socket from its opening to its end."""
    await socket.accept()
    if len(_open) >= MOST:
        await socket.close(LATER)
        return
    page = Page(socket)
    _open.add(page)
    teller = asyncio.create_task(page.tell())
    try:
        await socket.send_json({"boot": BOOT})
        await _listen(page)
    except (WebSocketDisconnect, RuntimeError):
        pass  # the page is gone
    finally:
        _open.discard(page)
        page.leave()
        teller.cancel()
        with suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
            await teller


async def _listen(page: Page) -> None:
    """Take what the page sends until it closes, or sends what no page of ours does."""
    wait: float | None = FIRST_WITHIN
    while True:
        try:
            text = await asyncio.wait_for(page.socket.receive_text(), wait)
        except (TimeoutError, KeyError):
            return await page.socket.close(REFUSED)
        wait = None
        if len(text) > LONGEST:
            return await page.socket.close(TOO_LONG)
        match _message(text):
            case ("plan", token) if not page.too_often():
                await page.look_at(token)
            case ("session", session) if not page.too_often():
                await page.socket.send_json({"session": _active(session)})
            case _:
                return await page.socket.close(REFUSED)


def _message(text: str) -> tuple[str, str] | None:
    """What a message asks about and of which; None where it is none of ours."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or len(message) != 1:
        return None
    ((name, value),) = message.items()
    return (name, value) if isinstance(value, str) else None


def _active(session: str) -> bool:
    """Whether a page's session is connected here."""
    return runtime.exists() and runtime.get_instance().is_active_session(session)


ROUTE = WebSocketRoute(ADDRESS, live)
