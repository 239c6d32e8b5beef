"""What widgets and the worker tell the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.message import Message

from costplan.desk import Desk, Question, WhatIf


@dataclass
class Asked(Message):
    """A view wants to know something; of the questions of one view only the newest counts."""

    asker: str
    """The id of the view; its `answer` takes what comes back."""
    question: Question


@dataclass
class Behind(Message):
    """Somebody wants to know what is behind a number; the answer is laid over the screen."""

    question: Question
    """Its answer is an `Explained`."""


@dataclass
class Errand(Message):
    """Something is to be done that changes files; it is never dropped."""

    question: Question
    """Its answer is a sentence for the user."""


@dataclass
class Answered(Message):
    """The worker answered; an answer about another desk than the open one is dropped."""

    desk: Desk
    asker: str
    question: Question
    answer: Any


@dataclass
class Failed(Message):
    """The worker has no answer: what is wrong, a line each, with its place in the file."""

    desk: Desk
    asker: str
    question: Question
    problems: tuple[str, ...]


@dataclass
class WhatIfMade(Message):
    """Something was changed: a value, a share, the variant."""

    what_if: WhatIf


@dataclass
class LeversStand(Message):
    """The what-if panel shows where the levers stand."""

    changed: tuple[str, ...]
    """What is not as in the file, a few words each."""


@dataclass
class LeversLeft(Message):
    """The reader goes from the what-if panel back to the view."""


@dataclass
class LeverWanted(Message):
    """A value is to be changed: its lever in the what-if panel should take the keys."""

    path: str


@dataclass
class ScenarioChosen(Message):
    """Another scenario was picked."""

    name: str
    what_if: WhatIf = WhatIf()
    """What is laid over it at first."""


@dataclass
class ViewChosen(Message):
    """Another view was picked, by its id."""

    view: str


@dataclass
class Said(Message):
    """A sentence for the user that asks for nothing."""

    text: str
    is_problem: bool = False


@dataclass
class Drafted(Message):
    """The text of the editor is another, or another thing is known of it."""

    text: str | None
    """What is typed and not saved; None where it is what stands in the file."""
    holds: bool = False
    """Whether it was found to be a valid plan, to be shown instead of the file's."""


@dataclass
class TextWanted(Message):
    """The place in the file is to be shown where a value is written."""

    path: str
    """Keys joined by dots."""
