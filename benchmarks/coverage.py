"""How often a band holds what was billed: `python benchmarks/coverage.py CALLS_FOLDER`.

Every recorded call of the report half is counted by `count_request`, and for each method that is
not exact and each family of models with 50 calls or more, the share inside `low` to `high` is told:
88 to 97 % is wanted. The same with the extra vocabularies and as if they were not installed. Then
the same of texts alone: documents of this machine, and chats, which no factor was fitted on.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from corpus import ROOTS, samples
from counted_calls import Counted, counted, vocabularies_installed
from density import families
from recordings import is_apart

from costplan.tokens import count_tokens
from costplan.tokens.content import classify

ENOUGH = 50
MODELS = {
    "gemini": "google/gemini-3-flash",
    "mistral": "mistral/mistral-small-2506",
    "llama-3": "groq/llama-3.3-70b",
    "qwen": "qwen/qwen3-32b",
    "deepseek": "deepseek/deepseek-chat",
    "glm": "zai/glm-4.6",
    "kimi": "moonshotai/kimi-k2",
}
"""A model of each family whose texts are scaled where the extra is absent."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the recorded calls")
    parser.add_argument("--fit", action="store_true", help="the half that was fitted on instead")
    given = parser.parse_args()
    for extra in (True, False):
        print(f"\nRequests, {'with' if extra else 'without'} the extra vocabularies")
        for line in request_rows(given.folder, reported=not given.fit, extra=extra):
            print(line)
    print("\nTexts, scaled: inside the band, by class of text")
    for line in text_rows(given.folder, reported=not given.fit):
        print(line)


def request_rows(folder: Path, *, reported: bool, extra: bool) -> Iterator[str]:
    """A row for each method and family, calls with text of their own apart from the rest."""
    groups: dict[tuple[str, str, bool], list[Counted]] = defaultdict(list)
    for call in counted(folder, reported=reported, extra=extra):
        groups[call.count.method, call.family, is_apart(call.record)].append(call)
    for (method, family, apart), calls in sorted(groups.items()):
        if method != "exact" and len(calls) >= ENOUGH:
            yield f"  {method:18} {family:12} {'apart' if apart else '':6} {summary(calls)}"


def summary(calls: list[Counted]) -> str:
    """Share inside the band, share exact, the mean error, and how wide the bands are."""
    inside = sum(call.inside for call in calls) / len(calls)
    below = sum(call.billed < call.count.low for call in calls)
    exact = sum(call.error == 0 for call in calls) / len(calls)
    error = sum(abs(call.error) / call.billed for call in calls) / len(calls)
    width = sorted((call.count.high - call.count.low) / 2 / call.billed for call in calls)
    return (
        f"n={len(calls):5}  inside {inside:6.1%} ({below} below)  exact {exact:5.1%}  "
        f"mean error {error:6.1%}  half width {width[len(width) // 2]:.1%}"
    )


def text_rows(folder: Path, *, reported: bool) -> Iterator[str]:
    """How many texts of a class lie in the band of their count."""
    truth = {name: count for name, count in families(None, None) if name in MODELS}
    inside: dict[tuple[str, str, str], list[bool]] = defaultdict(list)
    with vocabularies_installed(installed=False):
        for sample in samples(ROOTS, folder, reported=reported):
            content = classify(sample.text)
            for family, model in MODELS.items():
                held = inside[family, content, sample.source]
                if len(held) < 400:
                    count = count_tokens(sample.text, model)
                    held.append(count.low <= truth[family](sample.text) <= count.high)
    for (family, kind, source), held in sorted(inside.items()):
        if len(held) >= ENOUGH:
            share = sum(held) / len(held)
            yield f"  {family:10} {kind:9} {source:9} n={len(held):4} {share:.1%}"


if __name__ == "__main__":
    main()
