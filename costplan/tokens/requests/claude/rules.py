"""Tokens of a request to a Claude model: its tools, then its system prompt, then its turns.

How tools are written is in `tools`, who speaks in `turns`, what stands before the
first turn in `sections`, and files and thoughts in `blocks`. Counts of recorded calls
are of the half that was kept for fitting; docs/requests.md reports on the other.
"""

from __future__ import annotations

from collections.abc import Mapping

from costplan.tokens.counts import Part
from costplan.tokens.families import identify
from costplan.tokens.requests.claude.blocks import add_block, add_citations, keeps_thoughts
from costplan.tokens.requests.claude.counting import Counting, Passage
from costplan.tokens.requests.claude.preambles import leaves_a_newline
from costplan.tokens.requests.claude.sections import DOUBT, add_sections
from costplan.tokens.requests.claude.turns import Turn, Written, frame_of, turns
from costplan.tokens.requests.conversation import Image, Request, Thinking
from costplan.tokens.requests.tally import Tally

_FIRST_SPEAKER = 12
"""What is put before an assistant that speaks first (1 of 1)."""
_IN_AN_ANSWER = 2
"""Of a picture that a tool answered with (6 of 6)."""


def tally(request: Request, model: str, corrections: Mapping[str, int]) -> Tally:
    """The parts of a request.

    Args:
        request: in any dialect.
        model: a Claude model since Claude 3.
        corrections: tokens to add to `request`, `message`, `system`, `tools_auto`, `tools_any`,
            `tool`, `call`, `thinking` or `image`.
    """
    counting = Counting(model, identify(model), corrections, request.host)
    frame = frame_of(counting.who)
    counting.add(Part.FRAME, frame.start, doubt=DOUBT)
    counting.correct(Part.FRAME, "request")
    add_sections(counting, request)
    add_citations(counting, list(request.blocks()))
    spoken = turns(request)
    if spoken and spoken[0].is_assistant:
        counting.add(Part.FRAME, _FIRST_SPEAKER, doubt=4)
    for turn in spoken:
        counting.add(Part.FRAME, frame.assistant if turn.is_assistant else frame.human)
        counting.correct(Part.FRAME, "message")
        _add_turn(counting, turn, thinks=turn is spoken[-1] or keeps_thoughts(counting))
    _open_answer(counting, request, spoken[-1] if spoken else None)
    return counting.tally


def _add_turn(counting: Counting, turn: Turn, *, thinks: bool) -> None:
    """Add a turn; its texts are counted joined, as the model reads them."""
    passage = Passage(counting, Part.MESSAGES, opens=not turn.is_silent)
    for item in turn.items:
        if isinstance(item, Written):
            if item.answers:
                counting.add(Part.MESSAGES, frame_of(counting.who).round)
                counting.correct(Part.MESSAGES, "call")
            passage.write(item.text, cached=item.cached)
        elif thinks or not isinstance(item, Thinking):
            add_block(counting, item)
            if turn.is_assistant and isinstance(item, Image):
                counting.add(Part.IMAGES, _IN_AN_ANSWER)
            if item.cached:
                passage.mark()
    passage.close()


def _open_answer(counting: Counting, request: Request, last: Turn | None) -> None:
    """Add what opens the answer, unless the assistant only goes on with its last turn."""
    if last is None or not last.is_assistant:
        counting.add(Part.FRAME, frame_of(counting.who).assistant)
    elif last.awaits:
        forced = bool(request.tools) and request.forces_call
        counting.add(Part.FRAME, int(leaves_a_newline(counting.version, forced=forced)))
