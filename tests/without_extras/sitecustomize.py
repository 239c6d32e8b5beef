"""Hides the extras that count from this interpreter, as if they were not installed."""

from __future__ import annotations

import sys

sys.modules["splintr"] = sys.modules["gigatoken"] = None  # type: ignore[assignment]
