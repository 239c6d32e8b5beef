"""Real texts of one half: documents found on this machine, cuts of them, and recorded chats.

A document belongs to the half that the SHA-256 of its last two names says (`email/parser.py`), so
that copies of one package in several places stay together, and a catalogue of translations
(`LC_MESSAGES/tar.mo`) is in one half in every language. Even is fitted on, odd is reported.
"""

from __future__ import annotations

import gettext
import hashlib
import random
import site
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recordings import is_apart, outputs, records

ROOTS = tuple(
    Path(root)
    for root in (
        "/usr/share/doc",
        "/usr/share/locale",
        sysconfig.get_path("stdlib"),
        *site.getsitepackages(),
    )
)
SUFFIXES = frozenset(
    f".{kind}"
    for kind in [
        "c",
        "cfg",
        "cpp",
        "css",
        "go",
        "h",
        "html",
        "java",
        "js",
        "json",
        "jsonl",
        "md",
        "mo",
        "py",
        "rs",
        "rst",
        "sh",
        "toml",
        "ts",
        "txt",
        "xml",
        "yaml",
        "yml",
    ]
)
LONGEST = 40_000
"""Characters of a document that are looked at."""
PER_FOLDER = 40
"""Documents of one folder, so that no package outweighs the rest."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A text, and where it is from: `document`, `cut` or `chat`."""

    source: str
    text: str


def samples(roots: tuple[Path, ...], calls: Path | None, *, reported: bool) -> Iterator[Sample]:
    """Every text of one half, none twice."""
    seen: set[str] = set()
    for sample in _all(roots, calls, reported=reported):
        if sample.text.strip() and sample.text not in seen:
            seen.add(sample.text)
            yield sample


def _all(roots: tuple[Path, ...], calls: Path | None, *, reported: bool) -> Iterator[Sample]:
    for path in _paths(roots):
        name = f"{path.parent.name}/{path.name}"
        seed = int(hashlib.sha256(name.encode()).hexdigest(), 16)
        text = _text(path) if bool(seed % 2) == reported else ""
        if len(text) > 20:
            yield Sample("document", text)
            yield from (Sample("cut", cut) for cut in _cuts(text, random.Random(seed)))  # noqa: S311 - repeatable
    for text in _chats(calls, reported=reported) if calls else ():
        yield Sample("chat", text)


def _paths(roots: tuple[Path, ...]) -> list[Path]:
    """In an order drawn once, so that the first thousand are of all kinds."""
    folders: dict[Path, int] = {}
    found = []
    for path in sorted(path for root in roots for path in root.rglob("*")):
        folder = path.parent
        if path.suffix in SUFFIXES and path.is_file() and folders.get(folder, 0) < PER_FOLDER:
            folders[folder] = folders.get(folder, 0) + 1
            found.append(path)
    random.Random(0).shuffle(found)  # noqa: S311 - repeatable
    return found


def _text(path: Path) -> str:
    try:
        if path.suffix == ".mo":
            with path.open("rb") as file:
                catalogue = gettext.GNUTranslations(file)
            return "\n".join(_translations(catalogue))[:LONGEST]
        return path.read_text("utf-8")[:LONGEST]
    except (OSError, ValueError, LookupError):
        return ""  # not a text after all


def _translations(catalogue: gettext.GNUTranslations) -> Iterator[str]:
    translated: dict[object, object] = vars(catalogue)["_catalog"]
    return (text for key, text in translated.items() if key and isinstance(text, str))


def _cuts(text: str, draw: random.Random) -> Iterator[str]:
    """Two stretches of whole lines, of 20 to 4,000 characters: short texts stray more than long."""
    starts = [0, *(at + 1 for at, char in enumerate(text) if char == "\n")]
    for _ in range(2):
        start = draw.choice(starts)
        end = text.find("\n", start + round(20 * 200 ** draw.random()))
        yield text[start:end].strip("\n") if end > 0 else text[start : start + 4_000]


def _chats(calls: Path, *, reported: bool) -> Iterator[str]:
    """What people asked and models answered in the recorded calls of the half."""
    for record in records(calls, reported=reported):
        content = record["request"].get("messages")
        texts = content if isinstance(content, list) else []
        yield from (m["content"] for m in texts if isinstance(m.get("content"), str))
    for answer in outputs(calls, reported=reported):
        if not is_apart(answer):
            yield answer["output_text"]
