"""Where a price book comes from: a folder of files, checked again only when one has changed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from costplan.errors import Place, PriceFileError, Problem
from costplan.memory import Memory, cache_folder
from costplan.prices.book import PriceBook
from costplan.prices.overlay import overlaid, with_markups
from costplan.prices.snapshot import taken
from costplan.resources import shipped

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


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
            again when a single byte of them differs. None remembers it in the user's folder for
            caches, `Memory()` not at all.

    Raises:
        PriceFileError: files that cannot be used, with every problem and its place.
        UnknownNameError: there is no such release; names those there are.
    """
    book = with_markups(_read(root, memory), missing_ok=True)
    return book.pinned(known_at=known_at, release=release)


def _read(root: Path | str | Traversable | None, memory: Memory | None) -> PriceBook:
    """The book of a folder as its files say, mark-ups not worked out."""
    where = shipped("pricing") if root is None else root
    folder = Path(where) if isinstance(where, str) else where
    files = _contents(folder)
    if root is None:
        book = taken(shipped(""), files, str(folder))
        return book or _remembered(files, folder, memory, "prices")
    return _remembered(files, folder, memory, _slot(folder))


def _remembered(
    files: tuple[tuple[str, bytes], ...], folder: Traversable, memory: Memory | None, name: str
) -> PriceBook:
    """The book of some files, read anew where the memory does not have just these."""

    def read() -> PriceBook:
        from costplan.prices.reading import read_price_files

        return read_price_files(files, str(folder))

    content = _code() + b"".join(path.encode() + b"\n" + data for path, data in files)
    remembered = Memory(cache_folder()) if memory is None else memory
    return remembered.recall(name, content, read)


def with_own(book: PriceBook, path: Path | str, memory: Memory | None = None) -> PriceBook:
    """A book with a folder of price files, or one such file, laid over it.

    See `costplan.prices.overlay`.

    Raises:
        PriceFileError: files that cannot be used, with every problem and its place.
    """
    file = Path(path)
    if file.is_file():
        return overlaid(book, _read_own(((str(path), file.read_bytes()),)))
    return overlaid(book, _read(path, memory))


def with_own_files(book: PriceBook, files: Mapping[str, str]) -> PriceBook:
    """A book with some price files laid over it, given by name and content.

    Raises:
        PriceFileError: files that cannot be used, with every problem and its place.
    """
    content = tuple((name, text.encode()) for name, text in files.items())
    return overlaid(book, _read_own(content)) if files else book


@lru_cache(maxsize=4)
def _read_own(files: tuple[tuple[str, bytes], ...]) -> PriceBook:
    from costplan.prices.reading import read_price_files

    return read_price_files(files, ", ".join(name for name, _ in files))


@lru_cache(maxsize=1)
def default_book() -> PriceBook:
    """The shipped price book, read once: it does not change while costplan runs."""
    return load_price_book()


def _slot(folder: Traversable) -> str:
    """What a book of a folder is remembered as, so that two folders do not displace each other."""
    from hashlib import sha256

    return f"prices-{sha256(str(folder).encode()).hexdigest()[:12]}"


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
