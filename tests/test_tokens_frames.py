"""What a request wraps around its texts, against recorded calls and published examples."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from costplan.errors import UsageError
from costplan.tokens import count_tokens, message_frame

RECORDED = Path(__file__).parent.parent / "../shared/data/usage/recorded_calls.jsonl.gz"
"""The public recordings that docs/tokens.md names; they are not part of the project."""


@pytest.mark.parametrize(
    ("model", "one", "three"),
    [
        ("openai/gpt-3.5-turbo", 7, 15),
        ("openai/gpt-4o", 7, 15),
        ("gpt-3.5-turbo-0301", 8, 18),
        ("openai/gpt-5-mini", 6, 14),
        ("openai/gpt-5-chat-latest", 7, 15),
        ("openai/o3-mini", 6, 14),
        ("openai/gpt-6-sol", 6, 14),
        ("openai/text-embedding-3-small", 0, 0),
        ("openai/gpt-3.5-turbo-instruct", 0, 0),
        ("anthropic/claude-3-haiku-20240307", 7, 13),
        ("anthropic/claude-opus-4-6", 7, 13),
        ("anthropic/claude-opus-4-7", 11, 21),
        ("anthropic/claude-opus-4-8", 6, 10),
        ("anthropic/claude-haiku-5-5", 6, 10),
        ("google/gemini-3.8-flash", 1, 3),
        ("vertex/gemini-2.5-flash", 0, 0),
        ("google/gemini-2.0-flash", 0, 0),
        ("google/gemini-embedding-001", 0, 0),
        ("mistral/mistral-large-latest", 7, 15),
    ],
)
def test_frames(model: str, one: int, three: int) -> None:
    """Frames of one message and of three, as measured."""
    assert (message_frame(model), message_frame(model, 3)) == (one, three)
    assert message_frame(model, 0) == 0


def test_negative_messages_are_refused() -> None:
    """A negative number of messages is a usage error."""
    with pytest.raises(UsageError, match="0 or more"):
        message_frame("gpt-4o", -1)


def test_anthropics_published_example() -> None:
    """System "You are a scientist" and user "Hello, Claude" are 14 tokens, as the page shows.

    platform.claude.com/docs/en/build-with-claude/token-counting
    """
    model = "anthropic/claude-sonnet-4-5"
    texts = sum(count_tokens(t, model).tokens for t in ("You are a scientist", "Hello, Claude"))
    assert texts + message_frame(model) == 14


def test_cookbook_conversation() -> None:
    """OpenAI's six messages are 129 tokens on gpt-4 (openai-cookbook, counting tokens).

    The `name` of two pairs of messages costs its token and one more each; a role's own token is
    in the frame.
    """
    start = "You are a helpful, pattern-following assistant that translates corporate jargon into "
    messages = [
        ("", start + "plain English."),
        ("example_user", "New synergies will help drive top-line growth."),
        ("example_assistant", "Things working well together will increase revenue."),
        (
            "example_user",
            (
                "Let's circle back when we have more bandwidth to touch base on opportunities for "
                "increased leverage."
            ),
        ),
        ("example_assistant", "Let's talk later when we're less busy about how to do better."),
        (
            "",
            (
                "This late pivot means we don't have time to boil the ocean for the client "
                "deliverable."
            ),
        ),
    ]
    texts = sum(count_tokens(text, "gpt-4").tokens for _, text in messages)
    names = sum(count_tokens(name, "gpt-4").tokens + 1 for name, _ in messages if name)
    assert texts + names + message_frame("gpt-4", len(messages)) == 129


def user_text(record: dict[str, Any]) -> str | None:
    """The text of a record's only message, its blocks joined; None where it is of another kind."""
    request = record["request"]
    if request.get("system") or request.get("instructions") or request.get("instruction"):
        return None
    messages = request.get("messages", request.get("input", request.get("prompt")))
    if isinstance(messages, str):
        return messages
    if not isinstance(messages, list) or len(messages) != 1 or not isinstance(messages[0], dict):
        return None
    message = messages[0]
    if message.get("role") != "user":
        return None
    content = message["content"]
    return content if isinstance(content, str) else "".join(block["text"] for block in content)


def single_messages(provider: str) -> list[tuple[str, str, str, int]]:
    """Generation, model, text and billed input of the plain one-message calls of a provider."""
    if not RECORDED.exists():
        pytest.skip("NO FRAME WAS CHECKED: the recorded calls are not part of the project")
    found = []
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            plain = record.get("text_only") and record.get("n_messages") == 1
            if record["provider"] != provider or not plain or record.get("maybe_normalised_text"):
                continue
            text = user_text(record)
            billed = record.get("input_total_tokens")
            if text is not None and billed and record["generation"] != "claude-2":
                found.append((record["generation"], record["model"], text, billed))
    return found


@pytest.mark.parametrize(("provider", "at_least"), [("anthropic", 100), ("openai", 200)])
def test_recorded_calls_agree(provider: str, at_least: int) -> None:
    """Text plus frame is what the provider billed, in 97 of 100 recorded calls or more."""
    calls = single_messages(provider)[:200]
    misses = []
    for generation, model, text, billed in calls:
        counted = count_tokens(text, model).tokens + message_frame(model)
        if counted != billed:
            misses.append(
                f"{generation} {model}: counted {counted}, billed {billed}: {text[:90]!r}"
            )
    assert len(calls) >= at_least
    assert len(misses) <= 0.03 * len(calls), "\n".join(misses)
