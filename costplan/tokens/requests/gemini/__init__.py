"""How Google counts a request to Gemini."""

from __future__ import annotations

from costplan.tokens.requests.gemini.rules import tally

__all__ = ["tally"]
