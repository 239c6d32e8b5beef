"""What a turn with Claude holds besides text: pictures, files, thoughts, search results."""

from __future__ import annotations

from math import ceil

from costplan.tokens.counts import Method, Part
from costplan.tokens.families import bare_name
from costplan.tokens.images import image_tokens
from costplan.tokens.requests.claude.built_in import loaded, sent_back
from costplan.tokens.requests.claude.counting import Counting
from costplan.tokens.requests.conversation import (
    Block,
    Document,
    Image,
    Other,
    Recording,
    Thinking,
)
from costplan.tokens.requests.fields import compact, mapping, mappings, words

_IMAGE = 3
"""Around an image (23 of 23 recorded)."""
_UNSEEN_IMAGE = 200
"""Of which only an address is given: small, as recorded ones are; the band reaches the largest."""
_LARGE = 8_000
"""Pixels a side of the largest image that is taken."""
_TEXT_FILE = 35
"""Around a document of plain text (4 of 4)."""
_LABEL = 7
"""Around the title or the context of a text, and `_PDF_LABEL` around those of a PDF."""
_PDF_LABEL = 11
_PAGE = 1_575
"""A page as an image with what is around it: 1,577 and 1,598 for pages with a few words."""
_PAGE_TEXT = (0, 900, 2_500)
"""Words on a page of which nothing is known: none, as a page of prose has, and dense print."""
_MANY_PAGES = 10
"""What a file whose pages could not be told may have."""
_OFFICE_FILE = (20, 500, 20_000)
"""A spreadsheet or a letter, of which only the words are read; none are known."""
_CITATIONS = 552
"""The instruction to cite (4 recorded requests, 540 to 565)."""
_SEARCH_RESULT = 11
"""Around a search result that is handed in."""
_THOUGHT = 14
"""Around a thought that is kept (1 recorded)."""
_SIGNATURE = (230, 3.5)
"""Bytes of a signature beside the thought, and of a thought per token: 28, 38 and 61 hidden tokens
were signed with 328, 377 and 446 bytes."""


def add_block(counting: Counting, block: Block) -> None:
    """Add a block that is no text, call or answer."""
    if isinstance(block, Image):
        _add_image(counting, block)
    elif isinstance(block, Document):
        _add_document(counting, block)
    elif isinstance(block, Thinking):
        _add_thought(counting, block)
    elif isinstance(block, Recording):
        part = Part.VIDEO if block.kind == "video" else Part.AUDIO
        counting.between(part, 0, 0, round(100 * (block.seconds or 60)), Method.ASSUMED)
    elif isinstance(block, Other):
        _add_other(counting, block)


def add_citations(counting: Counting, blocks: list[Block]) -> None:
    """Add the instruction to cite, once, where a document or a search result asks for it."""
    if any(_cites(block) for block in blocks):
        counting.add(Part.DOCUMENTS, _CITATIONS, method=Method.VENDOR_EQUIVALENT, doubt=25)


def _cites(block: Block) -> bool:
    if isinstance(block, Other):
        return bool(mapping(mapping(block.value).get("citations")).get("enabled"))
    return isinstance(block, Document) and block.citations


def _add_image(counting: Counting, image: Image) -> None:
    counting.correct(Part.IMAGES, "image")
    if image.width is None or image.height is None:
        most = image_tokens(counting.model, _LARGE, _LARGE).tokens + _IMAGE
        counting.between(Part.IMAGES, 1 + _IMAGE, _UNSEEN_IMAGE, most, Method.ASSUMED)
        return
    counting.tally.add(Part.IMAGES, image_tokens(counting.model, image.width, image.height))
    counting.add(Part.IMAGES, _IMAGE)


def _add_document(counting: Counting, document: Document) -> None:
    labels = [label for label in (document.title, document.context) if label]
    named = sum(map(counting.text, labels))
    if document.pages is None and document.text is not None:
        tokens = counting.text(document.text) + named + _LABEL * len(labels) + _TEXT_FILE
        counting.add(Part.DOCUMENTS, tokens, doubt=3 * len(labels))
        return
    named += _PDF_LABEL * len(labels)
    low, likely, high = _pdf(counting, document) if _has_pages(document) else _OFFICE_FILE
    counting.between(Part.DOCUMENTS, low, likely + named, high + named, Method.ASSUMED)


def _has_pages(document: Document) -> bool:
    return document.pages is not None or document.media_type.endswith("pdf")


def _pdf(counting: Counting, document: Document) -> tuple[int, int, int]:
    """Each page as a picture, and its words; Bedrock may read the words alone."""
    pages = document.pages or 1
    low, likely, high = (pages * (_PAGE + each) for each in _PAGE_TEXT)
    if document.text is not None:
        likely = pages * _PAGE + counting.text(document.text)
        low, high = likely - 60 * pages, likely + 60 * pages
    if counting.host == "bedrock":
        low -= pages * _PAGE
    return low, likely, high if document.pages else _MANY_PAGES * high


def _add_thought(counting: Counting, thought: Thinking) -> None:
    """A thought that stays in the prompt; where it is hidden, by the length of its signature."""
    if thought.text:
        tokens = counting.text(thought.text) + _THOUGHT
        counting.add(Part.MESSAGES, tokens, method=Method.VENDOR_EQUIVALENT, doubt=7)
        return
    beside, density = _SIGNATURE
    hidden = ceil(max(0.0, len(thought.signature) * 3 / 4 - beside) / density)
    counting.add(Part.MESSAGES, hidden, method=Method.ASSUMED, doubt=20 + hidden // 2)


def _add_other(counting: Counting, block: Other) -> None:
    value = mapping(block.value)
    if block.kind == "search_result":
        texts = [words(value.get("title")), words(value.get("source"))]
        texts += [words(item.get("text")) for item in mappings(value.get("content") or [])]
        tokens = sum(map(counting.text, texts)) + _SEARCH_RESULT
        counting.add(Part.DOCUMENTS, tokens, method=Method.VENDOR_EQUIVALENT, doubt=20)
        return
    if list(loaded(block)) or block.kind == "tool_removal":
        return  # counted with the tools
    if block.kind == "web_search_result":
        tokens = counting.text(words(value.get("title")) + words(value.get("url")))
        tokens += round(sent_back(value))
    else:
        tokens = counting.text(compact(block.value))
    counting.add(Part.MESSAGES, tokens, method=Method.ASSUMED, doubt=tokens / 2)


def keeps_thoughts(counting: Counting) -> bool:
    """Whether thoughts of earlier turns stay in the prompt; of the last turn they always do.

    https://platform.claude.com/docs/en/build-with-claude/extended-thinking (2026-11-20): Opus since
    4.5, Sonnet since 4.6, and every model since 4.7.
    """
    name = bare_name(counting.model)
    since = (4, 5) if "opus" in name else (4, 6) if "sonnet" in name else (4, 7)
    return counting.version >= since
