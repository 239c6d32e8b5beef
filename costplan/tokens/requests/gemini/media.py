"""Pictures, documents, sound and film in requests to Gemini.

ai.google.dev/gemini-api/docs/tokens and /media-resolution (2026-11-20), and what recorded calls
report by modality: whole multiples of 258 for the pages of PDFs to 2.5, 32 tokens for a second of
sound, rounded up, and of 263 for film, with its sound on top. On 3 a page in a function's answer
was billed as a picture of its shape, 1,102; elsewhere 560 is documented as the default.
"""

from __future__ import annotations

from math import ceil

from costplan.errors import UnknownNameError, UsageError
from costplan.tokens.counts import Method, TokenCount
from costplan.tokens.image_rules import GEMINI_3_BUDGETS, GEMINI_TILE
from costplan.tokens.images import image_tokens
from costplan.tokens.requests.conversation import Document, Image, Recording
from costplan.tokens.requests.gemini.texts import text_tokens
from costplan.tokens.requests.gemini.tools import generation

_LETTER = (612, 792)
"""Points of a page: only its shape matters."""
_SOUND = 32
_FILM = {"low": 71, "3": 75, "": 263}
"""A second at one picture each: 258, 66 or 70 and its time stamp."""
_UNKNOWN_SECONDS, _LONGEST = 10.0, 86_400
_UNKNOWN_PAGES = 20
"""At most, of a PDF whose pages could not be counted."""


def image(model: str, picture: Image) -> TokenCount:
    """Tokens of a picture; one of unknown size is taken for a square photograph."""
    width, height = picture.width or 1_024, picture.height or 1_024
    try:
        count = image_tokens(model, width, height, picture.detail)
    except (UnknownNameError, UsageError):
        count = TokenCount(GEMINI_TILE, 0, GEMINI_3_BUDGETS["high"], Method.ASSUMED)
    if (picture.width and picture.height) or count.low == count.high == GEMINI_TILE:
        return count
    least = min(count.low, GEMINI_TILE)
    return TokenCount(count.tokens, least, max(count.high, 3_354), Method.ASSUMED)


def document(model: str, found: Document, resolution: str, *, answered: bool) -> TokenCount:
    """Tokens of a file: a text as it is, a PDF by its pages.

    Args:
        model: `provider/model` or the bare name.
        found: the file.
        resolution: `media_resolution`; on Gemini 3 a page is a picture of it, by default of medium.
        answered: whether a function answered with it, when the default is that of pictures.
    """
    if not found.media_type.endswith("pdf"):
        return text_tokens(found.text or "", model)
    pages, known = found.pages or 1, found.pages is not None
    if generation(model) < (3, 0):
        most = GEMINI_TILE * (pages if known else _UNKNOWN_PAGES)
        method = Method.EXACT if known else Method.ASSUMED
        return TokenCount(GEMINI_TILE * pages, GEMINI_TILE * pages, most, method)
    budget = "medium" if resolution == "auto" and not answered else resolution
    tokens = image_tokens(model, *_LETTER, budget).tokens * pages
    most = round(1.1 * tokens) * (1 if known else _UNKNOWN_PAGES)
    return TokenCount(tokens, round(0.9 * tokens), most, Method.ASSUMED)


def recording(model: str, found: Recording, detail: str) -> TokenCount:
    """Tokens of sound or film by its seconds; ten of them where they are unknown."""
    known = found.seconds is not None and 0 < found.seconds < _LONGEST
    seconds = found.seconds if known and found.seconds else _UNKNOWN_SECONDS
    if found.kind == "audio":
        tokens = ceil(seconds * _SOUND)
        exact = TokenCount(tokens, tokens - 1, tokens + 1, Method.VENDOR_EQUIVALENT)
        return exact if known else TokenCount(tokens, 1, 60 * tokens, Method.ASSUMED)
    rate = _FILM["3"] if generation(model) >= (3, 0) else _FILM["low" if detail == "low" else ""]
    pictures, sound = ceil(seconds) * rate, ceil(seconds * _SOUND)
    low, high = pictures // 2 if known else 1, (pictures + sound) * (4 if known else 60)
    return TokenCount(pictures + sound, low, high, Method.ASSUMED)
