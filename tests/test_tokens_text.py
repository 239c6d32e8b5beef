"""Counting text: the vocabularies, the published examples, the texts that break tokenizers."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
from importlib import import_module
from typing import Any

import ctok
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costplan.errors import UsageError
from costplan.tokens import Method, TokenCount, claude, count_many, count_tokens
from costplan.tokens.claude import _vocabulary, count_content
from costplan.tokens.encoder import LONGEST, count_batch, encoder, pieces
from costplan.tokens.ranks import ENCODINGS, load_ranks

public: Any = import_module("tiktoken_ext.openai_public")  # no types
CTOK_FRAME = {"3.0": 7, "4.7": 11, "4.8": 6}
VERSIONS = {"3.0": (4, 5), "4.7": (4, 7), "4.8": (5, 5)}


def upstream(name: str, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], dict[str, str]]:
    """What tiktoken says of an encoding, without its vocabulary, and the hash it expects."""
    expected: dict[str, str] = {}

    def keep_hash(_url: str, expected_hash: str) -> dict[bytes, int]:
        expected["hash"] = expected_hash
        return {}

    monkeypatch.setattr(public, "load_tiktoken_bpe", keep_hash)
    return public.ENCODING_CONSTRUCTORS[name](), expected


@pytest.mark.parametrize("name", ENCODINGS)
def test_shipped_vocabulary_is_tiktokens(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text form rebuilt from our data has the sha256 that the installed tiktoken expects."""
    spec, expected = upstream(name, monkeypatch)
    encoding = ENCODINGS[name]
    ranks = load_ranks(encoding)
    text = b"".join(base64.b64encode(token) + b" %d\n" % rank for token, rank in ranks.items())
    assert hashlib.sha256(text).hexdigest() == expected["hash"] == encoding.sha256
    assert (spec["pat_str"], spec["special_tokens"]) == (encoding.pattern, encoding.specials)


# Published: openai-cookbook, How_to_count_tokens_with_tiktoken.ipynb.
@pytest.mark.parametrize(
    ("text", "r50k", "p50k", "cl100k"),
    [
        ("antidisestablishmentarianism", 5, 5, 6),
        ("2 + 2 = 4", 5, 5, 7),
        ("お誕生日おめでとう", 14, 14, 9),
    ],
)
def test_cookbook_counts(text: str, r50k: int, p50k: int, cl100k: int) -> None:
    """OpenAI's own comparison of its encodings is reproduced."""
    counts = [count_tokens(text, m).tokens for m in ("davinci", "text-davinci-003", "gpt-4")]
    assert counts == [r50k, p50k, cl100k]


@pytest.mark.parametrize("model", ["openai/gpt-4o", "gpt-3.5-turbo", "openai/gpt-6-sol"])
def test_hello_world_is_four_tokens(model: str) -> None:
    """The example every tokenizer page shows, exact on OpenAI."""
    assert count_tokens("Hello, world!", model) == TokenCount(4, 4, 4, "exact")


def test_control_tokens_in_text_are_text() -> None:
    """`<|endoftext|>` neither raises nor counts as one: it is what a user typed."""
    text = "before <|endoftext|> after <|fim_prefix|>"
    expected = len(encoder("cl100k_base").encode(text, disallowed_special=()))
    assert count_tokens(text, "gpt-4").tokens == expected > 10


def test_lone_surrogates_count_as_replacement_characters() -> None:
    """A string that is not valid Unicode is counted, on every family."""
    for model in ("gpt-4o", "claude-haiku-5-5", "claude-3-haiku", "gemini-3.8-flash"):
        assert count_tokens("a\ud800b", model).tokens == count_tokens("a\ufffdb", model).tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("a" * 3_000_000, 375_000), (" " * 1_000_000, 7_813), ("\n" * 1_000_000, None)],
    ids=["letters", "spaces", "newlines"],
)
def test_pathological_runs_are_counted_in_parts(
    text: str, tokens: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What brings tiktoken down or takes it minutes is cut, counted, and marked as not exact."""
    encode = encoder("o200k_base").encode_ordinary
    given: list[int] = []

    class Watched:
        def encode_to_numpy(self, text: str, **_: object) -> list[int]:
            given.append(len(text))
            return encode(text)

    monkeypatch.setattr("costplan.tokens.encoder.encoder", lambda _name: Watched())
    count = count_tokens(text, "openai/gpt-4o")
    assert sum(given) == len(text)
    assert max(given) <= LONGEST
    assert count.method == Method.VENDOR_EQUIVALENT
    assert count.low < count.tokens < count.high
    if tokens:
        assert count.tokens == pytest.approx(tokens, abs=40)


def test_long_text_with_lines_stays_exact() -> None:
    """A long document is cut only where the cut changes nothing, and is exact."""
    line = "The quick brown fox jumps over the lazy dog, twice.\n    indented(); /* code */\n"
    text = line * 9_000
    assert len(text) > LONGEST
    whole = len(encoder("o200k_base").encode_ordinary(text))
    assert count_tokens(text, "gpt-4o") == TokenCount(whole, whole, whole, "exact")


@pytest.mark.parametrize("name", ENCODINGS)
def test_pieces_add_up_to_the_text(name: str) -> None:
    """Nothing is lost or doubled where a long text is cut."""
    text = ("word " * 50 + "\n") * 4_000
    cut = list(pieces(text, ENCODINGS[name]))
    assert "".join(piece for piece, _ in cut) == text
    assert all(len(piece) <= LONGEST for piece, _ in cut)
    assert any(hard for _, hard in cut) != ENCODINGS[name].lines_cut_safely


def test_a_panic_is_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    """The PanicException of tiktoken is no `Exception`; the piece is counted in parts instead."""
    panic = type("PanicException", (BaseException,), {})
    real = encoder("o200k_base").encode_ordinary

    class Fragile:
        def encode_ordinary(self, text: str) -> list[int]:
            if len(text) > 100_000:
                raise panic
            return real(text)

    monkeypatch.setattr("costplan.tokens.encoder.encoder", lambda _name: Fragile())
    (count,) = count_batch(("word " * 50_000,), "o200k_base")
    assert count.method == Method.VENDOR_EQUIVALENT
    assert count.low <= 50_001 <= count.high


def test_other_base_exceptions_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while counting is not mistaken for a panic."""

    class Interrupted:
        def encode_ordinary(self, _text: str) -> list[int]:
            raise KeyboardInterrupt

    monkeypatch.setattr("costplan.tokens.encoder.encoder", lambda _name: Interrupted())
    with pytest.raises(KeyboardInterrupt):
        count_batch(("text",), "o200k_base")


LINES = st.lists(st.text(max_size=40), max_size=5).map("\n".join)


@given(before=LINES, after=st.from_regex(r"\A[^\s/]", fullmatch=False))
@settings(max_examples=300, deadline=None)
def test_a_cut_before_an_unindented_line_is_additive(before: str, after: str) -> None:
    """The rule by which long texts are cut: no count changes there."""
    for model in ("gpt-4o", "gpt-4"):
        parts = count_tokens(before + "\n", model).tokens + count_tokens(after, model).tokens
        assert parts == count_tokens(f"{before}\n{after}", model).tokens


@given(text=st.text(max_size=60), version=st.sampled_from(list(VERSIONS)))
@settings(max_examples=400, deadline=None)
def test_claude_agrees_with_ctok(text: str, version: str) -> None:
    """Walking ctok's vocabulary word by word gives ctok's own count, frame taken off."""
    if text:
        expected = ctok.token_count(text, version) - CTOK_FRAME[version]
        assert count_content(text, VERSIONS[version]) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Dear Ms O'Neill,\n\nYour order #12345 (2 x WIDGET-9000) isn't here yet…\n\n\n",
        "def f(x: int) -> str:\n\treturn f'{x:>08}'  # NOQA getElementsByTagName\n" * 20,
        '{"id": 17, "tags": ["a", "b"], "price": 1.25, "ünïcödé": "“quoted”"}' * 5,
        "漢字かな交じり文。" * 40 + "한국어 Привет مرحبا नमस्ते 😀👩‍👩‍👧",
        "a" * 300 + " " * 70 + "1" * 200,
        "⟨bow⟩ \ufdd0 \x00",
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_claude_agrees_with_ctok_on_documents(text: str, version: str) -> None:
    """The same on realistic texts: long words, long runs, marks that look like ctok's own."""
    expected = ctok.token_count(text, version) - CTOK_FRAME[version]
    assert count_content(text, VERSIONS[version]) == expected


def test_a_ctok_with_other_insides_is_asked_in_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its parts are not where they were, the count is slower, and the same."""
    text = "Dear Ms O'Neill, your order #12345 isn't here yet…"
    expected = count_content(text, (4, 5))
    claude._vocabulary.cache_clear()
    monkeypatch.setattr(claude._Vocabulary, "__init__", lambda *_: vars(claude)["elsewhere"])
    assert count_content(text, (4, 5)) == expected
    claude._vocabulary.cache_clear()


@pytest.mark.parametrize("family", ["v3", "v4.7", "v4.8"])
def test_claude_vocabulary_is_ctoks(family: str) -> None:
    """Reading all pieces at once reads what ctok reads one by one."""
    from ctok.main import _model

    ours, theirs = _vocabulary(family), _model(family)
    assert ours is not None
    assert (ours.vocab, ours.unit_pieces) == (theirs.vocab, theirs.unit_pieces)
    assert (ours.fold_quotes, ours.allcaps_min) == (theirs.fold_quotes, theirs.allcaps_min)
    assert ours.frame_bow == theirs.frame_bow
    end_of_word = "\ufdd1"
    assert not any(end_of_word in piece[:-1] for piece in ours.vocab)


def test_claude_is_reconstructed_and_denser_since_4_7() -> None:
    """Both generations are counted, and the newer needs more tokens for English."""
    text = "The committee will consider the proposal at its next meeting."
    old, new = count_many([text] * 2, "claude-sonnet-4-5")[0], count_tokens(text, "claude-opus-5")
    assert old.method == new.method == "reconstructed"
    assert old.tokens < new.tokens


MODELS = [
    "openai/gpt-4o-mini",
    "openai/gpt-9-nova",
    "anthropic/claude-2.1",
    "anthropic/claude-haiku-5-5",
    "google/gemini-3.8-flash",
    "mistral/mistral-large-latest",
    "xai/grok-4.7",
    "acme/marvin-1",
]


@given(text=st.text(max_size=200), model=st.sampled_from(MODELS))
@settings(max_examples=200, deadline=None)
def test_bands_hold_their_count(text: str, model: str) -> None:
    """Of any text: 0 <= low <= tokens <= high, and something is never nothing."""
    count = count_tokens(text, model)
    assert 0 <= count.low <= count.tokens <= count.high
    assert bool(text) or count.tokens == 0


@pytest.mark.parametrize(
    "fields", [(-1, -1, 0, "exact"), (5, 6, 7, "exact"), (5, 5, 4, "exact"), (1, 1, 1, "guess")]
)
def test_a_count_out_of_order_is_refused(fields: tuple[int, int, int, str]) -> None:
    """A count that contradicts itself is a usage error, not a number."""
    with pytest.raises(UsageError):
        TokenCount(*fields)


def fresh(code: str, **environment: str) -> str:
    """The output of code in a new interpreter."""
    path = os.pathsep.join(p for p in sys.path if p)
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": path, **environment}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_tokens_loads_no_tokenizer() -> None:
    """`import costplan.tokens` stays cheap."""
    heavy = fresh(
        "import sys, costplan.tokens\n"
        "print([m for m in ('tiktoken', 'ctok', 'numpy', 'anthropic') if m in sys.modules])"
    )
    assert heavy == "[]"


def test_counts_without_network_cache_or_home() -> None:
    """With tiktoken's cache out of reach and sockets forbidden, everything still counts."""
    code = (
        "import socket\n"
        "def refuse(*a, **k): raise SystemExit('network')\n"
        "socket.socket = socket.create_connection = refuse\n"
        "from costplan.tokens import count_tokens\n"
        "print([count_tokens('Hello, world!', m).tokens for m in"
        " ('gpt-4o', 'gpt-4', 'davinci', 'claude-opus-5')])"
    )
    counts = fresh(
        code, TIKTOKEN_CACHE_DIR="/nonexistent", HOME="/nonexistent", TMPDIR="/nonexistent"
    )
    assert counts == "[4, 4, 4, 6]"


@pytest.mark.parametrize("text", [None, [], b"bytes", 5])
def test_only_texts_are_counted(text: Any) -> None:
    """Nothing is not a text of no tokens."""
    with pytest.raises(UsageError, match="expected a text to count"):
        count_tokens(text, "openai/gpt-4o")


def test_a_misspelt_openai_name_is_not_exact() -> None:
    """`gpt-4omini` is no model: its count is a guess, and says so."""
    assert count_tokens("abc def", "openai/gpt-4omini").method == "assumed"
    assert count_tokens("abc def", "openai/gpt-4o-mini").method == "exact"
