"""Our own scripts for the browser, each at an address of its content: a cache may keep it for ever."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from strategy.browser.script import DESK, script, version

STYLE = "panel.css"
ADDRESS = f"/planner/desk-{version(DESK, STYLE)}.js"
FOR_EVER = "public, max-age=31536000, immutable"


async def desk(request: Request) -> Response:
    """The mixing desk: its engine, its numbers and its panels in one module."""
    return Response(script(DESK, STYLE), media_type="text/javascript", headers={"Cache-Control": FOR_EVER})


ROUTE = Route(ADDRESS, desk)
