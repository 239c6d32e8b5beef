"""Claude's counting engine: spans, marks, tiling and shortcuts, against ctok and by hand."""

from __future__ import annotations

import itertools
import random
import sysconfig
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import ctok
import pytest
from ctok.engine import char_cost
from ctok.normalize import _hard_kind, _marks_like_punct, classify, stream_norm
from hypothesis import example, given, settings
from hypothesis import strategies as st

from costplan.tokens import claude, claude_spans
from costplan.tokens.claude import _Vocabulary, _vocabulary, count_content
from costplan.tokens.claude_spans import Spans, cut, sample
from costplan.tokens.claude_tiling import Tiling

FAMILIES = {"v3": ("3.0", (4, 5), 7), "v4.7": ("4.7", (4, 7), 11), "v4.8": ("4.8", (5, 5), 6)}
"""What ctok calls a family, a model's version, and the frame that ctok adds to a message."""


@pytest.fixture(autouse=True, scope="module")
def _cut_from_the_start() -> Iterator[None]:
    """No text is walked whole, however few have been counted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claude, "_WALKED", -1)
        yield


def vocabulary(family: str) -> _Vocabulary:
    found = _vocabulary(family)
    assert found is not None
    return found


def wrongly_counted(texts: list[str]) -> list[tuple[str, str]]:
    """The texts that are counted otherwise than ctok does, by family."""
    return [
        (family, text)
        for family, (asked, version, frame) in FAMILIES.items()
        for text in texts
        if text and count_content(text, version) != ctok.token_count(text, asked) - frame
    ]


ODD = (
    ("'", "’", "“", '"', "`", " '", "' ", "'s", "'ll", "'S", "’t", "''", "s", "t", "ve", "x"),
    (" ", "  ", " " * 40, "\n", "\n\n", "\n" * 30, "\t", "\t\t", "\r\n", "\x0b", "\xa0", "\u3000"),
    ("hello", "The", "HELLO", "A", "AB", "ABCD", "aB", "McX", "É", "ÀÉÎÕ", "Жар", "ЖАРА", "zzz"),
    (
        "1",
        "12",
        "1234",
        "٣",
        "١٢",
        "१",
        "½",
        "²",
        "①",
        "〇",
        "𝟙",
        "Ⅷ",
        "ⓐ",
        "Ⓑ",
        "\u1c89",
        "\ua7cb",
    ),
    (
        "漢",
        "字",
        "。",
        "、",
        "（",
        "）",
        "々",
        "〄",
        "カ",
        "か",
        "ー",
        "한국",
        "ㄱ",
        "ไทย",
        "न\u093f",
    ),
    ("\u0301", "\u0bcd", "\u0e4d", "\u0e32", "\u0730", "\u0711", "\u20e3", "\ufe0f", "\u200d"),
    ("😀", "👩\u200d👧", "⚖\ufe0f", "🇩🇪", "\U000e0100", "𝐀", "\U0010ffff", "\u05c8", "\u0897"),
    ("⟨bow⟩", "⟩", "\ufdd0", "\ufdd1", "\ufdd3", "\ufdd4", "\ue000", "\uf8ff", "\ud800", "\x00"),
    (
        "\x01",
        "\x02",
        "\x03",
        "\x04",
        "\x05",
        "\x7f",
        "\x85",
        "\ufeff",
        "\ufffd",
        "\u2028",
        "\u200b",
    ),
    ("ẞ", "ß", "İ", "Σ", "ς", "ϴ", "ℳ", "ǅ", "مرحبا", "שלום", "—", "…", "·", "«", "„", "│", "？"),
    (
        ".",
        "...",
        ",",
        "(",
        ")",
        "[",
        "{",
        "};",
        "<",
        "/",
        "\\",
        "--",
        "_",
        "==",
        "#",
        "$",
        "%",
        "@",
    ),
)
"""What rules of splitting, case, marks and spaces turn on, by kind."""
PARTS = st.one_of([st.sampled_from(kind) for kind in ODD])


@given(text=st.lists(PARTS, max_size=12).map("".join) | st.text(max_size=30))
@example("\u1c89's ⓐ's é's ½'s 12's \n's '")
@example(" \t 漢 12 x\n\t 's ٣ 12٣ ٣12 ")
@example("\x01 x")
@example("(" + "\ufdd0" * 300 + " \ufdd4" * 2)
@example("漢\ufe0f's 漢\ufe0f x 1\ufe0f\u20e3 x")
@settings(max_examples=300, deadline=None)
def test_any_text_is_counted_as_ctok_does(text: str) -> None:
    """Cutting a text into spans and adding their prices up gives ctok's count, in each family."""
    assert not wrongly_counted([text])


def test_random_mixtures_are_counted_as_ctok_does() -> None:
    """Mixtures of two kinds, where one rule meets another."""
    dice = random.Random(26)  # noqa: S311 - texts, not secrets
    pairs = list(itertools.combinations_with_replacement(ODD, 2))
    texts = [
        "".join(dice.choices(a + b, k=dice.randint(2, 9))) for a, b in pairs for _ in range(12)
    ]
    assert not wrongly_counted(texts)


def test_real_texts_are_counted_as_ctok_does() -> None:
    """Source code with its comments, tables of characters, and strings in many scripts."""
    library = Path(sysconfig.get_path("stdlib"))
    names = ("textwrap.py", "this.py", "string.py", "keyword.py", "encodings/koi8_t.py", "ast.py")
    texts = [(library / name).read_text(encoding="utf-8") for name in names]
    greetings = (
        "Ça va? Grüß Gott! Привет, как дела? Γειά σου. 你好，世界。今日は、お元気ですか。안녕"
    )
    assert not wrongly_counted([*(text[:20_000] for text in texts), greetings * 20])


@pytest.mark.parametrize(
    "text",
    [
        "It's 2026, isn't it? 漢字、かな 12٣ 'x' \n\n\t(y) ok 's é — 3 , 😀 ! ",
        "ⓐ's é's ",
    ],
)
@pytest.mark.parametrize("part", [1, 2, 3, 7, 40])
def test_where_a_long_text_is_parted_changes_nothing(
    text: str, part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts end behind a word or an isolated span, and the next one knows which."""
    text *= 8
    whole = [count_content(text, version) for _, version, _ in FAMILIES.values()]
    monkeypatch.setattr(claude_spans, "_PART", part)
    assert len(list(cut(text, spaced=False))) > 1
    assert [count_content(text, version) for _, version, _ in FAMILIES.values()] == whole


def test_spans_of_a_line() -> None:
    """Words, isolated spans, and gaps that carry what they lie between; an ending joins its gap."""
    spans = Spans(
        isolated=["202", "6", "\n", "漢", "字"],
        words_and_gaps=["\3", "It", "'s", " \1", "\2, ", "don", "'", "x", "\1", "\2!\5"],
    )
    assert list(cut("It's 2026, don'x\n漢字!", spaced=False)) == [spans]


@pytest.mark.parametrize(
    ("gap", "text", "stand_ins"),
    [
        (", ", "x, x", "xx"),
        ("\2, ", "x0, x", "x0x"),
        (" (\1", "x (0x", "x0x"),
        ("\2.\5", "x0.", "x0"),
        ("\3", "x", "x"),
        ("\4 \1", " 0x", "0x"),
        (" 'll", "x 'll", "x"),
    ],
)
def test_a_gap_is_priced_in_a_sample(gap: str, text: str, stand_ins: str) -> None:
    """A gap stands in the shortest text that has the same things beside it."""
    assert sample(gap) == (text, stand_ins, gap[0] == "\4")


def test_letters_are_those_of_ctok() -> None:
    """All of the basic plane, and that what is isolated there is never marked."""
    plane = [chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000]
    patterns = claude_spans._patterns()
    for character in plane:
        if character > "\x05":
            is_word = patterns.words_and_gaps.findall(f"\3{character}")[-1] == character
            assert is_word == (classify(character) == "wordy"), hex(ord(character))
            bound = patterns.words_and_gaps.findall(f"{character}'s")[1:] == ["'s"]
            assert not is_word or bound != _marks_like_punct(character), hex(ord(character))
        if character > "\x7f" and patterns.isolated_run.match(character):
            assert (classify(character), _hard_kind(character)) == ("hard", "letter")


@pytest.mark.parametrize("family", FAMILIES)
def test_plain_words_and_gaps_are_marked_as_ctok_marks_them(family: str) -> None:
    """Every pattern of capitals in up to six letters, and of four signs of ASCII in mid-text."""
    model = vocabulary(family)
    for size in range(1, 7):
        for word in map("".join, itertools.product("aB", repeat=size)):
            assert model._marks.of_word(word) == stream_norm(word, model), word
    for word in ("straße", "ελλάς", "カナ", "ไทย", "\u064bب", "\u064b", "\u0711a", "ⓐ", "\u1c89"):
        assert model._marks.of_word(word) in {"", stream_norm(word, model)}, word
    for size in range(1, 5):
        for gap in map("".join, itertools.product(" '.(", repeat=size)):
            for text in (f"x{gap}x", f"x0{gap}x", f"x{gap}0x", f"x0{gap}0x"):
                assert model._marks.of_sample(text) == stream_norm(text, model), text


def fewest(word: str, pieces: frozenset[str], alone: int) -> int:
    """The plainest shortest path there is."""
    best = [0]
    for end in range(1, len(word) + 1):
        ways = [best[start] + 1 for start in range(end) if word[start:end] in pieces]
        best.append(min([*ways, best[-1] + alone]))
    return best[-1]


@given(
    pieces=st.frozensets(st.text("ab", min_size=1, max_size=5), min_size=1, max_size=8),
    runs=st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 60)), min_size=1, max_size=4),
    alone=st.integers(1, 4),
)
@example(frozenset({"aaa", "aaaaa"}), [("b", 1), ("a", 58), ("c", 1)], 4)
@settings(max_examples=300, deadline=None)
def test_tiling_is_the_fewest_pieces(
    pieces: frozenset[str], runs: list[tuple[str, int]], alone: int
) -> None:
    """Short words, long ones and shortened runs, over made-up vocabularies."""
    word = "".join(character * length for character, length in runs)
    tiling = Tiling(pieces, dict.fromkeys("abc", alone))
    ways = {tiling.cost(word), tiling._short(word), tiling._long(word)}
    assert ways == {fewest(word, pieces, alone)}


@pytest.mark.parametrize("stretch", [9, 30])
def test_a_long_word_is_walked_in_stretches(stretch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of one stretch is all that the next one needs."""
    pieces = frozenset({"ab", "abc", "bca", "cabca", "c", "a"})
    word = "".join(random.Random(7).choices("abc", k=400))  # noqa: S311 - the same
    monkeypatch.setattr("costplan.tokens.claude_tiling._STRETCH", stretch)
    assert Tiling(pieces, dict.fromkeys("abc", 2)).cost(word) == fewest(word, pieces, 2)


@pytest.mark.parametrize("character", ["a", "A", "é", " ", "\t", "=", "1", "\u3000", "ー"])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_run_goes_on_as_it_began(character: str, family: str) -> None:
    """A run that ctok can count within a test, and then a token for each longest piece more."""
    asked, version, frame = FAMILIES[family]
    model = vocabulary(family)
    marked = character.lower() if family == "v3" else character
    lengths = [n for n in range(1, 129) if marked * n in model.vocab]
    step, each = (lengths[-1], 1) if lengths else (1, char_cost(model, marked))
    short, more = step * step + 800, 20_000
    counted = count_content(f"x {character * short}!", version)
    assert counted == ctok.token_count(f"x {character * short}!", asked) - frame
    longer = count_content(f"x {character * (short + more * step)}!", version)
    assert longer == counted + more * each


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Full, it is emptied, and long spans never enter it; the counts stay."""
    model = _Vocabulary("v4.8")
    monkeypatch.setattr(claude, "_MEMORY", 20)
    text = " ".join(f"{first}{second}" for first in "abcdef" for second in "ghijklm")
    assert model.count(text) == ctok.token_count(text, "4.8") - 6
    model.count("y" * 1000)
    assert len(model._words_and_gaps) <= 20
    assert max(map(len, model._words_and_gaps)) <= 128


@pytest.mark.parametrize("piece", ["1,", "12345", "a\ufdd0b", "\ufdd1a", "漢字", "\n "])
def test_a_vocabulary_that_does_not_add_up_is_refused(piece: str) -> None:
    """A ctok whose pieces reach from one span into another is asked in public instead."""
    model = _Vocabulary("v4.8")
    assert model.is_understood()
    model.vocab |= {piece}
    assert not model.is_understood()


def test_rules_that_changed_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same when ctok's rules make something else of a text."""
    model = _Vocabulary("v3")
    rules = import_module("ctok.normalize")  # ctok has a function of that name, too
    monkeypatch.setattr(rules, "mark_case", lambda span, *_, **__: span)
    assert not model.is_understood()
