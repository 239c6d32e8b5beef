"""Counting Claude's tokens, beside `ctok.token_count`: how much faster, and is it the same?

    python benchmarks/claude_counting.py [--megabytes 6] [--rounds 3]
    python benchmarks/claude_counting.py --prove [--megabytes 24] [--strings 100000]

The texts are what lies on the machine: Python's standard library, markdown and descriptions of
installed packages, `/usr/share/doc`, and translations (`.mo` files) into many scripts. What was
found is printed first. A document has at most 200,000 characters.

**Speed.** Both count the same documents in one process, by turns, round after round; a figure is
the quotient of the least times.

- loading: until a vocabulary is ready
- cold: one half of the documents, with nothing remembered
- cold + load: the same, loading included
- other half: after the first, so that the words they share are remembered
- warm: the same half once more

Then the texts that are one long run, of which ctok counts a hundredth.

**Proof.** Every count of both is compared, on real texts of at least so many megabytes and on
random strings in which each class of character that ctok tells apart meets the others.
"""

from __future__ import annotations

import argparse
import gc
import gettext
import random
import re
import site
import sys
import sysconfig
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from importlib import import_module, metadata
from pathlib import Path
from typing import Any
from zlib import crc32

import ctok

from costplan.tokens import claude, claude_spans

rules: Any = import_module("ctok.normalize")  # ctok has functions of these names, too
loader: Any = import_module("ctok.main")
DICE = random.Random(26)  # noqa: S311 - texts, not secrets

FAMILIES = {"v3": ("3.0", (4, 5), 7), "v4.7": ("4.7", (4, 7), 11), "v4.8": ("4.8", (5, 5), 6)}
"""What ctok calls a family, a model's version, and the frame that ctok adds to a message."""
LARGEST = 200_000
SCRIPTS = {
    "Chinese, Japanese, Korean": "zh ja ko",
    "other scripts": "ru uk el ar fa he hi bn ta te th ka hy",
    "Latin, not English": "fr de vi tr pl cs pt es sv hu fi",
}
"""Languages of translations, by kind."""


def corpus(limit: float) -> dict[str, list[str]]:
    """Documents by kind, of each about `limit` bytes."""
    library = Path(sysconfig.get_path("stdlib"))
    packages = [Path(folder) for folder in site.getsitepackages()]
    source = [path for path in library.glob("**/*.py") if "site-packages" not in path.parts]
    markdown = [path for folder in packages for path in folder.glob("*/**/*.md")]
    markdown += [path for folder in packages for path in folder.glob("*.dist-info/METADATA")]
    found = {
        "Python": taken(plain(source), limit),
        "markdown": taken(plain(markdown), limit),
        "/usr/share/doc": taken(plain(Path("/usr/share/doc").glob("**/*")), limit),
    }
    catalogues = [path for root in (Path("/usr/share"), *packages) for path in root.glob("**/*.mo")]
    for name, languages in SCRIPTS.items():
        chosen = [path for path in catalogues if language(path) in languages.split()]
        found[name] = taken(translations(chosen), limit)
    return found


def language(catalogue: Path) -> str:
    """`zh` of `locale/zh_CN/LC_MESSAGES/x.mo`."""
    return re.split("[_@.]", catalogue.parent.parent.name)[0]


def shuffled(paths: Iterable[Path]) -> list[Path]:
    """Files in an order that mixes folders and is the same in every run."""
    found = (path for path in paths if path.is_file() and not path.is_symlink())
    return sorted(found, key=lambda path: crc32(bytes(path)))


def plain(paths: Iterable[Path]) -> Iterator[str]:
    """The content of text files."""
    for path in shuffled(paths):
        content = path.read_bytes()
        if b"\0" not in content[:4096] and path.suffix != ".gz":
            yield content.decode(errors="replace")


def translations(catalogues: Iterable[Path]) -> Iterator[str]:
    """The translated messages of each catalogue, one a paragraph."""
    for path in shuffled(catalogues):
        with path.open("rb") as file, suppress(UnicodeError):  # some are not what they say
            messages: dict[object, str] = vars(gettext.GNUTranslations(file))["_catalog"]
            yield "\n\n".join(text for source, text in messages.items() if source and text)


def taken(texts: Iterator[str], limit: float) -> list[str]:
    """Documents, until there are `limit` bytes."""
    found: list[str] = []
    size = 0.0
    for text in texts:
        for at in range(0, len(text), LARGEST):
            if size >= limit:
                return found
            found.append(text[at : at + LARGEST])
            size += megabytes(found[-1:]) * 1e6
    return found


def megabytes(texts: Iterable[str]) -> float:
    """Of texts, in UTF-8."""
    return sum(len(text.encode(errors="replace")) for text in texts) / 1e6


def halves(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Two lists of as many characters, all but."""
    first: list[str] = []
    second: list[str] = []
    ahead = 0
    for text in texts:
        (second if ahead > 0 else first).append(text)
        ahead += -len(text) if ahead > 0 else len(text)
    return first, second


def ours(texts: Iterable[str], family: str) -> list[int]:
    """Our counts."""
    version = FAMILIES[family][1]
    return [claude.count_content(text, version) for text in texts]


def theirs(texts: Iterable[str], family: str) -> list[int]:
    """The counts of ctok, without its frame."""
    asked, _, frame = FAMILIES[family]
    return [ctok.token_count(text, asked) - frame if text else 0 for text in texts]


CACHES = (
    (claude, "_vocabulary"),
    (claude_spans, "_ascii_patterns"),
    (claude_spans, "_patterns"),
    (loader, "_model"),
    (loader, "_document"),
    (rules, "classify"),
)


def forget() -> None:
    """Back to what a fresh process knows."""
    for module, cached in CACHES:
        vars(module)[cached].cache_clear()
    re.purge()
    gc.collect()


def seconds(action: Callable[..., object], *arguments: object) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    action(*arguments)
    return time.perf_counter() - start


STATES = ("loading", "cold", "cold + load", "other half", "warm")


def one_round(texts: list[str], family: str) -> list[float]:
    """Seconds of ctok in each state, then ours."""
    first, second = halves(texts)
    forget()
    load = seconds(vars(loader)["_model"], family)
    cold, other = seconds(theirs, first, family), seconds(theirs, second, family)
    ctoks = [load, cold, load + cold, other, other]
    forget()
    load = seconds(vars(claude)["_vocabulary"], family)
    cold, other = seconds(ours, first, family), seconds(ours, second, family)
    return [*ctoks, load, cold, load + cold, other, seconds(ours, second, family)]


def compare(kinds: dict[str, list[str]], rounds: int) -> None:
    """Print how many times faster than ctok, by family and kind of text."""
    lines = [line for text in kinds["markdown"] for line in text.splitlines() if line]
    every = [text for texts in kinds.values() for text in texts]
    rows = {**kinds, "all of these": every, "markdown, line by line": lines[:10_000]}
    print(f"\n{'times as fast as ctok':32}{'ctok':>10}" + "".join(f"{s:>13}" for s in STATES))
    for family in FAMILIES:
        for name, texts in rows.items():
            measured = [one_round(texts, family) for _ in range(rounds)]
            times = [min(column) for column in zip(*measured, strict=True)]
            pace = megabytes(halves(texts)[1]) / times[3]
            quotients = [times[n] / times[n + len(STATES)] for n in range(len(STATES))]
            row = "".join(f"{quotient:13.1f}" for quotient in quotients)
            print(f"{family:6}{name:26}{pace:5.2f} MB/s{row}", flush=True)


LONG = {
    "10 M of a": "a" * 10_000_000,
    "1 M newlines": "\n" * 1_000_000,
    "1 M newlines inside": "x" + "\n" * 1_000_000 + "x",
    "1 M spaces": " " * 1_000_000,
    "10 M of 1": "1" * 10_000_000,
    "1 M of ab": "ab" * 500_000,
    "1 M random letters": "".join(DICE.choices("abcdefghijklmnopqrstuvwxyz", k=1_000_000)),
    "1 M like base64": "".join(DICE.choices("abcdefghijklmnopqrABCDEFGHIJ0123/+", k=1_000_000)),
}


def compare_long() -> None:
    """Print the seconds for texts that are one run; ctok's are of a hundredth, times 100."""
    print(f"\n{'seconds, and those of ctok':26}" + "".join(f"{family:>18}" for family in FAMILIES))
    for name, text in LONG.items():
        row = ""
        for family in FAMILIES:
            hundredth = text[: len(text) // 100]
            row += f"{seconds(ours, [text], family):9.2f}"
            row += f"{100 * seconds(theirs, [hundredth], family):9.1f}"
        print(f"{name:26}{row}", flush=True)


STRINGS = """
    's 's' 't 'll 're 've 'm 'd 'S ' '' ’s s t d m ll re ve a x hello The McX HELLO ABCD ABC AB aB
    ÀÉÎÕ Жар ЖАРА straße ẞ İ Σ ς ϴ ℳ ǅ 1 12 1234 ١٢ 1\ufe0f\u20e3 漢字 々 한국 カナ ー ไทย مرحبا
    नमस्ते ⟨bow⟩ ⟨eow⟩ ⟨0x41⟩ \ufdd0 \ufdd1 \ufdd2 \ufdd3 \ufdd4 ⚖\ufe0f 👩\u200d👧 🇩🇪 ... }); => --
"""
SPACES = [" ", "  ", " " * 40, "\n", "\n\n", "\n" * 30, "\t", "\r\n", "\0", "\1", "\2", "\x7f"]
RUNS = ["a" * 60, "é" * 40, "." * 140, "=" * 70, "1" * 40, "\u3000" * 20, "#" * 600, " " * 700]


def characters() -> list[list[str]]:
    """Every code point, by what ctok's rules and Python tell of it."""
    classes: dict[object, list[str]] = defaultdict(list)
    for character in map(chr, range(sys.maxunicode + 1)):
        category = unicodedata.category(character)
        traits = (
            character.isascii(),
            unicodedata.combining(character) > 0,
            ord(character) > 0xFFFF,
        )
        classes[rules.classify(character), category, *traits].append(character)
    return list(classes.values())


def mixed(number: int) -> Iterator[str]:
    """Random strings: from all classes alike, from two of them, or of a few parts in turn."""
    classes = [*characters(), *2 * [STRINGS.split(), SPACES], RUNS]
    for _ in range(number):
        kinds = DICE.choices(classes, k=DICE.choice((2, 3, 100)))
        few = [DICE.choice(DICE.choice(kinds)) for _ in range(DICE.choice((4, 30)))]
        yield "".join(DICE.choices([*few, " ", "'"], k=DICE.choice((1, 2, 3, 5, 8, 13, 21))))


def prove(kinds: dict[str, list[str]], number: int) -> bool:
    """Print how many texts are counted otherwise than by ctok, and some of them."""
    kinds = {**kinds, "random strings": list(mixed(number))}
    print(f"\n{'':26}{'MB':>8}{'texts':>9}   counted otherwise by family")
    same = True
    for name, texts in kinds.items():
        print(f"{name:26}{megabytes(texts):8.2f}{len(texts):9,}", end="", flush=True)
        for family in FAMILIES:
            counts = zip(texts, ours(texts, family), theirs(texts, family), strict=True)
            wrong = [text for text, count, expected in counts if count != expected]
            print(f"   {family} {len(wrong)}", *(f"{text[:60]!r}" for text in wrong[:3]), end="")
            same = same and not wrong
        print(flush=True)
    return same


def main() -> int:
    """Read the arguments, find texts, measure or prove."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--prove", action="store_true", help="compare every count")
    parser.add_argument("--megabytes", type=float, help="of real text")
    parser.add_argument("--strings", type=int, default=100_000, help="random ones, for --prove")
    parser.add_argument("--rounds", type=int, default=3, help="of which the least time counts")
    given = parser.parse_args()
    kinds = corpus((given.megabytes or (24 if given.prove else 6)) * 1e6 / 6)
    print(f"Python {sys.version.split()[0]}, ctok {metadata.version('ctok')}; texts found:")
    for name, texts in kinds.items():
        print(f"  {name:26}{megabytes(texts):7.2f} MB in {len(texts):5,} documents")
    print(f"  {'together':26}{sum(map(megabytes, kinds.values())):7.2f} MB")
    if given.prove:
        return 0 if prove(kinds, given.strings) else 1
    compare(kinds, given.rounds)
    compare_long()
    return 0


if __name__ == "__main__":
    sys.exit(main())
