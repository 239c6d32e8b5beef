"""A server for browsers on this machine, with what textual-serve leaves open closed.

textual-serve runs a command for each visitor and carries its screen over a websocket. By itself it
asks for a font on the internet, answers any page of any site that finds the port, and any user of
the machine. So the page is ours, with the fonts that textual-serve brings; requests must be for
this address and from this page; and the address has a word that cannot be guessed, as notebooks do.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from hmac import compare_digest
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp_jinja2 import get_env
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

from costplan.cli.streams import note
from costplan.errors import UsageError

HOST = "127.0.0.1"
_PAGES = Path(__file__).with_name("web")
_HEARTBEAT = 15.0
"""Seconds after which a browser that is gone is noticed."""
_PATIENCE = 2.0
"""Seconds that a visitor's process has to leave."""
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self'; img-src 'self' data:; connect-src 'self' ws://{host}; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""What the page may load: only what comes from this address."""

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def serve(command: str, port: int, *, title: str) -> None:
    """Serve until interrupted.

    Args:
        command: of a shell, run for each visitor.
        port: on the loopback address.
        title: of the page while it loads.

    Raises:
        UsageError: the port is taken.
    """
    server = LocalServer(command, port, title=title)
    logging.basicConfig(level=logging.WARNING, format="costplan: %(message)s")
    try:
        with suppress(KeyboardInterrupt, asyncio.CancelledError):
            asyncio.run(server.run())
    except OSError as error:
        said = os.strerror(error.errno) if error.errno else str(error)
        raise UsageError(f"port {port} cannot be used ({said}); name another: --port N") from None


class Visitor(AppService):
    """The process of one visitor, which is never left behind."""

    async def end(self) -> None:
        """Ask it to leave, and see that it does."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop(), _PATIENCE)
        process = self._process
        if process is None:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _PATIENCE)
        if process.returncode is None:
            process.kill()
            await process.wait()


class LocalServer(Server):
    """The interface for whoever has the word of its address."""

    def __init__(self, command: str, port: int, *, title: str) -> None:
        super().__init__(command, HOST, port, title=title, templates_path=_PAGES)
        self._visitors: set[Visitor] = set()
        self.word = secrets.token_urlsafe(16)

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"{self.public_url}/?word={self.word}"

    async def run(self) -> None:
        """Listen, say where, and go on until told to end.

        Raises:
            OSError: the port is taken.
        """
        ended = asyncio.Event()
        with suppress(NotImplementedError):  # Windows ends a process without asking
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
        runner = web.AppRunner(await self._make_app(), shutdown_timeout=_PATIENCE)
        await runner.setup()
        try:
            await web.TCPSite(runner, self.host, self.port).start()
            note(f"open {self.address} in a browser; Ctrl-C ends it")
            await ended.wait()
        finally:
            await runner.cleanup()

    async def on_startup(self, app: web.Application) -> None:
        """Nothing: it listens only after this."""

    async def on_shutdown(self, app: web.Application) -> None:
        """Every visitor's process ends with the server."""
        del app
        await asyncio.gather(*(visitor.end() for visitor in self._visitors))

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Carry the screen of a process of the visitor's own."""
        channel = web.WebSocketResponse(heartbeat=_HEARTBEAT)
        await channel.prepare(request)

        async def close() -> None:
            await channel.close()

        visitor = Visitor(
            self.command,
            write_bytes=channel.send_bytes,
            write_str=channel.send_str,
            close=close,
            download_manager=self.download_manager,
        )
        self._visitors.add(visitor)
        width, height = (request.query.get(name, "") for name in ("width", "height"))
        try:
            await visitor.start(to_int(width, 80), to_int(height, 24))
            await self._process_messages(channel, visitor)
        finally:
            await visitor.end()
            self._visitors.discard(visitor)
        return channel

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        get_env(app).globals["word"] = self.word
        app.router.add_get("/ws/{word}", self.handle_websocket, name="own-websocket")
        app.middlewares.append(self._guard)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Only this page, at this address, with the word."""
        origin = request.headers.get("Origin")
        here = urlsplit(self.public_url).netloc
        if request.host != here or (origin is not None and urlsplit(origin).netloc != here):
            raise web.HTTPForbidden(text="this address answers its own page only")
        if not self._has_word(request):
            raise web.HTTPForbidden(text="open the whole address that costplan serve printed")
        response = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = _POLICY.format(host=request.host)
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers["Cache-Control"] = "no-store"
        return response

    def _has_word(self, request: web.Request) -> bool:
        """Scripts and fonts are no secret; a download has a name that cannot be guessed."""
        if request.path.startswith(("/static/", "/download/")):
            return True
        given = request.match_info.get("word") or request.query.get("word", "")
        return request.path != "/ws" and compare_digest(given.encode(), self.word.encode())
