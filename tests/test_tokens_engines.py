"""The faster engines count what tiktoken counts, and nothing brings a batch down."""

from __future__ import annotations

import json
import sysconfig
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costplan.tokens import count_tokens, encoder, engines
from costplan.tokens.encoder import count_batch

ENGINES = {"splintr": engines.with_splintr, "gigatoken": engines.with_gigatoken}


@pytest.fixture(params=ENGINES)
def make(request: pytest.FixtureRequest, extras: None) -> Callable[[str], engines.Engine]:
    """An engine by name; where its package is absent a test says that it checked nothing."""
    pytest.importorskip(request.param, reason=f"{request.param} is absent: it is NOT checked")
    if ENGINES[request.param]("o200k_base") is None:
        pytest.skip(f"{request.param} cannot be loaded: it is NOT checked")

    def made(name: str) -> engines.Engine:
        engine = ENGINES[request.param](name)
        assert engine is not None
        return engine

    return made


@cache
def real_texts() -> tuple[str, ...]:
    """Two megabytes of the standard library, its data and our own documents, and other scripts."""
    stdlib, here = Path(sysconfig.get_path("stdlib")), Path(__file__).parent.parent
    paths = [*sorted(stdlib.glob("*.py"))[::3], *sorted(stdlib.glob("json/*.py"))]
    paths += [*here.glob("*.md"), *here.glob("docs/*.md"), *here.glob("pricing/*.yaml")]
    texts = [path.read_text(encoding="utf-8") for path in paths]
    texts.append(json.dumps({f"ключ {n}": [n, n / 7, "значение"] for n in range(3_000)}))
    texts.append("".join(map(chr, range(0x4E00, 0x9FFF))) + "。".join("日本語とカタカナ" * 900))
    texts.append(" ".join(chr(0x1F300 + n % 700) + "\u200d" * (n % 2) for n in range(4_000)))
    scripts = (0x590, 0x900, 0xE00, 0x1100, 0x400, 0x370, 0xAC00)
    texts += [
        "".join(chr(start + n % 112) + " " * (n % 5 == 0) for n in range(6_000))
        for start in scripts
    ]
    return tuple(texts)


@pytest.mark.parametrize("name", engines.SCHEMES)
def test_real_text_counts_as_tiktoken_counts_it(
    make: Callable[[str], engines.Engine], name: str
) -> None:
    """Not one document differs."""
    texts = real_texts()
    assert sum(map(len, texts)) > 1_500_000
    expected = [len(encoder.encoder(name).encode_ordinary(text)) for text in texts]
    assert make(name)(texts) == expected


@pytest.mark.parametrize("name", engines.SCHEMES)
def test_every_plane_counts_as_tiktoken_counts_it(
    make: Callable[[str], engines.Engine], name: str
) -> None:
    """Letters of every script, new ones too, where a class decides how a text is split."""
    points = [*range(0, 0xD800, 7), *range(0xF900, 0x34000, 31)]
    newer = (0x88F, 0x1AD4, 0xA7CF, 0x10940, 0x16EA0, 0x18D80, 0x1E6C0, 0x323B0, 0x33479)
    forms = ("{},b", "{}/a", " {}'s the", "a{}B", "1{}2\n")
    texts = [form.format(chr(point)) for point in (*points, *newer) for form in forms]
    expected = [len(encoder.encoder(name).encode_ordinary(text)) for text in texts]
    assert make(name)(texts) == expected


def test_any_text_counts_as_tiktoken_counts_it(make: Callable[[str], engines.Engine]) -> None:
    """What hypothesis can think of, control tokens included."""
    count = make("o200k_base")
    piece = st.text(max_size=20) | st.sampled_from(
        ["<|endoftext|>", "\n \n", "'LL", "a\u0301", "//\n"]
    )

    @given(texts=st.lists(st.lists(piece, max_size=4).map("".join), max_size=5))
    @settings(max_examples=150, deadline=None)
    def check(texts: list[str]) -> None:
        expected = [len(encoder.encoder("o200k_base").encode_ordinary(text)) for text in texts]
        assert count(texts) == expected

    check()


def test_the_guards() -> None:
    """A batch of every text that breaks tokenizers: each is counted as it is alone."""
    check_guards()


def test_the_guards_with_extras(extras: None) -> None:
    """The same with whatever engines are installed."""
    check_guards()


def check_guards() -> None:
    texts = [
        " " * 1_000_000,
        "plain words",
        "a" * 2_000_000,
        "\ud83d\ude00 and \ud800",
        "<|endoftext|><|fim_prefix|>",
        "",
        "\x00\x01",
    ]
    counts = count_batch(texts, "o200k_base")
    assert counts == [count_tokens(text, "gpt-4o") for text in texts]
    assert [count.method for count in counts][:3] == [
        "vendor-equivalent",
        "exact",
        "vendor-equivalent",
    ]
    assert counts[0].tokens == pytest.approx(1_000_000 / 128, abs=12)
    assert counts[3].tokens == count_tokens("😀 and \ufffd", "gpt-4o").tokens
    assert counts[4].tokens > 6
    assert counts[5].tokens == 0


@pytest.mark.parametrize("name", ["o200k_base", "cl100k_base"])
def test_threads_change_nothing(name: str) -> None:
    """Without an extra a batch is shared by threads."""
    texts = [f"{n} bottles of beer <|endoftext|>\n" * (n % 40 + 1) for n in range(400)]
    assert sum(map(len, texts)) > encoder._WORTH_THREADS
    encode = encoder.encoder(name).encode_ordinary
    assert [each.tokens for each in count_batch(texts, name)] == [len(encode(t)) for t in texts]


def test_a_panic_costs_one_piece_its_exactness(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of the batch stays exact, whichever engine it was that broke."""
    panic = type("PanicException", (BaseException,), {})
    real = encoder.encoder("o200k_base").encode_ordinary

    class Fragile:
        def encode_ordinary(self, text: str) -> list[int]:
            if len(text) > 150_000:
                raise panic
            return real(text)

        def encode_to_numpy(self, text: str, **_: object) -> list[int]:
            return self.encode_ordinary(text)

    def broken(_texts: Sequence[str]) -> list[int]:
        raise panic

    monkeypatch.setattr(encoder, "encoder", lambda _name: Fragile())
    monkeypatch.setattr(encoder, "engine_for", lambda *_: broken)
    texts = ["hello world", "word " * 60_000, "hello"]
    first, long, last = count_batch(texts, "o200k_base")
    assert (first.tokens, first.method, last.tokens) == (2, "exact", 1)
    assert long.method == "vendor-equivalent"
    assert long.low <= 60_001 <= long.high


def test_an_interrupt_is_no_panic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in an engine stops the count."""

    def interrupted(_texts: Sequence[str]) -> list[int]:
        raise KeyboardInterrupt

    monkeypatch.setattr(encoder, "engine_for", lambda *_: interrupted)
    with pytest.raises(KeyboardInterrupt):
        count_batch(["text"], "o200k_base")


def test_the_engine_that_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fastest only after much text, later where splintr is there; p50k has neither."""

    def gigatoken(_texts: Sequence[str]) -> list[int]:
        return []

    def splintr(_texts: Sequence[str]) -> list[int]:
        return []

    monkeypatch.setattr(engines, "with_gigatoken", lambda _name: gigatoken)
    for there, bulk in ((splintr, engines.BULK_BESIDE_SPLINTR), (None, engines.BULK_ALONE)):
        monkeypatch.setattr(engines, "with_splintr", lambda _name, found=there: found)
        engines._counted.clear()
        assert engines.engine_for("o200k_base", bulk) is there
        assert engines.engine_for("cl100k_base", 10) is there
        assert engines.engine_for("o200k_base", 1) is gigatoken
    assert engines.engine_for("p50k_base", 10**10) is None


def test_without_extras_there_is_no_engine() -> None:
    """This suite hides them."""
    assert engines.with_splintr("o200k_base") is None
    assert engines.with_gigatoken("o200k_base") is None


def test_a_gigatoken_that_does_not_load_is_done_without(
    extras: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nowhere to write the file it reads, for one."""
    pytest.importorskip("gigatoken", reason="gigatoken is absent: it is NOT checked")

    def refuse() -> None:
        raise PermissionError

    monkeypatch.setattr(engines, "TemporaryDirectory", refuse)
    assert engines.with_gigatoken("cl100k_base") is None
