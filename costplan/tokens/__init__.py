"""How many tokens is that: text, messages and images, per model, offline.

Nothing here needs a network, a key or a writable folder, and importing it loads no tokenizer.
"""

from __future__ import annotations

from costplan.tokens.counting import count_many, count_tokens
from costplan.tokens.counts import Method, TokenCount, total
from costplan.tokens.density import Density, convert_tokens, density
from costplan.tokens.families import tokenizer_of
from costplan.tokens.frames import message_frame
from costplan.tokens.images import image_tokens
from costplan.tokens.store import CountStore

__all__ = [
    "CountStore",
    "Density",
    "Method",
    "TokenCount",
    "convert_tokens",
    "count_many",
    "count_tokens",
    "density",
    "image_tokens",
    "message_frame",
    "tokenizer_of",
    "total",
]
