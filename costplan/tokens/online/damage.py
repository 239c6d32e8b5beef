"""What becomes of a file of the user's that makes no sense: it gets another name, never lost."""

from __future__ import annotations

from pathlib import Path

_ENDINGS = (".damaged", *(f".damaged{k}" for k in range(2, 10)))


def put_aside(path: Path) -> str:
    """Rename a file, so that a new one can be begun; says what became of it."""
    for ending in _ENDINGS:
        aside = path.with_name(path.name + ending)
        if not aside.exists():
            try:
                path.rename(aside)
            except OSError as error:
                return f"and cannot be moved ({error.strerror})"
            return f"and is now {aside.name}"
    return "and stays, as there are many such already"
