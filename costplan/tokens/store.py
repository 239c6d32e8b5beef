"""Counts remembered between runs, so that a second run loads no tokenizer.

The file is only a memory: one line per count, keyed by a hash of the text, so no text is in it.
Lines are appended in a single write, so several processes may use one file; a line that makes no
sense is skipped; a file that cannot be read or written is done without. Losing it costs time,
never correctness.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from costplan.errors import UsageError
from costplan.tokens.counting import count_many
from costplan.tokens.counts import Method, TokenCount
from costplan.tokens.families import identify
from costplan.tokens.vocabularies import vocabulary_of

RULES = 2
"""Raise it when a change here changes any count, of texts or of requests: remembered ones are then
forgotten."""
_LARGEST = 2_000_000
"""Bytes, some 40,000 counts: a larger file is replaced by its newer half when it is opened."""


class CountStore:
    """`count_tokens` with a memory, in a file or (with `None`) for as long as the object lives.

    Whatever happens to the file is never an error.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lines: dict[str, str] | None = None

    def count(self, text: str, model: str) -> TokenCount:
        """The same answer as `count_tokens(text, model)`, remembered."""
        return self.count_many((text,), model)[0]

    def count_many(self, texts: Iterable[str], model: str) -> list[TokenCount]:
        """`count` of each text, in order; those that are new are counted together."""
        given, rule = list(texts), _rule_of(model)
        keys = [_key(text, rule) for text in given]
        found = {key: _parse(self._known().get(key, "")) for key in keys}
        new = {key: text for key, text in zip(keys, given, strict=True) if found[key] is None}
        if new:
            counted = dict(zip(new, count_many(new.values(), model), strict=True))
            self._remember(counted)
            found |= counted
        return [count for key in keys if (count := found[key])]

    def remembered(
        self, content: str, model: str, rule: str, count: Callable[[], TokenCount]
    ) -> TokenCount:
        """What `count` says of something that is more than a text, remembered.

        Args:
            content: what is counted.
            model: on which model.
            rule: names how: everything that decides the count beside the content and the model.
            count: counts it.
        """
        key = _key(content, f"{_rule_of(model)} {model} {rule}")
        found = _parse(self._known().get(key, ""))
        if found is None:
            found = count()
            self._remember({key: found})
        return found

    def _known(self) -> dict[str, str]:
        """What the file holds, read at the first question; each line is judged when asked for."""
        if self._lines is None:
            lines = _read(self._path) if self._path else []
            self._lines = {line[:32]: line[33:] for line in lines}
        return self._lines

    def _remember(self, counts: Mapping[str, TokenCount]) -> None:
        lines = {
            key: f"{count.tokens} {count.low} {count.high} {count.method}"
            for key, count in counts.items()
        }
        self._known().update(lines)
        if self._path is None:
            return
        written = "\n".join(f"{key} {line}" for key, line in lines.items())
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Unbuffered: the lines are one write, which no other process can split.
            with self._path.open("ab", buffering=0) as file:
                file.write(f"\n{written}\n".encode())
        except OSError:
            self._path = None  # not writable now, not tried again


def _read(path: Path) -> list[str]:
    """The lines of a file, or none; one that has grown too large keeps its newer half."""
    try:
        content = path.read_bytes()
        lines = content.decode("ascii", errors="replace").splitlines()
        if len(content) > _LARGEST:
            lines = lines[len(lines) // 2 :]
            fresh = path.with_name(f"{path.name}.new")
            fresh.write_text("\n".join([*lines, ""]), encoding="ascii", errors="replace")
            fresh.replace(path)
    except OSError:
        return []
    return lines


def _parse(line: str) -> TokenCount | None:
    """A remembered count, or None for a line that is none."""
    fields = line.split(" ")
    if len(fields) != 4 or not all(field.isdecimal() for field in fields[:3]):
        return None
    try:
        tokens, low, high = map(int, fields[:3])
        return TokenCount(tokens, low, high, Method(fields[3]))
    except (UsageError, ValueError):
        return None


def _key(content: str, rule: str) -> str:
    """A hash of what is counted and of how."""
    digest = hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16)
    digest.update(f"\0{rule}".encode())
    return digest.hexdigest()


def _rule_of(model: str) -> str:
    """Everything that decides what a text counts on a model."""
    return f"{RULES} {identify(model)} {vocabulary_of(model)} {_versions()}"


@cache
def _versions() -> str:
    """The versions of the libraries that count, from the names of their `.dist-info` folders.

    Loading `importlib.metadata` would take longer than everything else here.
    """
    found = []
    for library, package in (("tiktoken", "tiktoken"), ("ctok", "ctok"), ("splintr", "splintr_rs")):
        spec = find_spec(library)
        folder = Path(spec.origin).parent.parent if spec and spec.origin else Path(sys.prefix)
        found += sorted(path.name for path in folder.glob(f"{package}-*.dist-info"))
    return " ".join(found)
