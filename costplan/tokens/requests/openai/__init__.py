"""How OpenAI counts a request."""

from __future__ import annotations

from costplan.tokens.requests.openai.rules import tally

__all__ = ["tally"]
