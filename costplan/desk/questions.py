"""What can be asked of a desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from costplan.desk.desk import Desk


class Question(Protocol):
    """A frozen dataclass that says all it depends on; two equal questions have equal answers."""

    def answer(self, desk: Desk, /) -> Any:
        """Work it out; called in a worker thread, one call at a time.

        Raises:
            CostplanError: it has no answer; says why, with the place in the file.
            OSError: a file cannot be read or written.
        """
