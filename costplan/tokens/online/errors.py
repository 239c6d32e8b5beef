"""How asking a provider can fail, and what each status of HTTP means for the asker.

    OnlineError            a provider gave no count
    ├── WrongKeyError      it does not take the key: nothing else will work either
    ├── RefusedError       it does not take this request; another may do
    │   └── MissingError   it has nothing under this name
    └── UnreachableError   it could not be asked, however often

A key is never part of a message: what a provider says about a wrong key is not repeated, because
providers quote parts of it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from costplan.errors import CostplanError
from costplan.tokens.online.providers import Provider

_LONGEST = 200
"""Characters of a provider's own words that are repeated."""


class OnlineError(CostplanError):
    """A provider gave no count."""


class WrongKeyError(OnlineError):
    """The provider does not accept the key."""


class RefusedError(OnlineError):
    """The provider does not accept this request."""


class MissingError(RefusedError):
    """The provider has no such model, or no such address."""


class UnreachableError(OnlineError):
    """The provider could not be asked in the time and tries there were."""


class TryAgainError(Exception):
    """What may go better a little later; never leaves this package."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait
        """Seconds the provider asks to wait, if it does."""


def failure(
    provider: Provider, status: int, headers: Mapping[str, str], content: str
) -> OnlineError | TryAgainError:
    """What an answer other than 200 means.

    Args:
        provider: whose answer it is.
        status: of HTTP.
        headers: of the answer, names in lower case.
        content: of the answer; what it says of the reason is repeated, except about keys.
    """
    if status in {401, 403}:
        return WrongKeyError(
            f"{provider.title} does not accept the key ({status}); "
            f"check that {provider.key_variable} is whole, active and allowed to count tokens"
        )
    said = " ".join(filter(None, (f"{status}", _words(content))))
    if status in {408, 409, 429} or status >= 500:
        return TryAgainError(f"it answers {said}", _wait(headers))
    kind = MissingError if status == 404 else RefusedError
    return kind(f"{provider.title} refuses the request: {said}")


def _words(content: str) -> str:
    """The provider's own words, on one line: both write `{"error": {"message": ...}}`."""
    try:
        said = json.loads(content)["error"]["message"]
    except (ValueError, KeyError, TypeError):
        return ""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(said)).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def _wait(headers: Mapping[str, str]) -> float | None:
    """Seconds of `retry-after`, which is a number or a date (RFC 9110, 10.2.3).

    A date is compared with the provider's own clock where it tells it, not with ours.
    """
    asked = headers.get("retry-after", "")
    try:
        wait = float(asked)
    except ValueError:
        until, now = _date(asked), _date(headers.get("date", "")) or datetime.now(UTC)
        wait = (until - now).total_seconds() if until else math.nan
    return wait if 0 <= wait < math.inf else None


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
