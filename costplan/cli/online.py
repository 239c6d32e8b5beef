"""Counting online: keys from the environment, answers and calibrations in the user's folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from costplan.cli.sources import today
from costplan.cli.streams import note
from costplan.errors import UsageError

if TYPE_CHECKING:
    from costplan.tokens import TokenCount
    from costplan.tokens.online import Access, Calibrations, OnlineCounter, Provider
    from costplan.tokens.online.asking import CountRequest, CountText


def online_counter(
    models: Iterable[str], *, text: CountText | None = None, request: CountRequest | None = None
) -> OnlineCounter:
    """A counter that may ask the providers of these models; nothing is sent yet.

    Args:
        models: `PROVIDER/MODEL`, checked before with the book.
        text: the offline count of a text, where a provider cannot be asked.
        request: the same of a request.

    Raises:
        UsageError: a provider does not count online, or the environment has no key for it.
    """
    from costplan.memory import cache_folder
    from costplan.tokens import count_tokens
    from costplan.tokens.online import AnswerStore, OnlineCounter, Patience, provider_of

    providers = dict.fromkeys(provider_of(model)[0] for model in models)
    access = {provider.name: access_to(provider) for provider in providers}
    folder = cache_folder()
    return OnlineCounter(
        access,
        AnswerStore(folder / "answers.db" if folder else None, warn=_warn),
        day=today(),
        text=text or count_tokens,
        request=request or count_offline,
        warn=_warn,
        patience=Patience(),
    )


def access_to(provider: Provider) -> Access:
    """The key and the address of a provider, from the environment.

    Raises:
        UsageError: there is no key, or either makes no sense; a key is never shown.
    """
    from costplan.tokens.online import Access

    key = os.environ.get(provider.key_variable, "").strip()
    if not key:
        raise UsageError(
            f"asking {provider.title} needs a key, and {provider.key_variable} is not set; "
            "set it in the environment, the only place it is read from"
        )
    base_url = os.environ.get(provider.base_variable, "").strip().rstrip("/") or provider.base_url
    for variable, address in (
        (provider.key_variable, provider.base_url),
        (provider.base_variable, base_url),
    ):
        try:
            access = Access(key, address)
        except UsageError as error:
            raise UsageError(f"{variable}: {error}") from None
    return access


def calibrations() -> Calibrations:
    """The constants that were calibrated on this machine."""
    from costplan.memory import cache_folder
    from costplan.tokens.online import Calibrations

    folder = cache_folder()
    return Calibrations(folder / "calibrations.json" if folder else None, warn=_warn)


def corrections_of(model: str) -> dict[str, int]:
    """Tokens to add to the constants of a model, by the canonical name the book has for it."""
    return calibrations().corrections(model)


def count_offline(body: Mapping[str, Any], model: str) -> TokenCount:
    """A request by the rules alone."""
    from costplan.tokens.requests import count_request

    return count_request(body, model=model)


def _warn(text: str) -> None:
    note(f"warning: {text}")
