"""The providers' answers, each asked for once ever: a small SQLite file.

It holds a digest of what was asked, the model, the tokens and the day; never a text or a key.
SQLite's locks let several processes use it at once. A file that cannot be used is done without,
and says so; one that is damaged is put aside, never overwritten.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costplan.tokens.online.damage import put_aside

if TYPE_CHECKING:
    from sqlite3 import Connection

_TABLE = """CREATE TABLE IF NOT EXISTS answers (
    question TEXT NOT NULL, model TEXT NOT NULL, tokens INTEGER NOT NULL, asked TEXT NOT NULL,
    PRIMARY KEY (question, model)
) WITHOUT ROWID"""
_RECALL = "SELECT tokens FROM answers WHERE question = ? AND model = ?"
_REMEMBER = "INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked: a digest of a request, and the model it is for."""

    digest: str
    model: str

    @classmethod
    def about(cls, base_url: str, body: Mapping[str, Any], model: str) -> Question:
        """The question that a body is at an address: another address may count otherwise."""
        text = json.dumps([base_url, body], sort_keys=True, separators=(",", ":"))
        return cls(hashlib.sha256(text.encode()).hexdigest(), model)


class AnswerStore:
    """Answers in a file or, with None, for as long as the object lives."""

    def __init__(
        self,
        path: Path | None,
        *,
        warn: Callable[[str], None] = lambda _: None,
        timeout: float = 5.0,
    ) -> None:
        """Nothing is opened yet.

        Args:
            path: of the file, which need not exist.
            warn: is told once why the file is done without.
            timeout: seconds to wait for another process that is writing.
        """
        self._path, self._warn, self._timeout = path, warn, timeout
        self._new: dict[Question, int] = {}
        self._connection: Connection | None = None
        self._is_writable = True

    def recall(self, question: Question) -> int | None:
        """The tokens of an earlier answer."""
        if question in self._new:
            return self._new[question]
        row = self._run(_RECALL, question.digest, question.model)
        return row[0] if row and isinstance(row[0], int) and row[0] >= 0 else None

    def remember(self, question: Question, tokens: int, day: date) -> None:
        """Keep an answer; the first one to a question stays."""
        self._new[question] = tokens
        if self._is_writable:
            self._run(_REMEMBER, question.digest, question.model, tokens, day.isoformat())

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _run(self, statement: str, *values: str | int) -> tuple[Any, ...] | None:
        if self._path is None:
            return None
        import sqlite3

        try:
            row: tuple[Any, ...] | None = (
                self._opened(self._path).execute(statement, values).fetchone()
            )
        except (sqlite3.OperationalError, OSError) as error:  # locked, a folder, not writable
            self._warn(f"answers are not remembered: {self._path}: {error}")
            if statement == _REMEMBER:
                self._is_writable = False  # what is in it can still be read
            else:
                self._do_without()
        except sqlite3.DatabaseError as error:  # no database, or a damaged one
            path = self._path
            self._do_without()
            self._warn(f"{path} is damaged ({error}) {put_aside(path)}; answers are asked anew")
        else:
            return row
        return None

    def _opened(self, path: Path) -> Connection:
        if self._connection is None:
            import sqlite3

            path.parent.mkdir(parents=True, exist_ok=True)
            # Without an isolation level, each statement is a transaction of its own.
            self._connection = sqlite3.connect(path, timeout=self._timeout, isolation_level=None)
            self._connection.execute(_TABLE)
        return self._connection

    def _do_without(self) -> None:
        self.close()
        self._path = None
