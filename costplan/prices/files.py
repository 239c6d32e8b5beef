"""Where a price book comes from: a folder of files, checked again only when one has changed."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path

from costplan.errors import Place, PriceFileError, Problem
from costplan.memory import Memory
from costplan.prices.book import PriceBook
from costplan.resources import shipped


def load_price_book(
    root: Path | str | Traversable | None = None,
    *,
    known_at: date | None = None,
    release: str | None = None,
    memory: Memory | None = None,
) -> PriceBook:
    """Read a folder of price files.

    Args:
        root: the folder with one YAML file per provider; None for the one shipped.
        known_at: leave out what was not public on that day.
        release: leave out what the book did not hold in that release; None for the latest.
        memory: remembers the book by the content of the files; they are always read, and checked
            again when a single byte of them differs.

    Raises:
        PriceFileError: files that cannot be used, with every problem and its place.
        UnknownNameError: there is no such release; names those there are.
    """
    if root is None:
        root = shipped("pricing")
    folder = Path(root) if isinstance(root, str) else root
    files = _contents(folder)

    def read() -> PriceBook:
        from costplan.prices.reading import read_price_files

        return read_price_files(files, str(folder))

    content = _code() + b"".join(name.encode() + b"\n" + data for name, data in files)
    book = (memory or Memory()).recall("prices", content, read)
    return book.pinned(known_at=known_at, release=release)


@lru_cache(maxsize=1)
def default_book() -> PriceBook:
    """The shipped price book, read once: it does not change while costplan runs."""
    return load_price_book()


def _code() -> bytes:
    """What changes when the code that makes a book does: a checkout keeps its version for weeks."""
    with suppress(OSError):
        modules = sorted(Path(__file__).parent.glob("*.py"))
        return repr([(m.name, m.stat().st_mtime_ns, m.stat().st_size) for m in modules]).encode()
    return b""


def _contents(folder: Traversable) -> tuple[tuple[str, bytes], ...]:
    if not folder.is_dir():
        message = "there is no such folder of price files"
        raise PriceFileError([Problem(Place(str(folder)), "", message)])
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    found = [entry for entry in entries if entry.name.endswith((".yaml", ".yml"))]
    if not found:
        message = "no price files here: expected one YAML file per provider"
        raise PriceFileError([Problem(Place(str(folder)), "", message)])
    return tuple((str(entry), entry.read_bytes()) for entry in found)
