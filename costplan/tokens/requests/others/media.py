"""Pictures, documents, sound and film in requests to models of other makers.

Rules that are published, checked on recorded calls where there were any:

- Mistral since Small 3.1: a token for each square of 28 pixels and one for each row, in at most
  1,540 pixels; Pixtral squares of 16 in 1,024 (mistral-common's image encoder). 8 of 8 calls.
- Kimi K2.5: squares of 28 pixels, and 6 around them. 3 of 3.
- Llama 4: 144 for each tile of 336 pixels, up to 16, and 144 for the whole where there are several
  (its processor in Hugging Face's transformers). 1 of 1, of one tile.
- Grok: 256 for a picture of up to 448 pixels, 6 of 6; larger ones in up to 6 such tiles, and one
  more for the whole. Since Grok 4.3 squares of 32 pixels: 2 of 2.
- Qwen-VL: squares of 28 pixels, of 32 since Qwen3-VL, at least 64 of them. None recorded.
- Nova: AWS's table is about 1 token for 650 square pixels of a picture enlarged to 896, and ends at
  2,600; Nova 2 is billed 230; a second of film 288 (docs.aws.amazon.com/nova). None recorded.

What was not recorded may be half or double.
"""

from __future__ import annotations

import re
from math import ceil

from costplan.tokens.counting import count_tokens
from costplan.tokens.counts import Method, TokenCount
from costplan.tokens.families import bare_name, identify
from costplan.tokens.requests.conversation import Document, Image, Recording

_PAGE, _PAGE_LEAST, _PAGE_MOST = 1_500, 150, 3_500
"""Tokens of a PDF page: Anthropic speaks of 1,500 to 3,000, the makers here of none."""
_PICTURE = TokenCount(800, 60, 2_600, Method.ASSUMED)
"""A picture of unknown size, or on a model of which no rule is known."""
_SQUARES = {"kimi": (28, 6), "grok-4.3": (32, 2)}
"""Pixels of a side, and tokens around the picture."""
_TILES = {"grok": (448, 6, 256), "llama-4": (336, 16, 144)}
"""Pixels of a side, the most tiles, and tokens of each."""
_SECOND = {"video": 288, "audio": 25}
_TEXT_ONLY = (
    r"qwen3?($|[:-](?!vl))|deepseek|glm-4\.[5-9]($|-)|command-r|mistral-nemo|llama-?v?3[-.p]?[13]"
)


def picture_tokens(model: str, picture: Image) -> TokenCount:
    """Tokens of a picture; a model that reads none is taken to drop it."""
    name = bare_name(model)
    if re.search(_TEXT_ONLY, name):
        return TokenCount(0, 0, _PICTURE.high, Method.ASSUMED)
    if not picture.width or not picture.height:
        return _PICTURE
    return _by_size(name, identify(model).family, picture.width, picture.height)


def document_tokens(model: str, document: Document) -> TokenCount:
    """A text as it is; a PDF by its words, or by its pages alone, in wide doubt."""
    pages = document.pages or 1
    if document.text is not None:
        words = count_tokens(document.title + document.context + document.text, model)
        if document.pages is None:
            return words
        high = words.high + _PAGE_MOST * pages  # its pages may be shown as well
        return TokenCount(words.tokens, words.low, high, Method.ASSUMED)
    return TokenCount(_PAGE * pages, _PAGE_LEAST * pages, _PAGE_MOST * pages, Method.ASSUMED)


def recording_tokens(model: str, recording: Recording) -> TokenCount:
    """Sound or film by its seconds; ten of them where they are unknown."""
    known = recording.seconds is not None and recording.seconds < 86_400
    seconds = recording.seconds if known and recording.seconds else 10.0
    tokens = ceil(seconds * _SECOND.get(recording.kind, 25))
    doubt = 0.1 if known and identify(model).family == "nova" else 0.9
    low, high = round(tokens * (1 - doubt)), round(tokens * (1 + doubt))
    return TokenCount(tokens, low, high, Method.ASSUMED)


def _by_size(name: str, family: str, width: int, height: int) -> TokenCount:
    if family == "grok" and re.search(r"grok-(4\.[3-9]|[5-9])", name):
        family = "grok-4.3"
    if family in _SQUARES:
        side, around = _SQUARES[family]
        return _measured(_squares(width, height, side) + around)
    if family in _TILES:
        side, most, each = _TILES[family]
        tiles = min(most, _squares(width, height, side))
        return _measured(each) if tiles == 1 else _published((tiles + 1) * each)
    if family == "mistral":
        return _measured(_mistral(name, width, height))
    if family.startswith("qwen"):
        side = 32 if "qwen3" in name else 28
        return _published(max(64, _squares(width, height, side)) + 2)
    if family == "nova":
        return _published(230 if "nova-2" in name else _nova(width, height))
    return _PICTURE


def _mistral(name: str, width: int, height: int) -> int:
    side, most = (16, 1_024) if "pixtral" in name else (28, 1_540)
    shrunk = max(1.0, max(width, height) / most)
    return (ceil(width / shrunk / side) + 1) * ceil(height / shrunk / side)


def _squares(width: int, height: int, side: int) -> int:
    return ceil(width / side) * ceil(height / side)


def _nova(width: int, height: int) -> int:
    enlarged = max(1.0, 896 / max(width, height))
    return min(2_600, round(width * height * enlarged**2 / 650))


def _measured(tokens: int) -> TokenCount:
    """A rule that recorded calls follow, but for a token or two around the picture."""
    return TokenCount(tokens, max(0, tokens - 2), tokens + 2, Method.VENDOR_EQUIVALENT)


def _published(tokens: int) -> TokenCount:
    """A rule that no recorded call was seen to follow."""
    return TokenCount(tokens, tokens // 2, 2 * tokens, Method.ASSUMED)
