"""How Anthropic counts a request to Claude."""

from __future__ import annotations

from costplan.tokens.requests.claude.rules import tally

__all__ = ["tally"]
