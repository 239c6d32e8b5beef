"""Answers against what was billed for them: `python benchmarks/recorded_outputs.py CALLS_FOLDER`.

Each recorded answer of the report half with a text, net of thinking, by provider, generation and
API. `exact` is the text alone; `constant` the text, or the text with one of the two constants that
`costplan.tokens.requests.answers` states; `inside` is its band. Wanted of `constant`: 90 % of
OpenAI and Claude, 85 % of Gemini. Told apart: `apart`, answers whose text may have been changed by
their recorder, and those of hosts that report numbers of their own; `steps`, answers of the
Responses API that thought: it tells thinking in steps of 64 tokens, the rest is in the answer.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recordings import is_apart, outputs

from costplan.tokens import count_tokens
from costplan.tokens.families import bare_name
from costplan.tokens.requests.answers import answer_tokens, ending_of

CUT = frozenset(["max_tokens", "stop_sequence", "length", "MAX_TOKENS"])
LEAST = 8
"""Answers that make a row."""
WANTED = {"gpt": 0.9, "claude": 0.9, "gemini": 0.85}


@dataclass(slots=True)
class Row:
    """How many answers of a kind agree."""

    answers: int = 0
    exact: int = 0
    constant: int = 0
    inside: int = 0

    def add(self, answer: dict[str, Any]) -> None:
        """Count an answer and compare."""
        text, model, host = answer["output_text"], answer["model"], answer["provider"]
        dialect, tools = answer["endpoint"].partition(".")[2], bool(answer["has_tools"])
        off = answer["text_tokens"] - count_tokens(text, model).tokens
        count = answer_tokens(text, model, provider=host, dialect=dialect, tools=tools)
        ending = ending_of(model, f"{host}/{dialect}", tools=tools)
        self.answers += 1
        self.exact += off == 0
        cut = answer["stop_reason"] in CUT
        self.constant += off in {0, 1 if cut else ending.usual, ending.also}
        self.inside += count.low <= answer["text_tokens"] <= count.high

    def __str__(self) -> str:
        shares = (n / self.answers for n in (self.exact, self.constant, self.inside))
        return "n={:5}  exact {:6.1%}  constant {:6.1%}  inside {:6.1%}".format(
            self.answers, *shares
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fit", action="store_true", help="the half that was fitted on instead")
    given = parser.parse_args()
    print("filter: a text and its tokens net of thinking are known, the request is recorded")
    for line in rows(given.folder, reported=not given.fit):
        print(line)


def rows(folder: Path, *, reported: bool = True) -> Iterator[str]:
    """A line for each maker; for each generation at a host; and for what is told apart."""
    for (made_by, apart), row in sorted(by_maker(folder, reported=reported).items()):
        if row.answers >= LEAST:
            wanted = f"  wanted {WANTED[made_by]:.0%}" if made_by in WANTED and not apart else ""
            yield f"{made_by:10} {apart:6} {row}{wanted}"
    kinds: dict[tuple[str, ...], Row] = defaultdict(Row)
    for answer in plain_answers(folder, reported=reported):
        dialect, tools = answer["endpoint"].partition(".")[2], "tools" * bool(answer["has_tools"])
        where = generation(answer), answer["provider"], dialect, tools
        kinds[told_apart(answer), maker(answer), *where].add(answer)
    for kind, row in sorted(kinds.items()):
        if row.answers >= LEAST:
            apart, made_by, made, host, dialect, tools = kind
            yield f"  {apart:6} {made_by:9} {made:22} {host:12} {dialect:11} {tools:6} {row}"


def by_maker(folder: Path, *, reported: bool = True) -> dict[tuple[str, str], Row]:
    """How the answers of each maker agree, by why they are told apart."""
    makers: dict[tuple[str, str], Row] = defaultdict(Row)
    for answer in plain_answers(folder, reported=reported):
        makers[maker(answer), told_apart(answer)].add(answer)
    return makers


def plain_answers(folder: Path, *, reported: bool) -> Iterator[dict[str, Any]]:
    """Those with a text and known tokens, of a request that was recorded too."""
    return (answer for answer in outputs(folder, reported=reported) if _is_plain(answer))


def _is_plain(answer: dict[str, Any]) -> bool:
    known = answer["model"] and answer["output_text"] and answer["text_tokens"] is not None
    return bool(known) and not answer["response_only"]


def told_apart(answer: dict[str, Any]) -> str:
    """Why an answer is not among those that are wanted to agree, or nothing."""
    if is_apart(answer):
        return "apart"
    return "steps" if "responses" in answer["endpoint"] and answer["thinking_tokens"] else ""


def maker(answer: dict[str, Any]) -> str:
    """The family; Claude 2 on its own, whose texts are scaled."""
    return "claude-2" if answer["generation"] == "claude-2" else answer["family"]


def generation(answer: dict[str, Any]) -> str:
    """The recorder's own name of it; of the rest the model's."""
    named = str(answer["generation"])
    return named if named not in {answer["family"], "other"} else bare_name(answer["model"])[:22]


if __name__ == "__main__":
    main()
