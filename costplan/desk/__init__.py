"""What an interface works on: a scenario file, opened, and the questions that can be asked of it.

Everything that reads files, counts, prices or draws samples is here or below. An interface only
asks, shows the strings of the answer, and asks again: it has no arithmetic of its own.
"""

from __future__ import annotations

from costplan.desk.desk import Desk
from costplan.desk.questions import Question
from costplan.desk.whatif import History, WhatIf

__all__ = ["Desk", "History", "Question", "WhatIf"]
