"""The shipped book as it was read when costplan was built, so that a first run need not read it.

A wheel carries it beside the price files, with the digest of exactly those files; where one of them
has been edited since, the snapshot is passed over and the files are read.
"""

from __future__ import annotations

import dataclasses
import hashlib
import pickle
from collections.abc import Sequence
from contextlib import suppress
from pathlib import PurePath
from typing import TYPE_CHECKING

from costplan.prices.book import PriceBook
from costplan.version import __version__

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

FILE = "prices.snapshot"
type Files = Sequence[tuple[str, bytes]]
"""The path of each price file and its content."""


def snapshot(files: Files) -> bytes:
    """What a wheel carries for these price files.

    Raises:
        PriceFileError: they cannot be used.
    """
    from costplan.prices.reading import read_price_files

    return _digest(files) + pickle.dumps(read_price_files(files, ""), protocol=5)


def taken(beside: Traversable, files: Files, root: str) -> PriceBook | None:
    """The book of these files from the snapshot in a folder; None where there is none of them.

    Args:
        beside: the folder that may hold a snapshot.
        files: the price files as they are now.
        root: what to call the folder they are in.
    """
    file = beside / FILE
    if not file.is_file():
        return None
    data, digest = file.read_bytes(), _digest(files)
    if not data.startswith(digest):
        return None
    with suppress(Exception):  # whatever a damaged one raises, the files can be read
        # It came with costplan itself, and is of these very files.
        book: PriceBook = pickle.loads(data[len(digest) :])  # noqa: S301
        return dataclasses.replace(book, root=root)
    return None


def _digest(files: Files) -> bytes:
    """SHA-256 of the version, and of the name and content of each file, wherever they are."""
    digest = hashlib.sha256(__version__.encode())
    for path, content in files:
        digest.update(f"\n{PurePath(path).name} {len(content)}\n".encode() + content)
    return digest.digest()
