"""What did a call use: a provider's own usage object, as disjoint meters.

Providers' counts overlap in different ways: OpenAI's input includes what was cached, Claude's does
not; details are subsets of totals. Each is converted here, once. What is not understood is an
error that names the field, never a guess and never nothing.
"""

from __future__ import annotations

from costplan.responses.providers import usage_from_response

__all__ = ["usage_from_response"]
