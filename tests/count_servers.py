"""A server on this machine that counts tokens as Anthropic's and OpenAI's APIs do."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "sk-test-5ecretKey0fTheTests"
"""What the server takes; no output, file or message may hold it."""

COUNTING = ("/v1/messages/count_tokens", "/v1/responses/input_tokens")


@dataclass(frozen=True)
class Reply:
    """An answer out of turn."""

    status: int = 200
    document: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds before the answer."""
    closes: bool = False
    """Whether the connection ends without an answer."""


def anthropic_error(kind: str, message: str) -> dict[str, Any]:
    """What Anthropic's API says."""
    return {"type": "error", "error": {"type": kind, "message": message}}


def openai_error(message: str) -> dict[str, Any]:
    """What OpenAI's API says."""
    kind = "invalid_request_error"
    return {"error": {"message": message, "type": kind, "param": None, "code": None}}


BUSY = Reply(429, anthropic_error("rate_limit_error", "Slow down."), {"retry-after": "3"})
OVERLOADED = Reply(529, anthropic_error("overloaded_error", "Overloaded"))
BROKEN = Reply(500, openai_error("The server had an error."))
CLOSED = Reply(closes=True)


@dataclass
class Asked:
    """A request the server was sent."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def is_anthropic(self) -> bool:
        """Whether it came from Anthropic's SDK."""
        return "anthropic-version" in self.headers


@dataclass
class CountServer:
    """What the server is to answer, and what it was asked."""

    url: str = ""
    count: Callable[[dict[str, Any]], int] = lambda _: 11
    """The tokens of a body."""
    models: tuple[str, ...] = ("claude-haiku-4-5-20251001", "claude-opus-4-8", "gpt-4o", "gpt-5.4")
    page: int = 2
    """Models on one page."""
    replies: deque[Reply] = field(default_factory=deque)
    """Given first, one for each request."""
    asked: list[Asked] = field(default_factory=list)

    @property
    def questions(self) -> list[Asked]:
        """The requests for a count."""
        return [each for each in self.asked if each.method == "POST"]

    def answer(self, asked: Asked) -> Reply:
        """What the API answers."""
        if self.replies:
            return self.replies.popleft()
        # Anthropic's SDK sent the key as x-api-key once, and sends it as OpenAI does since.
        key = asked.headers.get("x-api-key") or asked.headers.get("authorization", "")
        name = asked.body.get("model", "")
        if key.removeprefix("Bearer ") != KEY:
            return self._error(asked, 401, "authentication_error", f"Incorrect API key: {key}")
        if asked.path == "/v1/models":
            return self._models(asked)
        if asked.path not in COUNTING:
            return self._error(asked, 404, "not_found_error", f"Invalid URL {asked.path}")
        if name not in self.models:
            return self._error(asked, 404, "not_found_error", f"no model {name}")
        tokens = {"input_tokens": self.count(asked.body)}
        named = {} if asked.is_anthropic else {"object": "response.input_tokens"}
        return Reply(200, {**named, **tokens})

    def _error(self, asked: Asked, status: int, kind: str, message: str) -> Reply:
        said = anthropic_error(kind, message) if asked.is_anthropic else openai_error(message)
        return Reply(status, said)

    def _models(self, asked: Asked) -> Reply:
        after = asked.query.get("after_id", [""])[0]
        start = self.models.index(after) + 1 if after else 0
        names = self.models[start : start + self.page]
        listed = [{"type": "model", "id": name} for name in names]
        if not asked.is_anthropic:
            listed = [{"object": "model", "id": name} for name in self.models]
            return Reply(200, {"object": "list", "data": listed})
        more = start + self.page < len(self.models)
        ends = {"first_id": names[0], "last_id": names[-1]}
        return Reply(200, {"data": listed, "has_more": more, **ends})


@contextmanager
def serving() -> Iterator[CountServer]:
    """A server on a free port of this machine, until the block ends."""
    script = CountServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def _serve(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length", 0)))
            address = urlsplit(self.path)
            asked = Asked(
                self.command,
                address.path,
                parse_qs(address.query),
                {name.lower(): value for name, value in self.headers.items()},
                json.loads(content) if content else {},
            )
            script.asked.append(asked)
            reply = script.answer(asked)
            time.sleep(reply.delay)
            if reply.closes:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            text = reply.document if isinstance(reply.document, str) else json.dumps(reply.document)
            self.send_response_only(reply.status)
            for name, value in {"content-type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A client that went away is what some tests are about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        script.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield script
        finally:
            server.shutdown()
            thread.join()
