"""`pricing/CHECKSUMS`: one digest per release, so that history cannot be rewritten unseen.

A line is a release and the SHA-256 of all rows `added` up to it. Later rows leave it as it is; a
row that is edited or removed after its release changes it. `python -m costplan.prices.checksums`
appends the line of a new release, and never changes one that is there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from costplan.prices.book import PriceBook
from costplan.prices.files import load_price_book
from costplan.resources import shipped

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

FILE = "CHECKSUMS"


def read_checksums(root: Traversable) -> dict[str, str]:
    """The digest of each release, oldest first; empty where there is no such file."""
    file = root / FILE
    if not file.is_file():
        return {}
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split() for line in lines if line.strip() and not line.startswith("#"))


def broken_releases(book: PriceBook, checksums: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each release whose rows are not those that were released.

    Args:
        book: the prices.
        checksums: the digest of each release.
    """
    for release in sorted({*book.releases, *checksums}):
        if release not in checksums:
            yield f"release {release} has rows, but no line in {FILE}"
        elif release not in book.releases:
            yield f"release {release} has a line in {FILE}, but its rows are gone"
        elif book.pinned(release=release).digest != checksums[release]:
            yield f"a row of release {release} or before was edited or removed after its release"


def main(argv: list[str] | None = None) -> int:
    """Append the digest of each release that has none yet; 1 when an old one no longer fits."""
    parser = argparse.ArgumentParser(
        prog="python -m costplan.prices.checksums", description=__doc__
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path(str(shipped("pricing"))))
    folder = parser.parse_args(argv).folder
    book, checksums = load_price_book(folder), read_checksums(folder)
    missing = [release for release in book.releases if release not in checksums]
    broken = [line for line in broken_releases(book, checksums) if "no line" not in line]
    for line in broken:
        sys.stderr.write(f"{line}\n")
    if broken:
        return 1
    with (folder / FILE).open("a", encoding="utf-8") as file:
        for release in missing:
            file.write(f"{release} {book.pinned(release=release).digest}\n")
            sys.stdout.write(f"added {release}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
