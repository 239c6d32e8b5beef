"""Counts asked of the provider itself: the one place that sends anything anywhere.

Nothing is sent unless somebody calls `OnlineCounter`, which the command line does only after
`--online` or `calibrate`. Importing this loads neither a network library nor a database.
"""

from __future__ import annotations

from costplan.tokens.online.answers import AnswerStore
from costplan.tokens.online.asking import OnlineCounter
from costplan.tokens.online.calibrations import Calibrations
from costplan.tokens.online.errors import (
    OnlineError,
    RefusedError,
    UnreachableError,
    WrongKeyError,
)
from costplan.tokens.online.patience import Patience
from costplan.tokens.online.providers import PROVIDERS, Access, Provider, provider_of

__all__ = [
    "PROVIDERS",
    "Access",
    "AnswerStore",
    "Calibrations",
    "OnlineCounter",
    "OnlineError",
    "Patience",
    "Provider",
    "RefusedError",
    "UnreachableError",
    "WrongKeyError",
    "provider_of",
]
