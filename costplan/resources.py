"""Where the price files and the example scenarios are, however costplan was installed."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def shipped(kind: str) -> Traversable:
    """The folder `pricing` or `scenarios` that came with costplan.

    In a wheel (or a zip) they are packed inside the package; in a checkout or an editable install
    they are the folders beside it, so an edit there is live.
    """
    packed = files("costplan") / "_data" / kind
    return packed if packed.is_dir() else Path(__file__).parent.parent / kind
