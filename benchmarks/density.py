"""Measure the factors of `costplan.tokens.density`: `python benchmarks/density.py [ROOT ...]`.

Texts of the fit half (see `corpus`) give, for each family and class of text, the factor (the middle
of the texts' own ratios to o200k) and the spread (what 95 of 100 long texts stay within). The other
half says how many texts lie inside the band that follows, by length in tokens. The vocabularies are
those of `splintr-rs` and `ctok`; two more are read from files where they are given: Claude 2's
`tokenizer.json` (package `anthropic` 0.38) and Llama 4's `tokenizer.model` (`llama-models`).
"""

from __future__ import annotations

import argparse
import base64
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

from corpus import ROOTS, Sample, samples

from costplan.tokens.claude import count_content
from costplan.tokens.content import Content, classify
from costplan.tokens.density import SLACK

VOCABULARIES = {
    "cl100k_base": "cl100k_base",
    "gemini": "gemma4",
    "mistral": "mistral_v3",
    "mistral-v1": "mistral_v1",
    "llama-2": "llama2",
    "llama-3": "llama3",
    "qwen": "qwen3",
    "deepseek": "deepseek_v3",
    "glm": "glm4",
    "kimi": "kimi_k2",
}
PER_CLASS = {"document": 700, "cut": 1_500, "chat": 2_000}
"""Texts of a class from one source, so that English documentation does not drown the rest."""
LENGTHS = (1, 8, 25, 80, 250, 1_000, 10**9)
Counter = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Measured:
    """A text's class and its tokens by family."""

    source: str
    content: Content
    o200k: int
    tokens: dict[str, int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("roots", type=Path, nargs="*", help="folders besides those of the machine")
    parser.add_argument("--calls", type=Path, help="folder of the recorded calls")
    parser.add_argument("--claude-2", type=Path, help="tokenizer.json")
    parser.add_argument("--llama-4", type=Path, help="tokenizer.model")
    given = parser.parse_args()
    counters = dict(families(given.claude_2, given.llama_4))
    fit, report = (
        list(measured(samples((*ROOTS, *given.roots), given.calls, reported=half), counters))
        for half in (False, True)
    )
    for family in counters:
        if family != "o200k_base":
            print(family)
            for content in Content:
                print(f"  {content:8}", row(of(fit, content), of(report, content), family))


def families(claude_2: Path | None, llama_4: Path | None) -> Iterator[tuple[str, Counter]]:
    """A function that counts, for each family with a vocabulary here."""
    import splintr

    for family, name in {"o200k_base": "o200k_base", **VOCABULARIES}.items():
        yield family, _lengths(splintr.Tokenizer.from_pretrained(name).encode_ordinary)
    yield "claude-3", partial(count_content, version=(4, 5))
    yield "claude-4.7", partial(count_content, version=(5, 5))
    if claude_2:
        legacy = import_module("tokenizers").Tokenizer.from_file(str(claude_2))
        yield "claude-2", lambda text: len(legacy.encode(text, add_special_tokens=False).ids)
    if llama_4:
        import tiktoken

        lines = (line.split() for line in llama_4.read_bytes().splitlines())
        ranks = {base64.b64decode(token): int(rank) for token, rank in lines}
        pattern = splintr.O200K_BASE_PATTERN
        llama = tiktoken.Encoding(
            "llama4", pat_str=pattern, mergeable_ranks=ranks, special_tokens={}
        )
        yield "llama-4", _lengths(llama.encode_ordinary)


def _lengths(encode: Callable[[str], list[int]]) -> Counter:
    return lambda text: len(encode(text))


def measured(texts: Iterable[Sample], counters: dict[str, Counter]) -> Iterator[Measured]:
    """The counts of at most `PER_CLASS` texts of each class and source."""
    taken: dict[tuple[str, Content], int] = {}
    for sample in texts:
        content = classify(sample.text)
        key = sample.source, content
        taken[key] = taken.get(key, 0) + 1
        if taken[key] <= PER_CLASS[sample.source]:
            tokens = {family: count(sample.text) for family, count in counters.items()}
            yield Measured(sample.source, content, tokens["o200k_base"], tokens)


def of(texts: list[Measured], content: Content) -> list[Measured]:
    return [text for text in texts if text.content == content]


def row(fit: list[Measured], report: list[Measured], family: str) -> str:
    """Factor and spread of a class, and the coverage in the other half by length."""
    factor, spread = fitted(fit, family)
    found = [f"{factor:.3f} ({spread:.2f})  fit n={len(fit):5}  report n={len(report):5}"]
    for low, high in pairwise(LENGTHS):
        texts = [text for text in report if low <= text.o200k < high]
        inside = sum(_is_inside(text, family, factor, spread) for text in texts)
        found.append(
            f"{inside / len(texts):4.0%}/{len(texts):<4}" if len(texts) > 9 else "   -     "
        )
    return "  ".join(found)


def fitted(texts: list[Measured], family: str) -> tuple[float, float]:
    """The middle ratio of texts of 50 tokens and more, and what 95 of 100 longer ones keep to."""
    ratios = [text.tokens[family] / text.o200k for text in texts if text.o200k >= 50]
    factor = median(ratios)
    strayed = [
        abs(math.log(text.tokens[family] / text.o200k / factor))
        for text in texts
        if text.o200k >= 150
    ]
    return factor, math.exp(quantiles(strayed, n=20)[-1]) - 1


def _is_inside(text: Measured, family: str, factor: float, spread: float) -> bool:
    """The band of `density.scale`, by hand."""
    count = round(text.o200k * factor)
    slack = max(1.0, SLACK * math.sqrt(count))
    low, high = math.floor(count / (1 + spread) - slack), math.ceil(count * (1 + spread) + slack)
    return low <= text.tokens[family] <= high


if __name__ == "__main__":
    main()
