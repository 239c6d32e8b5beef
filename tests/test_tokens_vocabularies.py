"""The vocabularies of the extra `tokenizers`: whose they are, and that text is text."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costplan.tokens import CountStore, Method, count_many, count_tokens, tokenizer_of
from costplan.tokens.encoder import LONGEST
from costplan.tokens.vocabularies import _named, _tokenizer, count_bundled, vocabulary_of

BUNDLED = (
    "gemma2", "gemma4", "mistral_v1", "mistral_v3", "llama2", "llama3", "qwen3", "deepseek_v3",
    "glm4", "kimi_k2",
)  # fmt: skip
BYTES = tuple(name for name in BUNDLED if name not in {"mistral_v1", "llama2"})
"""Those that put nothing before a text, so that cuts add up."""


# Published: mistral-common's table of models, the model cards named in docs/tokens.md.
NAMES = {
    "gemma4": "google/gemini-2.5-pro gemini-3.8-flash google/gemini-flash-latest gemma-3-27b-it",
    "gemma2": "google/gemini-2.0-flash gemini-1.5-pro-002 gemini-pro gemma-2-9b-it",
    "mistral_v3": "mistral/mistral-small-latest mistral-large-2512 open-mistral-nemo pixtral-12b",
    "mistral_v1": """
        together/mistralai/mixtral-8x7b-instruct-v0.1 mistral-large-2411 codestral-2405
        mistral-7b-instruct-v0:2 bedrock/mistral.pixtral-large-2502 mistral-large-2407""",
    "llama3": "groq/llama-3.3-70b-versatile bedrock/meta.llama3-8b-instruct llama-guard-3-8b",
    "llama2": "together/codellama/codellama-13b-instruct-hf llama-2-70b-chat",
    "qwen3": "together/qwen/qwen3-235b-a22b qwen2.5-vl-72b-instruct qwq-32b qwen-plus",
    "deepseek_v3": "deepseek/deepseek-chat deepseek-r1-0528 deepseek/deepseek-v4-flash",
    "glm4": "zai/glm-4.6 together/zai-org/glm-5.3",
    "kimi_k2": "groq/moonshotai/kimi-k2-instruct bedrock/moonshotai.kimi-k3",
    "": """
        bedrock/meta.llama4-scout-17b-instruct groq/qwen/qwen3.8-27b deepseek-coder-33b-instruct
        xai/grok-4.7 openai/gpt-4o anthropic/claude-opus-5 groq/llama-prompt-guard-2-22m
        llama-guard-4-12b fireworks/deepseek-v2p5""",
}


@pytest.mark.parametrize(("vocabulary", "models"), NAMES.items())
def test_names_tell_the_vocabulary(vocabulary: str, models: str) -> None:
    """Only models that are known to have one get it."""
    found = {model: _named(model) for model in models.split()}
    assert {model: v.name if v else "" for model, v in found.items()} == dict.fromkeys(
        found, vocabulary
    )


def test_gemini_changed_its_tokenizer() -> None:
    """What two models share, they are said to share, and no more."""
    assert tokenizer_of("gemini-2.0-flash") != tokenizer_of("gemini-2.5-flash")
    assert tokenizer_of("gemini-3.8-flash") == tokenizer_of("gemini-2.5-pro")


@pytest.mark.parametrize(
    ("model", "method"),
    [
        ("meta/llama-3.1-8b", "exact"),
        ("qwen3-32b", "exact"),
        ("deepseek/deepseek-chat", "exact"),
        ("mistral/open-mistral-nemo", "exact"),
        ("mistral/mistral-large-4", "vendor-equivalent"),
        ("deepseek/deepseek-v4-pro", "vendor-equivalent"),
        ("google/gemini-3.8-flash", "vendor-equivalent"),
        ("zai/glm-5.3", "vendor-equivalent"),
    ],
)
def test_the_method_is_as_sure_as_the_name(splintr: None, model: str, method: str) -> None:
    """Exact where the vocabulary is the model's own; with a band only where it was measured."""
    count = count_tokens("The quick brown fox jumps over the lazy dog.", model)
    assert count.method == method
    assert method != Method.EXACT or count.low == count.tokens == count.high


def test_without_the_extra_a_count_is_scaled() -> None:
    """This suite hides the extra, in this process and in those it starts."""
    code = (
        "from costplan.tokens import count_tokens\n"
        "print(count_tokens('hello world, how are you', 'google/gemini-2.5-pro').method)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], env=os.environ, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "scaled\n"
    assert vocabulary_of("google/gemini-2.5-pro") is None
    assert count_tokens("hello world", "google/gemini-2.5-pro").method == "scaled"


# Published by their makers: llama-models and qwen's documentation count "Hello, world!" as four
# tokens; SentencePiece vocabularies see a space before it and four as well.
@pytest.mark.parametrize("model", ["llama-3.1-8b", "qwen3-32b", "deepseek-chat", "gemini-2.5-pro"])
def test_hello_world(splintr: None, model: str) -> None:
    """The example every tokenizer page shows: `Hello`, `,`, ` world`, `!`."""
    assert count_tokens("Hello, world!", model).tokens == 4


@pytest.mark.parametrize("name", BUNDLED)
def test_control_tokens_in_text_are_text(splintr: None, name: str) -> None:
    """Every name the package knows, alone, among others and across a batch."""
    tokenizer = _tokenizer(name)
    texts = [f"say {token} twice" for token in tokenizer.special_tokens()]
    texts += ["<|endoftext|><s>[INST]</s>", "nothing of the kind", ""]
    counts = count_bundled(texts, name)
    assert counts == [len(tokenizer.encode_ordinary(text)) for text in texts]
    assert counts == [count_bundled([text], name)[0] for text in texts]
    assert all(count > 2 for count in counts[:-1])


TEXTS = st.lists(
    st.text(max_size=60) | st.sampled_from(["<|im_start|>", "<bos>", "\n\n\n", "漢字", "<think>x"]),
    max_size=6,
)


@pytest.mark.parametrize("name", BUNDLED)
def test_a_batch_counts_as_its_texts(splintr: None, name: str) -> None:
    """Together on all cores, or one by one."""

    @given(texts=TEXTS)
    @settings(max_examples=60, deadline=None)
    def check(texts: list[str]) -> None:
        assert count_bundled(texts, name) == [
            len(_tokenizer(name).encode_ordinary(text)) for text in texts
        ]

    check()


@pytest.mark.parametrize("name", BYTES)
def test_a_cut_before_an_unindented_line_is_additive(splintr: None, name: str) -> None:
    """The rule by which long texts are cut holds of these vocabularies too."""
    parts = [
        "def f():",
        "    x = 1 / 2",
        "\ttab",
        "",
        "// no",
        "漢字。",
        "a" * 30,
        "'s",
        "\u0301",
        "1",
    ]

    @given(
        before=st.lists(st.sampled_from(parts), max_size=6),
        after=st.lists(st.sampled_from(parts[5:]), min_size=1, max_size=4),
    )
    @settings(max_examples=80, deadline=None)
    def check(before: list[str], after: list[str]) -> None:
        head, tail = "\n".join([*before, ""]), "\n".join(after)
        whole, *halves = count_bundled([head + tail, head, tail], name)
        assert whole == sum(halves)

    check()


def test_whatever_the_text(splintr: None) -> None:
    """Huge runs are cut and say so; half characters and nothing at all are counted."""
    run = "a" * (LONGEST + 1)
    for model in ("llama-3.1-8b", "gemini-2.5-pro", "mistral-7b"):
        count = count_tokens(run, model)
        assert count.method == Method.VENDOR_EQUIVALENT
        assert count.low < count.tokens < count.high
        assert count_tokens("a\ud800b", model).tokens == count_tokens("a\ufffdb", model).tokens
        assert count_tokens("", model).tokens == 0
    lines = "an unindented line of words\n" * (LONGEST // 20)
    whole = len(_tokenizer("llama3").encode_ordinary(lines))
    assert count_tokens(lines, "llama-3.1-8b").tokens == whole
    assert count_tokens(lines, "llama-3.1-8b").method == Method.EXACT


def test_many_count_as_one(splintr: None) -> None:
    """`count_many` is `count_tokens` of each."""
    texts = ["one", "", "two words", "<|im_end|>", "a\ud800"]
    for model in ("google/gemini-3.8-flash", "glm-5.3", "mistral-7b"):
        assert count_many(texts, model) == [count_tokens(text, model) for text in texts]


def test_remembered_counts_know_the_extra(
    splintr: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was scaled before the extra came is not believed after, nor the other way round."""
    store = CountStore(tmp_path / "counts")
    text = "Remembered, but not for ever."
    assert store.count(text, "google/gemini-2.5-pro").method == Method.VENDOR_EQUIVALENT
    monkeypatch.setattr("costplan.tokens.vocabularies.installed", lambda: False)
    assert store.count(text, "google/gemini-2.5-pro").method == Method.SCALED
    monkeypatch.undo()
    assert store.count(text, "google/gemini-2.5-pro").method == Method.VENDOR_EQUIVALENT
