"""Asking providers for counts, against a real server of our own; what is kept, and what is not."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from count_servers import (
    BROKEN,
    BUSY,
    CLOSED,
    KEY,
    OVERLOADED,
    CountServer,
    Reply,
    anthropic_error,
    openai_error,
    serving,
)

from costplan.errors import CostplanError, UnknownModelError, UsageError
from costplan.tokens import Method, TokenCount, message_frame
from costplan.tokens.counts import certain
from costplan.tokens.online import (
    Access,
    AnswerStore,
    OnlineCounter,
    Patience,
    RefusedError,
    UnreachableError,
    WrongKeyError,
    provider_of,
)
from costplan.tokens.online.openai import OpenAIEndpoint

CLAUDE, GPT = "anthropic/claude-opus-4-8", "openai/gpt-4o"
HELLO = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 5, "temperature": 0.5}
DAY = date(2026, 11, 21)
OFFLINE = TokenCount(7, 5, 9, Method.ASSUMED)


@pytest.fixture(scope="module")
def shared() -> Iterator[CountServer]:
    with serving() as server:
        yield server


@pytest.fixture
def server(shared: CountServer, monkeypatch: pytest.MonkeyPatch) -> CountServer:
    """The server as new, reached without a proxy."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    fresh = CountServer(url=shared.url)
    shared.__dict__.update({**fresh.__dict__})
    return shared


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """As `time.sleep`, at once."""
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Setup:
    """A counter, and what happened around it."""

    server: CountServer
    answers: Path | None
    time: Time = field(default_factory=Time)
    warnings: list[str] = field(default_factory=list)
    key: str = KEY
    timeout: float = 5.0
    lock_timeout: float = 30.0

    def counter(self) -> OnlineCounter:
        """A new one, as of a new process."""
        access = Access(self.key, self.server.url)
        return OnlineCounter(
            {"anthropic": access, "openai": access},
            AnswerStore(self.answers, warn=self.warnings.append, timeout=self.lock_timeout),
            day=DAY,
            request=lambda _body, _model: OFFLINE,
            text=lambda _text, _model: OFFLINE,
            warn=self.warnings.append,
            patience=Patience(
                timeout=self.timeout, sleep=self.time.sleep, clock=lambda: self.time.now
            ),
        )


@pytest.fixture
def setup(server: CountServer, tmp_path: Path) -> Setup:
    return Setup(server, tmp_path / "folder" / "answers.db")


@pytest.mark.parametrize(
    ("model", "path"),
    [(CLAUDE, "/v1/messages/count_tokens"), (GPT, "/v1/responses/input_tokens")],
)
def test_a_request_is_counted_by_its_provider(setup: Setup, model: str, path: str) -> None:
    """What only concerns the answer is not sent; the provider's number is exact."""
    setup.server.count = lambda body: 100 + len(body)
    with setup.counter() as counter:
        # Two keys are sent: the model, and the messages or input.
        assert counter.count_request(HELLO, model) == certain(102, Method.EXACT)
    [asked] = setup.server.asked
    assert (asked.method, asked.path) == ("POST", path)
    assert asked.body.keys() <= {"model", "messages", "input"}
    assert asked.body["model"] == model.partition("/")[2]


@pytest.mark.parametrize("model", [CLAUDE, GPT])
def test_a_text_is_one_message_without_its_frame(setup: Setup, model: str) -> None:
    """10 tokens and the frame come back; 10 are the text's."""
    setup.server.count = lambda _: 10 + message_frame(model)
    with setup.counter() as counter:
        assert counter.count_text("Hello", model) == certain(10, Method.VENDOR_EQUIVALENT)
        assert counter.count_text("", model) == OFFLINE  # providers refuse an empty message
    assert len(setup.server.asked) == 1


def test_each_question_is_asked_once_ever(setup: Setup) -> None:
    """Also by another process on another day; not of another model, text or server."""
    for _ in range(2):
        with setup.counter() as counter:
            assert counter.ask(HELLO, CLAUDE) == 11
            assert counter.ask({**HELLO, "max_tokens": 99}, CLAUDE) == 11
            assert counter.ask(HELLO, GPT) == 11
            assert counter.count_text("Hello", CLAUDE).tokens == 11 - message_frame(CLAUDE)
    assert len(setup.server.questions) == 2  # one message is what a text is asked as
    with setup.counter() as counter:
        counter.ask({"messages": [{"role": "user", "content": "Hallo"}]}, CLAUDE)
        counter.ask(HELLO, "anthropic/claude-haiku-4-5-20251001")
        assert counter.sent == 2
    with serving() as other:
        other.count = lambda _: 12
        with Setup(other, setup.answers).counter() as counter:
            assert counter.ask(HELLO, CLAUDE) == 12


def test_the_file_holds_digests_tokens_and_days(setup: Setup) -> None:
    """Never a text or a key."""
    with setup.counter() as counter:
        counter.count_text("a text nobody should find", CLAUDE)
        counter.count_text("a text nobody should find", GPT)
    assert setup.answers is not None
    content = setup.answers.read_bytes()
    assert b"nobody" not in content
    assert KEY.encode() not in content
    database = sqlite3.connect(setup.answers)
    rows = database.execute("SELECT length(question), model, tokens, asked FROM answers").fetchall()
    database.close()
    assert sorted(rows) == [
        (64, "claude-opus-4-8", 11, "2026-11-21"),
        (64, "gpt-4o", 11, "2026-11-21"),
    ]


@pytest.mark.parametrize("model", [CLAUDE, GPT])
@pytest.mark.parametrize(
    ("replies", "slept"),
    [
        ([BUSY], [3.0]),  # as it asks
        ([OVERLOADED, OVERLOADED], [0.5, 1.0]),  # doubled
        ([BROKEN, BUSY, CLOSED], [0.5, 3.0, 2.0]),
        ([Reply(429, {}, {"retry-after": "soon"})], [0.5]),  # makes no sense
        ([Reply(429, {}, {"retry-after": "-4"})], [0.5]),
        ([Reply(429, {}, {"retry-after": "0"})], [0.0]),
        ([Reply(200, {"tokens": 11})], [0.5]),  # not a count
        ([Reply(200, {"input_tokens": "many"})], [0.5]),
    ],
)
def test_what_passes_is_waited_for(
    setup: Setup, model: str, replies: list[Reply], slept: list[float]
) -> None:
    setup.server.replies.extend(replies)
    with setup.counter() as counter:
        assert counter.ask(HELLO, model) == 11
    assert setup.time.slept == slept
    assert len(setup.server.questions) == 1 + len(replies)
    assert counter.sent == 1


def test_retry_after_may_be_a_date(setup: Setup) -> None:
    """It is read on the provider's own clock: from its Date to its date are 7 seconds."""
    headers = {
        "retry-after": "Sat, 21 Nov 2026 12:00:10 GMT",
        "date": "Sat, 21 Nov 2026 12:00:03 GMT",
    }
    for model in (CLAUDE, GPT):
        setup.server.replies.append(Reply(429, {}, headers))
        with setup.counter() as counter:
            counter.ask(HELLO, model)
    assert setup.time.slept == [7.0, 7.0]


@pytest.mark.parametrize("model", [CLAUDE, GPT])
@pytest.mark.parametrize(
    ("replies", "reason"),
    [
        ([OVERLOADED] * 4, "asked 4 times: it answers 529 Overloaded"),
        ([CLOSED] * 4, "asked 4 times: "),
        ([Reply(429, {}, {"retry-after": "90"})], "asked once: it answers 429 and would have us"),
        ([Reply(200, "<html>A hotel's log-in page</html>")] * 4, "asked 4 times: its answer"),
    ],
)
def test_a_provider_that_cannot_be_asked(
    setup: Setup, model: str, replies: list[Reply], reason: str
) -> None:
    """The offline count with one warning; it is not asked again, and nothing is remembered."""
    setup.server.replies.extend(replies)
    with setup.counter() as counter:
        assert counter.count_request(HELLO, model) == OFFLINE
        assert counter.count_text("Hello", model) == OFFLINE
    assert len(setup.server.questions) == len(replies)
    [warning] = setup.warnings
    assert reason in warning
    assert warning.endswith("its models are counted offline from here on")
    setup.server.replies.clear()
    with setup.counter() as counter:
        assert counter.count_request(HELLO, model).tokens == 11


@pytest.mark.parametrize("model", [CLAUDE, GPT])
def test_a_slow_answer_is_not_waited_for(setup: Setup, model: str) -> None:
    setup.timeout = 0.3
    setup.server.replies.append(Reply(delay=0.9))
    with setup.counter() as counter:
        assert counter.ask(HELLO, model) == 11
    assert setup.time.slept[:1] == [0.5]  # more only where this machine is busy


def test_there_is_an_end_to_all_waiting(setup: Setup) -> None:
    """Three waits of 25 seconds do not fit into 60."""
    setup.server.replies.extend([Reply(429, {}, {"retry-after": "25"})] * 4)
    with setup.counter() as counter, pytest.raises(UnreachableError, match="asked 3 times"):
        counter.ask(HELLO, GPT)
    assert setup.time.slept == [25.0, 25.0]


@pytest.mark.parametrize("model", [CLAUDE, GPT])
def test_a_server_that_is_not_there(setup: Setup, model: str) -> None:
    with serving() as gone:
        pass
    setup.server = gone
    with setup.counter() as counter, pytest.raises(UnreachableError, match="no connection"):
        counter.ask(HELLO, model)


@pytest.mark.parametrize("model", [CLAUDE, GPT])
def test_a_wrong_key_is_said_at_once_and_never_shown(setup: Setup, model: str) -> None:
    """Even though the provider repeats it."""
    setup.key = "sk-wr0ng-9876543210"
    with setup.counter() as counter, pytest.raises(WrongKeyError) as caught:
        counter.count_text("Hello", model)
    assert len(setup.server.asked) == 1
    assert setup.time.slept == []
    assert "_API_KEY is whole" in str(caught.value)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert "wr0ng" not in shown + repr(counter.__dict__["_access"])
    assert setup.warnings == []


@pytest.mark.parametrize("model", [CLAUDE, GPT])
def test_a_refused_request_is_counted_offline_and_others_are_asked(
    setup: Setup, model: str
) -> None:
    """The provider's own words, on one line, without the key they may hold."""
    message = f"messages: too\nlong for {KEY}; " + "very " * 99 + "long"
    reply = Reply(400, anthropic_error("invalid_request_error", message))
    setup.server.replies.extend([reply, reply])
    with setup.counter() as counter:
        assert counter.count_request(HELLO, model) == OFFLINE
        assert counter.count_request(HELLO, model) == OFFLINE  # and no second warning
        assert counter.count_request({**HELLO, "tools": []}, model).tokens == 11
    [warning] = setup.warnings
    assert "400 messages: too long for (the key); very" in warning
    assert len(warning) < 400


@pytest.mark.parametrize("model", [CLAUDE, GPT])
def test_a_redirection_is_not_followed(setup: Setup, model: str) -> None:
    """The key would go along to wherever it points."""
    with serving() as elsewhere:
        for status in (301, 302, 307, 308):
            headers = {"location": f"{elsewhere.url}/v1/responses/input_tokens"}
            setup.server.replies.append(Reply(status, {}, headers))
            with setup.counter() as counter, pytest.raises(RefusedError, match=str(status)):
                counter.ask(HELLO, model)
        assert elsewhere.asked == []


@pytest.mark.parametrize(
    ("model", "nearest"),
    [
        ("anthropic/claude-opus-4-9", "anthropic/claude-opus-4-8"),
        ("openai/gpt-5.5", "openai/gpt-5.4"),
    ],
)
def test_a_model_the_provider_does_not_have(setup: Setup, model: str, nearest: str) -> None:
    """Names the nearest that it lists; Anthropic's list has pages, two of two models each."""
    with setup.counter() as counter, pytest.raises(UnknownModelError, match=nearest):
        counter.count_text("Hello", model)
    listed = [each for each in setup.server.asked if each.path == "/v1/models"]
    after = [each.query.get("after_id", [""])[0] for each in listed]
    is_paged = model.startswith("anthropic")
    assert after == (["", "claude-opus-4-8"] if is_paged else [""])


def test_a_wrong_address_is_not_a_wrong_model(setup: Setup) -> None:
    """The model is listed, or nothing is."""
    setup.server.replies.extend([Reply(404, openai_error("Invalid URL"))])
    with setup.counter() as counter, pytest.raises(RefusedError, match="404 Invalid URL"):
        counter.ask(HELLO, GPT)
    setup.server.replies.extend([Reply(404, {}), Reply(404, {})])
    with setup.counter() as counter, pytest.raises(RefusedError, match="404"):
        counter.ask(HELLO, CLAUDE)


@pytest.mark.parametrize("model", ["google/gemini-2.5-pro", "gpt-4o", "anthropic/"])
def test_a_model_of_nobody_who_counts(setup: Setup, model: str) -> None:
    with pytest.raises(UsageError, match=r"only anthropic/\.\.\. and openai/\.\.\. can"):
        provider_of(model)
    with setup.counter() as counter, pytest.raises(UsageError):
        counter.ask(HELLO, model)


@pytest.mark.parametrize("key", ["", "sk-1\nx: y", "sk 1", "clé-secrète", "sk-1\x00"])
def test_a_key_that_cannot_be_one(key: str) -> None:
    """Libraries would quote it in their complaint."""
    with pytest.raises(UsageError) as caught:
        Access(key, "https://api.anthropic.com")
    assert not key or key not in str(caught.value)


@pytest.mark.parametrize("url", ["api.openai.com", "file:///etc/passwd", "https://", ""])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(UsageError, match="is no address of an API"):
        Access(KEY, url)


@pytest.mark.parametrize("model", [CLAUDE, GPT])
def test_half_a_character_is_sent_as_it_is_counted(setup: Setup, model: str) -> None:
    """A lone surrogate as U+FFFD, a split pair as the character it is."""
    with setup.counter() as counter:
        counter.count_text("a\ud800 \ud83d\ude00", model)
    [asked] = setup.server.asked
    assert "a\ufffd \U0001f600" in json.dumps(asked.body, ensure_ascii=False)


@pytest.mark.parametrize(
    ("model", "body"),
    [
        (CLAUDE, {}),
        (GPT, {}),
        (CLAUDE, {"messages": [object()]}),
        (CLAUDE, {"messages": [float("nan")]}),
        (GPT, {"messages": [{"content": "no role"}]}),
        (GPT, {"messages": "no list"}),
        (GPT, {"input": "Hello", "conversation": "conv_1"}),
    ],
)
def test_a_body_that_cannot_be_sent(setup: Setup, model: str, body: dict[str, Any]) -> None:
    with setup.counter() as counter, pytest.raises(UsageError):
        counter.ask(body, model)
    assert setup.server.asked == []


def test_a_damaged_file_of_answers_is_put_aside(setup: Setup) -> None:
    """With what is in it; the run goes on, the next one begins anew."""
    assert setup.answers is not None
    setup.answers.parent.mkdir()
    setup.answers.write_text("no database at all, but somebody's data" * 99)
    with setup.counter() as counter:
        assert counter.ask(HELLO, CLAUDE) == 11
    [warning] = setup.warnings
    assert "is damaged" in warning
    aside = setup.answers.with_name("answers.db.damaged")
    assert aside.read_text().startswith("no database at all")
    with setup.counter() as counter:
        counter.ask(HELLO, CLAUDE)
    with setup.counter() as counter:
        counter.ask(HELLO, CLAUDE)
    assert len(setup.server.questions) == 2
    setup.answers.write_text("damaged again" * 99)
    with setup.counter() as counter:
        counter.ask(HELLO, CLAUDE)
    assert aside.read_text().startswith("no database at all")
    assert setup.answers.with_name("answers.db.damaged2").exists()


def in_a_folder(path: Path) -> Callable[[], None]:
    path.mkdir(parents=True)
    return path.rmdir


def locked(path: Path) -> Callable[[], None]:
    path.parent.mkdir()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    return other.close


@pytest.mark.parametrize("spoil", [in_a_folder, locked])
def test_a_file_of_answers_that_cannot_be_used_is_done_without(
    setup: Setup, spoil: Callable[[Path], Callable[[], None]]
) -> None:
    """One warning, the counts all the same, each question once in the run."""
    assert setup.answers is not None
    setup.lock_timeout = 0.05
    restore = spoil(setup.answers)
    with setup.counter() as counter:
        assert counter.ask(HELLO, CLAUDE) == 11
        assert counter.ask(HELLO, CLAUDE) == 11
    restore()
    [warning] = setup.warnings
    assert "answers are not remembered" in warning
    assert len(setup.server.questions) == 1


def test_a_file_of_answers_that_cannot_be_written_is_still_read(setup: Setup) -> None:
    """Held by another process that is writing for too long."""
    with setup.counter() as counter:
        counter.ask(HELLO, CLAUDE)
    assert setup.answers is not None
    writer = sqlite3.connect(setup.answers, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    setup.lock_timeout = 0.05
    with setup.counter() as counter:
        counter.ask({**HELLO, "system": "Be brief."}, CLAUDE)
        counter.ask({**HELLO, "system": "Be long."}, CLAUDE)
        counter.ask(HELLO, CLAUDE)
    writer.close()
    assert len(setup.warnings) == 1
    assert len(setup.server.questions) == 3


def test_counters_may_share_a_file(setup: Setup) -> None:
    """Four at once, each with the same and with its own questions."""
    setup.server.count = lambda body: len(body["input"])

    def count(who: int) -> list[int]:
        with setup.counter() as counter:
            return [counter.ask({"input": "x" * n}, GPT) for n in (1, 2, 3, 10 + who)]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(count, range(4)))
    assert found == [[1, 2, 3, 10 + who] for who in range(4)]
    assert setup.warnings == []
    asked = len(setup.server.questions)
    with setup.counter() as counter:
        assert [counter.ask({"input": "x" * n}, GPT) for n in (1, 2, 3, 13)] == [1, 2, 3, 13]
    assert len(setup.server.questions) == asked


def test_a_chat_is_asked_as_a_response() -> None:
    """Roles, calls and results, a picture, a flat tool, a structured answer."""
    function = {"name": "f", "description": "d", "parameters": {"type": "object"}}
    url = "data:image/png;base64,AAAA"
    chat = {
        "model": "gpt-4o",
        "max_completion_tokens": 9,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "See"},
                    {"type": "image_url", "image_url": {"url": url}},
                ],
            },
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
                ],
            },
            {"role": "tool", "tool_call_id": "c1", "content": "done"},
            {"role": "assistant", "content": [{"type": "text", "text": "Done."}]},
        ],
        "tools": [{"type": "function", "function": function}],
        "tool_choice": {"type": "function", "function": {"name": "f"}},
        "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": {}}},
        "reasoning_effort": "low",
    }
    assert OpenAIEndpoint.prepare(chat) == {
        "input": [
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "See"},
                    {"type": "input_image", "image_url": url, "detail": "auto"},
                ],
            },
            {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c1", "output": "done"},
            {"role": "assistant", "content": [{"type": "output_text", "text": "Done."}]},
        ],
        "tools": [{"type": "function", "strict": False, **function}],
        "tool_choice": {"type": "function", "name": "f"},
        "text": {"format": {"type": "json_schema", "name": "s", "schema": {}}},
        "reasoning": {"effort": "low"},
    }


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"functions": []}, "functions"),
        ({"web_search_options": {}}, "web_search_options"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"messages": [{"role": "user", "name": "ann", "content": "x"}]}, "name of a message"),
        ({"messages": [{"role": "function", "content": "x"}]}, "'function'"),
        (
            {"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]},
            "'input_audio'",
        ),
        ({"tools": [{"type": "custom", "custom": {"name": "f"}}]}, "'custom'"),
    ],
)
def test_what_a_response_has_no_place_for_is_named(change: dict[str, Any], named: str) -> None:
    with pytest.raises(UsageError, match="has no place") as caught:
        OpenAIEndpoint.prepare({**HELLO, **change})
    assert named in str(caught.value)


def test_a_refusal_to_count_is_an_error_of_costplan() -> None:
    """One `except` catches them all, and none is a bug of ours."""
    for error in (WrongKeyError, RefusedError, UnreachableError):
        assert issubclass(error, CostplanError)
        assert error.exit_code == 2


def test_importing_it_loads_nothing_that_could_send() -> None:
    """Neither the SDK, a network library nor a database, until something is asked."""
    code = """import sys, costplan.cli.calibrate, costplan.cli.online, costplan.tokens.online
print(*{"anthropic", "http.client", "urllib.request", "sqlite3"} & {*sys.modules})"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""
