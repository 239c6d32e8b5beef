"""How hosts count a request to models of open weights, and to those nothing is published of."""

from __future__ import annotations

from costplan.tokens.requests.others.rules import tally

__all__ = ["tally"]
