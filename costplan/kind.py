"""What a file is, told from its first bytes: it may be broken, and still be meant as one kind."""

from __future__ import annotations

import re
from enum import Enum, auto


class Kind(Enum):
    """What costplan reads. A scenario or a price file may be written as JSON, too."""

    SCENARIO = auto()
    PRICES = auto()
    SAVED_PLAN = auto()
    OTHER = auto()


def kind_of(content: bytes) -> Kind:
    """What the content of a file looks like, by the keys of its outermost level."""
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    key = rb"(?m)^[\"']?%s[\"']?\s*:"
    if text.startswith(b"{"):
        if re.search(rb'[{,]\s*"price_book"\s*:', text):
            return Kind.SAVED_PLAN
        key = rb"[{,]\s*[\"']?%s[\"']?\s*:"
    if re.search(key % b"workloads", text):
        return Kind.SCENARIO
    return Kind.PRICES if re.search(key % b"provider", text) else Kind.OTHER
