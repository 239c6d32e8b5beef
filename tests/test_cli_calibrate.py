"""`costplan calibrate`, against a real server of our own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Ran
from count_servers import CLOSED, KEY, CountServer, Reply, anthropic_error, serving

from costplan.cli.online import corrections_of, count_offline, online_counter
from costplan.tokens import count_tokens, message_frame, online
from costplan.tokens.online import PROVIDERS, Patience

CLAUDE, GPT = "anthropic/claude-opus-4-8", "openai/gpt-5.4"


@pytest.fixture(scope="module")
def shared() -> Iterator[CountServer]:
    with serving() as server:
        yield server


@pytest.fixture
def server(
    shared: CountServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[CountServer]:
    """The server as new, named in the environment with the key; afterwards, no file has the key."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    shared.__dict__.update(CountServer(url=shared.url).__dict__)
    shared.count = lambda body: count_offline(body, model_of(body)).tokens
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for maker in ("ANTHROPIC", "OPENAI"):
        monkeypatch.setenv(f"{maker}_API_KEY", KEY)
        monkeypatch.setenv(f"{maker}_BASE_URL", shared.url)
    monkeypatch.setattr(online, "Patience", lambda: Patience(sleep=lambda _: None))
    yield shared
    for file in tmp_path.rglob("*"):
        assert file.is_dir() or KEY.encode() not in file.read_bytes(), file


def model_of(body: dict[str, Any]) -> str:
    return f"{'anthropic' if 'messages' in body else 'openai'}/{body['model']}"


def calibrate(cli: Cli, *arguments: str) -> Ran:
    ran = cli("calibrate", *arguments)
    assert KEY not in ran.out + ran.err
    return ran


def rows(ran: Ran) -> dict[str, dict[str, Any]]:
    return {row["constant"]: row for row in json.loads(ran.out)}


@pytest.mark.parametrize("model", [CLAUDE, GPT])
def test_what_the_provider_counts_beyond_ours_is_found_and_kept(
    cli: Cli, server: CountServer, model: str
) -> None:
    """Each request 2 more, and each tool 5: those two constants differ, the others do not."""
    ours = server.count
    server.count = lambda body: ours(body) + 2 + 5 * len(body.get("tools", ()))
    ran = calibrate(cli, "--model", model, "--format", "json")
    assert ran.code == 0
    found = rows(ran)
    differences = {name: row["difference"] for name, row in found.items() if row["difference"]}
    assert differences == {"request": 2, "tool": 5}
    assert len(found) == 9
    assert found["tool"]["measured"] == found["tool"]["offline"] + 5
    assert corrections_of(model) == differences
    assert "9 of 9 questions sent" in ran.err


@pytest.mark.parametrize("named", [CLAUDE, CLAUDE.partition("/")[2]])
def test_requests_are_counted_with_what_was_measured(
    cli: Cli, server: CountServer, named: str
) -> None:
    """Two tokens more, also where the body has the bare name; it is said that they are in it."""
    body = json.dumps({"model": named, "messages": [{"role": "user", "content": "Hi"}] * 2})
    count = ("tokens", "--request", "--lines", "--format", "json")
    before = cli(*count, stdin=body.encode())
    ours = server.count
    server.count = lambda body: ours(body) + 2
    calibrate(cli, "--model", CLAUDE)
    after = cli(*count, stdin=f"{body}\n{body}".encode())
    assert before.err == ""
    assert after.err == f"{named}: counted with the constants that costplan calibrate measured\n"
    was, now = (json.loads(ran.out)[0]["tokens"] for ran in (before, after))
    assert now == 2 * (was + 2)


def test_calibrating_again_asks_nothing(cli: Cli, server: CountServer) -> None:
    """The answers are remembered; the table is the same."""
    first = calibrate(cli, "--model", CLAUDE)
    asked = len(server.asked)
    assert asked == 9
    second = calibrate(cli, "--model", CLAUDE)
    assert len(server.asked) == asked
    assert first.out == second.out
    assert "0 of 9 questions sent" in second.err


def test_the_table_says_what_each_constant_is(cli: Cli, server: CountServer) -> None:
    """With the method before; as CSV and into a file too."""
    ours = server.count
    server.count = lambda body: ours(body) + 30 * ("thinking" in body)
    out = calibrate(cli, "--model", CLAUDE).out
    line = next(line for line in out.splitlines() if "thinking" in line)
    assert "thinking switched on" in line
    assert "+30" in line
    assert "Method before" in out
    assert out.count("+") == 1
    lines = calibrate(cli, "--model", CLAUDE, "--format", "csv").out.splitlines()
    assert lines[0] == "model,constant,offline,measured,difference,method,note"
    assert len(lines) == 10


def test_a_refused_probe_is_told_and_the_others_go_on(cli: Cli, server: CountServer) -> None:
    """Newer models take no forced call."""
    answer = server.answer

    def refusing(asked: Any) -> Reply:
        if asked.body.get("tool_choice") == {"type": "any"}:
            return Reply(400, anthropic_error("invalid_request_error", "tool_choice: no any"))
        return answer(asked)

    server.answer = refusing  # type: ignore[method-assign]
    ran = calibrate(cli, "--model", CLAUDE, "--format", "json")
    refused = calibrate(cli, "--model", CLAUDE)
    del server.answer
    found = rows(ran)
    assert ran.code == 0
    assert found["tools_any"]["measured"] is None
    assert "400 tool_choice: no any" in found["tools_any"]["note"]
    assert [name for name, row in found.items() if row["measured"] is None] == ["tools_any"]
    assert "a call forced: not measured: Anthropic refuses" in refused.out


@pytest.mark.parametrize("model", [CLAUDE, GPT])
@pytest.mark.parametrize("key", [None, "", "  "])
def test_without_a_key_it_says_what_to_do(
    cli: Cli,
    server: CountServer,
    monkeypatch: pytest.MonkeyPatch,
    model: str,
    key: str | None,
) -> None:
    """Exit code 2, and nothing is sent."""
    variable = PROVIDERS[model.partition("/")[0]].key_variable
    monkeypatch.delenv(variable)
    if key is not None:
        monkeypatch.setenv(variable, key)
    ran = calibrate(cli, "--model", model)
    assert (ran.code, ran.out) == (2, "")
    assert f"{variable} is not set; set it in the environment" in ran.err
    assert server.asked == []


def test_a_key_or_address_that_cannot_be_one(
    cli: Cli, server: CountServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 2; the key is not shown. Ends of lines around it are what editors leave."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", f"{KEY} {KEY}")
    ran = calibrate(cli, "--model", CLAUDE)
    assert (ran.code, ran.out) == (2, "")
    assert "ANTHROPIC_API_KEY" in ran.err
    monkeypatch.setenv("ANTHROPIC_API_KEY", f" {KEY}\n")
    assert calibrate(cli, "--model", CLAUDE).code == 0
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "localhost:80")
    ran = calibrate(cli, "--model", CLAUDE)
    assert ran.code == 2
    assert "'localhost:80' is no address of an API" in ran.err


def test_a_wrong_key(cli: Cli, server: CountServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2 after one question, and the key, which the server repeats, is not shown."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wr0ng-9876543210")
    ran = calibrate(cli, "--model", GPT)
    assert (ran.code, ran.out) == (2, "")
    assert "OpenAI does not accept the key (401)" in ran.err
    assert "wr0ng" not in ran.err
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("model", "code", "said"),
    [
        ("anthropic/claude-opus-4-88", 3, "did you mean 'anthropic/claude-opus-4-8'?"),
        ("google/gemini-3.8-flash", 2, "only anthropic/... and openai/... can"),
    ],
)
def test_a_model_that_cannot_be_asked_for(
    cli: Cli, server: CountServer, model: str, code: int, said: str
) -> None:
    """One the book does not hold, and one of a provider that does not count; nothing is sent."""
    ran = calibrate(cli, "--model", f"{CLAUDE},{model}")
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert server.asked == []


def test_a_model_the_provider_has_not(cli: Cli, server: CountServer) -> None:
    """Exit code 3 with the nearest it lists; what was found before is kept and printed."""
    ran = calibrate(cli, "--model", f"{GPT},openai/gpt-5.2", "--format", "json")
    assert ran.code == 3
    assert "unknown model 'openai/gpt-5.2'; did you mean 'openai/gpt-5.4'?" in ran.err
    assert {row["model"] for row in json.loads(ran.out)} == {GPT}


@pytest.mark.parametrize("model", [CLAUDE, GPT])
def test_a_network_that_fails(cli: Cli, server: CountServer, model: str) -> None:
    """Exit code 2; what was answered before is not asked again."""
    answer = server.answer

    def failing(asked: Any) -> Reply:
        return CLOSED if len(server.asked) > 3 else answer(asked)

    server.answer = failing  # type: ignore[method-assign]
    ran = calibrate(cli, "--model", model)
    del server.answer
    assert (ran.code, ran.out) == (2, "")
    assert "gave no count, asked 4 times: " in ran.err
    assert corrections_of(model) == {}
    server.asked.clear()
    ran = calibrate(cli, "--model", model)
    assert ran.code == 0
    assert len(server.asked) == 6


def test_the_counter_of_the_command_line_falls_back(
    server: CountServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `tokens --online` uses: the offline count, with a warning on standard error."""
    server.replies.extend([CLOSED] * 4)
    body = {"messages": [{"role": "user", "content": "Hello"}]}
    with online_counter([CLAUDE]) as counter:
        assert counter.count_request(body, CLAUDE) == count_offline(body, CLAUDE)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("warning: Anthropic gave no count")


@pytest.mark.parametrize("model", [CLAUDE, GPT])
def test_tokens_online_asks_and_falls_back(cli: Cli, server: CountServer, model: str) -> None:
    """The provider's number for a text; where the network fails, ours with a warning."""
    server.count = lambda _: 100 + message_frame(model)
    command = ("tokens", "--model", model, "--online", "--format", "json")
    asked = cli(*command, stdin=b"Hello")
    server.replies.extend([CLOSED] * 4)
    fallen = cli(*command, stdin=b"Hello, world")
    assert (asked.code, fallen.code) == (0, 0)
    assert [json.loads(ran.out)[0]["tokens"] for ran in (asked, fallen)] == [
        100,
        count_tokens("Hello, world", model).tokens,
    ]
    assert "gave no count, asked 4 times" in fallen.err
    assert KEY not in asked.out + asked.err + fallen.out + fallen.err


def test_nothing_is_loaded_or_sent_without_being_asked(cli: Cli, server: CountServer) -> None:
    """Counting offline, with a key and an address in the environment."""
    assert cli("tokens", "--model", CLAUDE, stdin=b"Hello").code == 0
    assert server.asked == []
