"""Everything that can go wrong, and how it is told.

CostplanError
├── FileError              one or more located problems in a file; nothing was used from it
│   ├── ScenarioError      in a scenario
│   └── PriceFileError     in a price file
├── UnknownNameError       a name nothing answers to (mode, region, variant ...); says the nearest
│   └── UnknownModelError
├── EditError              a change that cannot be written into a file so that nothing else changes
├── SaveError              a file could not be written; what it held before is still there
│   └── ChangedFileError   another program wrote, made or deleted it meanwhile; ask what to do
├── SavedPlanError         a file that should be a saved plan and is none
├── MissingPriceError      the model is known, but has no price on that day as known then
├── OnlineError            a provider that was asked gave no count (tokens.online.errors)
└── UsageError             a quantity or combination that cannot be rated or counted

Each carries the exit code the command line ends with. A warning is not an error: it is a
`PlanWarning` inside a result, with a code that stays the same between versions.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process ends with. `INVALID` wins over `UNPRICED` where both apply."""

    FINE = 0
    """Done; there may have been warnings."""
    OVER_BUDGET = 1
    """`plan --check-budget` found the plan over budget."""
    INVALID = 2
    """A wrong option, or a syntax or schema problem in a file."""
    UNPRICED = 3
    """An unknown model or a missing price, wherever it was named."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file; line and column count from 1, as editors do. 0 is the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a file: where, on which path of keys, and what to do about it."""

    place: Place
    path: str
    """Keys joined by dots; a key that holds a dot is in double quotes. Empty for the file."""
    message: str
    exit_code: ExitCode = ExitCode.INVALID

    def __str__(self) -> str:
        return ": ".join(part for part in (str(self.place), self.path, self.message) if part)


@dataclass(frozen=True, slots=True)
class PlanWarning:
    """Something the reader of a result must know. `code` is stable; programs may test for it."""

    code: str
    message: str
    where: str = ""
    """A path in the scenario, a model, or a month: what the warning is about."""


class CostplanError(Exception):
    """The root: catch this to catch everything costplan raises on purpose."""

    exit_code = ExitCode.INVALID


class FileError(CostplanError):
    """A file that cannot be used. All its problems are in `problems`, sorted by position."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))
        codes = {problem.exit_code for problem in self.problems}
        self.exit_code = ExitCode.UNPRICED if codes == {ExitCode.UNPRICED} else ExitCode.INVALID


class ScenarioError(FileError):
    """A scenario file with problems."""


class EditError(CostplanError):
    """A change that cannot be written into a file so that nothing else changes; none is made."""


class SaveError(CostplanError):
    """A file could not be written; what it held before is still there."""


class ChangedFileError(SaveError):
    """A file is another than when it was read, or is there already, or no more."""

    def __init__(self, message: str, *, gone: bool = False) -> None:
        self.gone = gone
        super().__init__(message)


class PriceFileError(FileError):
    """A price file with problems."""


class UnknownNameError(CostplanError):
    """A name nothing answers to: a mode, a region, a variant, a meter, a template."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name = kind, name
        super().__init__(f"unknown {kind} {name!r}{suggestion(name, known)}")


class UnknownModelError(UnknownNameError):
    """A model the price book does not hold."""

    exit_code = ExitCode.UNPRICED

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__("model", name, known)
        if str(self) == f"unknown model {name!r}":
            written = "" if "/" in name else "a model is written PROVIDER/MODEL, and "
            self.args = (f"{self}; {written}`costplan prices list` shows those there are",)


class MissingPriceError(CostplanError):
    """The model is known, but no price is in force on that day as known then."""

    exit_code = ExitCode.UNPRICED


class SavedPlanError(CostplanError):
    """A file that was to be compared as a saved plan, and is none, or is damaged."""


class UsageError(CostplanError):
    """A quantity that makes no sense, or a combination that has no meaning."""


def suggestion(name: str, known: Iterable[str], *, all_below: int = 9) -> str:
    """The end of a sentence about an unknown name: the nearest known one, or the few there are.

    Args:
        name: what was written.
        known: every name that would have been right.
        all_below: with fewer known names than this and none near, all are listed.

    Returns:
        `"; did you mean 'x'?"`, `"; expected one of 'x', 'y'"`, or an empty string.
    """
    names = sorted(set(known))
    folded = {candidate.casefold(): candidate for candidate in names}
    near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {folded[near[0]]!r}?"
    return f"; expected one of {listed(names)}" if 0 < len(names) < all_below else ""


def listed(names: Sequence[str]) -> str:
    """Names for a sentence: `'a', 'b', 'c'`."""
    return ", ".join(map(repr, names))
