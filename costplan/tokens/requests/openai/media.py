"""Pictures, sound, files and hidden reasoning in a request to OpenAI."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from costplan.errors import UnknownNameError, UsageError
from costplan.tokens.counts import Method, TokenCount
from costplan.tokens.images import image_tokens
from costplan.tokens.requests.conversation import Document, Image, Recording, Thinking, Tool

_PER_SECOND = 10
"""Audio tokens (developers.openai.com/api/docs/guides/realtime-costs); recorded: 11 for 1.139 s."""
_AROUND_SOUND = 4
"""Text tokens around a recording, in 11 of 11 recorded calls."""
_LONGEST = 3_600
"""Seconds; a header that claims more was written before the length was known."""
_PDF_PAGE = TokenCount(700, 5, 2_500, Method.ASSUMED)
"""Text and, in Chat Completions, picture of a page: recorded 7 to 953, and 8,425 for 15 pages."""
_PAGE_PICTURE = TokenCount(500, 0, 1_000, Method.ASSUMED)
"""A page as a picture (platform.openai.com/docs/guides/pdf-files): what those recordings leave."""
_SIZES = ((64, 64), (1_024, 1_024), (2_048, 768), (4_096, 4_096))
"""Pixels of what a picture may be whose size is unknown; the second is what it is taken for."""
_BUILT_IN = {
    "web_search_preview": TokenCount(350, 250, 30_000, Method.ASSUMED),
    "web_search": TokenCount(4_500, 300, 40_000, Method.ASSUMED),
    "mcp": TokenCount(90, 20, 2_000, Method.ASSUMED),
}
"""Tools the vendor runs: recorded 294 and 412; 4,480 to 17,039; 61 to 132. What they find is billed
as input of the same request, so that nothing bounds it: a deep research took 125,492."""


def picture_tokens(image: Image, model: str, *, answered: bool = False) -> TokenCount:
    """Of a picture; of one whose size is unknown, from a thumbnail's to the largest one's.

    One that a tool answered with in Chat Completions (`answered`) was billed less, by 15 and 16
    tokens in 4 recorded calls.
    """
    if image.width is None or image.height is None:
        sizes = [_sized(model, *size, image.detail) for size in _SIZES]
        low, high = min(size.low for size in sizes), max(size.high for size in sizes)
        return TokenCount(sizes[1].tokens, low, high, Method.ASSUMED)
    found = _sized(model, image.width, image.height, image.detail)
    low = max(0, found.low - 20)
    return replace(found, low=low, method=Method.ASSUMED) if answered else found


def _sized(model: str, width: int, height: int, detail: str) -> TokenCount:
    """By the model's rule; a model that is said to read no pictures is counted as gpt-4o."""
    for name, wanted in ((model, detail), (model, "auto"), ("gpt-4o", "auto")):
        try:
            found = image_tokens(name, max(1, width), max(1, height), wanted)
        except (UnknownNameError, UsageError):
            continue
        if name == model:
            return found
        return TokenCount(found.tokens, 0, 3 * found.tokens, Method.ASSUMED)
    raise AssertionError


def sound_tokens(recording: Recording) -> TokenCount:
    """Of a recording, by its length."""
    seconds = recording.seconds
    if seconds is None or seconds > _LONGEST:
        return TokenCount(30, 10, 600, Method.ASSUMED)
    tokens = int(seconds * _PER_SECOND) + _AROUND_SOUND
    return TokenCount(tokens, max(0, tokens - 1), tokens + 2, Method.VENDOR_EQUIVALENT)


def pages_shown(pages: int) -> TokenCount:
    """Of the pictures of a PDF's pages, which stand beside its words where the model sees them."""
    page = _PAGE_PICTURE
    return TokenCount(page.tokens * pages, page.low, page.high * pages, Method.ASSUMED)


def document_tokens(document: Document) -> TokenCount:
    """Of a file that was not read: what its pages may hold."""
    pages, page = document.pages or 1, _PDF_PAGE
    most = page.high * (pages if document.pages else 4)
    return TokenCount(page.tokens * pages, page.low * pages, most, Method.ASSUMED)


def reasoning_tokens(thoughts: Sequence[Thinking]) -> TokenCount:
    """Of reasoning that is sent back encrypted, from the length of what stands for it.

    Recorded in 23 conversations: 0.155 tokens per character above 900, within 52 where there is
    one. Where only its id is sent the length is unknown: recorded 0 to 226. The rule is off for all
    of a request alike, so the doubt grows with their number.
    """
    sizes = [len(thought.signature) for thought in thoughts]
    tokens = sum(max(0, round(0.155 * (size - 900))) if size else 120 for size in sizes)
    doubt = round(35 + 15 * len(sizes) + 0.1 * tokens) + 120 * sizes.count(0)
    return TokenCount(tokens, max(0, tokens - doubt), tokens + doubt, Method.ASSUMED)


def built_in_tokens(tool: Tool) -> TokenCount:
    """Of a tool the vendor runs, whose description nobody has published."""
    return _BUILT_IN.get(tool.kind, TokenCount(500, 0, 20_000, Method.ASSUMED))
