"""How many tokens is a request: the JSON a provider's API takes, part by part, offline."""

from __future__ import annotations

from costplan.tokens.requests.counting import count_request

__all__ = ["count_request"]
