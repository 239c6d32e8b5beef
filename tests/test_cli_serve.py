"""`costplan serve`: the interface in a browser, on this machine alone."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from conftest import Cli

from costplan.cli import serve as verb
from costplan.cli.parser import parse
from costplan.errors import UsageError

pytest.importorskip("textual_serve", reason="pip install 'costplan[serve]': nothing was tried")

import aiohttp
from aiohttp import web

from costplan.cli.web_server import LocalServer

TEXT = """\
name: Served
start: 2026-12
months: 1
workloads:
  chat:
    demand: {requests: 100/day}
    request: {input: 500, output: 300}
    routing: {mix: {openai/gpt-6-luna: 100%}}
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A scenario on disk."""
    path = tmp_path / "my plan.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def free_port() -> int:
    """A port that nothing listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


type Client = aiohttp.ClientSession


@asynccontextmanager
async def served(command: str) -> AsyncIterator[tuple[LocalServer, Client]]:
    """A server that runs, and a browser of sorts."""
    server = LocalServer(command, free_port(), title="costplan: my plan.yaml")
    runner = web.AppRunner(await server._make_app())
    await runner.setup()
    await web.TCPSite(runner, server.host, server.port).start()
    try:
        async with aiohttp.ClientSession() as client:
            yield server, client
    finally:
        await runner.cleanup()


def browse(
    steps: Callable[[LocalServer, Client], Awaitable[None]], command: str = "exit 1"
) -> None:
    """Take steps against a server of a command."""

    async def run() -> None:
        async with served(command) as (server, client):
            await steps(server, client)

    asyncio.run(run())


def test_the_page_loads_nothing_from_elsewhere() -> None:
    """Every address in it is the server's own, is there, and the browser is told to keep to it."""

    async def steps(server: LocalServer, client: Client) -> None:
        async with client.get(server.address) as answer:
            page = await answer.text()
            policy = answer.headers["Content-Security-Policy"]
        assert "costplan: my plan.yaml" in page
        found = re.findall(r"\b(?:https?|wss?)://[^\"']+", page)
        assert len(found) == 4
        for address in found:
            assert re.match(rf"(?:http|ws)://127\.0\.0\.1:{server.port}/", address)
            if address.startswith("http"):
                async with client.get(address) as answer:
                    assert answer.status == 200
        assert "default-src 'none'" in policy
        assert not re.search(r"https?:", policy)

    browse(steps)


def test_only_the_whole_address_is_answered() -> None:
    """Without its word, from the page of another site, or under another name: no."""

    async def steps(server: LocalServer, client: Client) -> None:
        plain = f"http://127.0.0.1:{server.port}"
        for address, headers in (
            (f"{plain}/", {}),
            (f"{plain}/?word=guessed", {}),
            (f"{plain}/ws", {}),
            (f"{plain}/ws/guessed", {}),
            (server.address, {"Origin": "http://evil.example"}),
            (server.address, {"Origin": "null"}),
            (server.address, {"Host": f"evil.example:{server.port}"}),
        ):
            async with client.get(address, headers=headers) as answer:
                assert answer.status == 403
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await client.ws_connect(
                f"ws://127.0.0.1:{server.port}/ws/{server.word}", origin="http://evil.example"
            )

    browse(steps)


def test_each_server_has_another_word() -> None:
    """22 letters of 64: nobody tries them all."""
    words = {LocalServer("x", 8000, title="x").word for _ in range(5)}
    assert len(words) == 5
    assert all(len(word) >= 22 for word in words)


def test_the_interface_comes_over_the_socket(file: str) -> None:
    """The plan is drawn, keys reach it, it ends with ctrl+q, and so does its process."""
    command = verb.shell_command(parse(["serve", file, "--months", "2", "--draws", "16"]))

    async def steps(server: LocalServer, client: Client) -> None:
        address = f"ws://127.0.0.1:{server.port}/ws/{server.word}?width=120&height=40"
        async with client.ws_connect(address) as channel:
            await until(channel, rb"Served.*2027-01")
            await channel.send_json(["stdin", "\x11"])  # ctrl+q, which no page keeps to itself
            while not channel.closed:
                await asyncio.wait_for(channel.receive(), 30)
        await left(server)

    browse(steps, command)


def test_processes_end_with_the_server(file: str) -> None:
    """Nobody is left who could write to a file."""
    command = verb.shell_command(parse(["serve", file, "--draws", "16"]))
    processes: list[asyncio.subprocess.Process] = []

    async def steps(server: LocalServer, client: Client) -> None:
        channel = await client.ws_connect(
            f"ws://127.0.0.1:{server.port}/ws/{server.word}?width=80&height=24"
        )
        await until(channel, rb"Served")
        processes.extend(each._process for each in server._visitors if each._process)
        await server.on_shutdown(web.Application())
        assert [process.returncode for process in processes] == [0]
        await left(server)

    browse(steps, command)


async def left(server: LocalServer) -> None:
    """Wait until the last visitor's process has ended."""
    for _ in range(3000):
        if not server._visitors:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("somebody is still there")


async def until(channel: aiohttp.ClientWebSocketResponse, wanted: bytes) -> None:
    """Read until something was drawn."""
    drawn = b""
    while not re.search(wanted, drawn, re.DOTALL):
        message = await asyncio.wait_for(channel.receive(), 30)
        assert message.type is not aiohttp.WSMsgType.CLOSED, drawn[-2000:]
        if isinstance(message.data, bytes):
            drawn += message.data


def test_each_visitor_gets_the_options(file: str) -> None:
    """Quoted for a shell, a file whose name has a space too."""
    said = verb.shell_command(
        parse(["serve", file, "--variant", "a b", "--set", "months=3", "--seed", "7"])
    )
    assert said.endswith(f"-m costplan open --set months=3 '--variant=a b' --seed=7 -- '{file}'")
    assert said.startswith(sys.executable)


def test_without_the_extra_it_says_how_to_get_it(
    file: str, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence, not a traceback."""
    monkeypatch.delitem(sys.modules, "costplan.cli.web_server", raising=False)
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    ran = cli("serve", file)
    assert (ran.code, ran.out) == (2, "")
    assert "pip install 'costplan[serve]'" in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("missing.yaml",), "missing.yaml"),
        (("-",), "name a file"),
        (("{file}", "--port", "70000"), "from 1 to 65535"),
        (("{file}", "--port", "0"), "--port"),
        (("{file}", "--release", "1999"), "unknown release"),
    ],
)
def test_what_is_wrong_is_told_before_serving(
    words: tuple[str, ...], said: str, file: str, cli: Cli
) -> None:
    """Not to each visitor."""
    ran = cli("serve", *(word.format(file=file) for word in words))
    assert ran.code == 2
    assert said in ran.err


def test_a_taken_port_is_told() -> None:
    """With what to do."""
    from costplan.cli.web_server import serve

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} cannot be used .* --port N"):
            serve("exit 1", port, title="x")
