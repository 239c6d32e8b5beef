"""Where the price files and the example scenarios are, however costplan was installed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_HERE = Path(__file__).parent


def shipped(kind: str) -> Traversable:
    """The folder `pricing` or `scenarios` that came with costplan; `""` is the one of both.

    In a wheel (or a zip) they are packed inside the package; in a checkout or an editable install
    they are the folders beside it, so an edit there is live.
    """
    for folder in (_HERE / "_data" / kind, _HERE.parent / kind):
        if folder.is_dir():
            return folder
    # Only a zip gets here; the library that looks into one takes longer to load than the book.
    from importlib.resources import files

    return files("costplan") / "_data" / kind
