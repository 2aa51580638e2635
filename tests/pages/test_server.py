"""Who the server answers: pages of its own, and nobody else's; and that it asks no other machine who it is."""

import asyncio
import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.types import Message, Receive, Scope, Send
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from app import ORIGINS, Guarded, _host, origins
from tests.browser.screen import ROOT, served

RECORDER = """
import json, os, socket
def note(what, host):
    if isinstance(host, bytes): host = host.decode()
    if host in (None, "", "localhost", "::1", "0.0.0.0") or str(host).startswith("127."): return
    with open(os.environ["RECORDED"], "a", encoding="utf-8") as file: file.write(json.dumps([what, str(host)]) + "\\n")
    raise OSError("this test lets nobody out")
real_lookup, real_connect = socket.getaddrinfo, socket.socket.connect
def lookup(host, *given, **named):
    note("getaddrinfo", host)
    return real_lookup(host, *given, **named)
class Recorded(socket.socket):
    def connect(self, address):
        if isinstance(address, tuple): note("connect", address[0])
        return super().connect(address)
socket.getaddrinfo, socket.socket = lookup, Recorded
"""
"""Put in a server's way before anything else is imported: whom it looks up or calls beside this machine."""
PUBLIC = "https://planner.example.org"


class Site:
    """A server in a process of its own, and the machines that it wanted to reach."""

    def __init__(self, address: str, recorded: Path) -> None:
        self.address = address
        self.host = urlsplit(address).netloc
        self.recorded = recorded

    def asked_outside(self) -> list[Any]:
        return [json.loads(line) for line in self.recorded.read_text(encoding="utf-8").splitlines()]

    def status(self, path: str = "/", method: str = "GET", **headers: str) -> int:
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            connection.request(method, path, headers=headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def websocket(self, origin: str | None) -> int:
        """101 where a websocket opens, else the status of the refusal."""
        address = f"ws://{self.host}/_stcore/stream"
        try:
            with connect(address, origin=origin and Origin(origin), subprotocols=[Subprotocol("streamlit")]):
                return 101
        except InvalidStatus as refusal:
            return refusal.response.status_code


def site(script: Path, folder: Path, **environment: str) -> Iterator[Site]:
    (folder / "sitecustomize.py").write_text(RECORDER, encoding="utf-8")
    recorded = folder / "recorded"
    recorded.touch()
    with pytest.MonkeyPatch.context() as patch:
        settings = {"PYTHONPATH": str(folder), "RECORDED": str(recorded), "NO_PROXY": "*", **environment}
        for name, value in settings.items():
            patch.setenv(name, value)
        with served(script) as address:
            yield Site(address, recorded)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from site(ROOT / "app.py", tmp_path_factory.mktemp("ours"), **{ORIGINS: f"{PUBLIC}, http://10.1.2.3:8080"})


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("bare")
    (folder / "bare.py").write_text("import streamlit as st\nst.title('Bare')\n", encoding="utf-8")
    yield from site(folder / "bare.py", folder)


def foreign(there: Site) -> list[str]:
    port = int(there.host.split(":")[1])
    return [
        "http://evil.example",
        "https://evil.example:443",
        f"http://127.0.0.1:{port + 1}",
        f"http://localhost:{port}",
        f"https://{there.host}.evil.example",
        f"{PUBLIC}.evil.example",
        "http://planner.example.org",
        "null",
        "",
        "*",
        "http://[::1",
        f"http://evil.example@{there.host}",
    ]


def test_a_server_without_a_guard_asks_who_it_is(bare: Site) -> None:
    """The recorder works: this is what is prevented below."""
    assert bare.websocket("http://evil.example") == 403
    assert "checkip.amazonaws.com" in str(bare.asked_outside())


def test_another_site_is_refused_before_the_server_asks_who_it_is(ours: Site) -> None:
    for origin in foreign(ours):
        assert ours.websocket(origin) == 403, origin
        for method, path in (("GET", "/"), ("GET", "/_stcore/health"), ("PUT", "/_stcore/upload_file/a/b")):
            assert ours.status(path, method, Origin=origin) == 403, (origin, path)
    assert ours.asked_outside() == []


def test_our_own_pages_are_answered_and_nothing_is_asked_outside(ours: Site) -> None:
    for origin in (
        ours.address,
        PUBLIC,
        f"{PUBLIC}:443",
        "http://10.1.2.3:8080",
    ):
        assert ours.websocket(origin) == 101, origin
        assert ours.status("/_stcore/health", Origin=origin) == 200
        assert ours.status("/_stcore/host-config", Origin=origin) == 200
        assert ours.status("/_stcore/upload_file/a/b", "PUT", Origin=origin) != 200  # it has no token
    assert ours.asked_outside() == []


def test_a_page_under_the_name_of_the_host_is_ours(ours: Site) -> None:
    port = ours.host.split(":")[1]
    assert ours.status("/", Host=f"localhost:{port}", Origin=f"http://localhost:{port}") == 200
    assert ours.status("/", Host="192.168.1.5:8501", Origin="http://192.168.1.5:8501") == 200
    assert ours.status("/", Host="planner.example.net", Origin="https://planner.example.net") == 200
    assert ours.status("/", Host="192.168.1.5:8501", Origin="http://192.168.1.5:8502") == 403
    assert ours.asked_outside() == []


def test_without_an_origin_only_reading_is_answered(ours: Site) -> None:
    assert ours.status("/") == 200
    assert ours.status("/", "HEAD") == 200
    for method in ("PUT", "POST", "DELETE"):
        assert ours.status("/_stcore/upload_file/a/b", method) == 403
    assert ours.websocket(None) == 403


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/", "/_stcore/%6detrics", "//_stcore/metrics"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_nobody_reads_how_much_the_server_is_used(ours: Site, path: str, method: str) -> None:
    assert ours.status(path, method) == 404


def test_a_refusal_carries_the_security_headers_too(ours: Site) -> None:
    connection = http.client.HTTPConnection(ours.host, timeout=30)
    connection.request("GET", "/", headers={"Origin": "http://evil.example"})
    answer = connection.getresponse()
    assert answer.read() == b""
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in answer.headers
    connection.close()


# Addresses -----------------------------------------------------------------------------------------------------------


def test_the_names_of_a_planner_behind_a_proxy_are_read_with_their_ports() -> None:
    assert origins("") == frozenset()
    assert origins(" https://Planner.example.org , http://a:8080,") == {("planner.example.org", 443), ("a", 8080)}
    assert origins("http://[::1]:8501") == {("[::1]", 8501)}


@pytest.mark.parametrize(
    "listed", ["*", "planner.example.org", "https://*.example.org", "https://a/b", "ftp://a", "https://a:b"]
)
def test_what_is_no_address_stops_the_start(listed: str) -> None:
    with pytest.raises(ValueError, match=ORIGINS):
        origins(f"https://planner.example.org,{listed}")


@pytest.mark.parametrize("host", ["", ":80", "a:b", "a:123456", "a b", "a/b", "u@a", "[::1", "a:1:2"])
def test_what_is_no_host_is_none(host: str) -> None:
    assert _host(host, 80) is None


@pytest.mark.parametrize(
    "headers",
    [
        [(b"origin", b"http://a"), (b"origin", b"http://b"), (b"host", b"a")],
        [(b"origin", b"http://a"), (b"host", b"a"), (b"host", b"b")],
        [(b"origin", b"http://a")],
    ],
)
def test_headers_that_stand_twice_or_are_missing_are_refused(headers: list[tuple[bytes, bytes]]) -> None:
    async def passed(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("this was passed on")

    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers}
    asyncio.run(Guarded(passed)(scope, receive, send))
    assert told[0]["status"] == 403
