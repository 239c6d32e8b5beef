"""Counts from the provider where it answers, from here where it does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Protocol, Self

from costplan.errors import UnknownModelError, UsageError
from costplan.tokens.counting import count_tokens
from costplan.tokens.counts import Method, TokenCount, certain
from costplan.tokens.frames import message_frame
from costplan.tokens.online.answers import AnswerStore, Question
from costplan.tokens.online.anthropic import AnthropicEndpoint
from costplan.tokens.online.errors import (
    MissingError,
    OnlineError,
    RefusedError,
    TryAgainError,
    UnreachableError,
)
from costplan.tokens.online.openai import OpenAIEndpoint
from costplan.tokens.online.patience import Patience
from costplan.tokens.online.providers import Access, Provider, provider_of

type CountText = Callable[[str, str], TokenCount]
type CountRequest = Callable[[Mapping[str, Any], str], TokenCount]


class Endpoint(Protocol):
    """Where a provider counts."""

    def prepare(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """What is sent for a body."""

    def of_text(self, text: str) -> dict[str, Any]:
        """The body of one user message."""

    def ask(self, body: Mapping[str, Any], model: str, timeout: float) -> int:
        """The input tokens of a prepared body."""

    def models(self, timeout: float) -> Any:
        """The names of the models there are."""

    def close(self) -> None:
        """Let go of connections."""


_ENDPOINTS: dict[str, Callable[[Access], Endpoint]] = {
    "anthropic": AnthropicEndpoint,
    "openai": OpenAIEndpoint,
}


class OnlineCounter:
    """Asks providers how many tokens a request is, each question once ever.

    `ask` gives a provider's answer or fails. `count_request` and `count_text` give the offline
    count, with a warning, where the provider cannot be reached or refuses the one request; a
    provider that could not be reached is not asked again. To be closed, or used in a `with`.
    """

    def __init__(
        self,
        access: Mapping[str, Access],
        answers: AnswerStore,
        *,
        day: date,
        request: CountRequest,
        text: CountText = count_tokens,
        warn: Callable[[str], None] = lambda _: None,
        patience: Patience | None = None,
    ) -> None:
        """Nothing is sent or opened yet.

        Args:
            access: the key and address of each provider that may be asked.
            answers: what was answered before.
            day: it is today, kept with each new answer.
            request: counts a body of a model offline.
            text: counts a text on a model offline.
            warn: is told why an offline count is given.
            patience: with providers that are busy or slow.
        """
        self.sent = 0
        """Questions that were not remembered, and went to a provider."""
        self._access, self._answers, self._day = access, answers, day
        self._request, self._text, self._warn = request, text, warn
        self._patience = patience or Patience()
        self._endpoints: dict[str, Endpoint] = {}
        self._given_up: set[str] = set()
        self._told: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of connections and of the file of answers."""
        for endpoint in self._endpoints.values():
            endpoint.close()
        self._endpoints.clear()
        self._answers.close()

    def ask(self, body: Mapping[str, Any], model: str) -> int:
        """The input tokens of a request, as its provider counts them.

        Args:
            body: a request to the Messages API, Chat Completions or the Responses API; what in it
                concerns only the answer is left out.
            model: `PROVIDER/MODEL`; the provider is asked for what follows its name.

        Raises:
            UsageError: the body cannot be sent, or no key of that provider was given.
            UnknownModelError: the provider has no such model; names its nearest.
            OnlineError: the provider gives no count.
        """
        provider, name = provider_of(model)
        endpoint = self._endpoint(provider)
        prepared = _plain(endpoint.prepare(body))
        question = Question.about(self._access[provider.name].base_url, prepared, name)
        tokens = self._answers.recall(question)
        if tokens is None:
            tokens = self._insist(provider, name, prepared)
            self._answers.remember(question, tokens, self._day)
        return tokens

    def count_request(self, body: Mapping[str, Any], model: str) -> TokenCount:
        """A request, `exact` where the provider answered; errors as of `ask`, less its network."""
        try:
            return certain(self._ask_once(body, model), Method.EXACT)
        except (RefusedError, UnreachableError):
            return self._request(body, model)

    def count_text(self, text: str, model: str) -> TokenCount:
        """A text alone: the provider's answer for one user message, less the frame of one.

        `vendor-equivalent`, because the frame is ours (`message_frame`). Errors as of
        `count_request`. An empty text is not asked for: providers refuse it.
        """
        if not text:
            return self._text(text, model)
        provider, _ = provider_of(model)
        try:
            tokens = self._ask_once(self._endpoint(provider).of_text(text), model)
        except (RefusedError, UnreachableError):
            return self._text(text, model)
        return certain(max(0, tokens - message_frame(model)), Method.VENDOR_EQUIVALENT)

    def _ask_once(self, body: Mapping[str, Any], model: str) -> int:
        """As `ask`, with a warning when it fails, and no second try of a provider that is gone."""
        provider, _ = provider_of(model)
        if provider.name in self._given_up:
            raise UnreachableError(f"{provider.title} was given up")
        try:
            return self.ask(body, model)
        except UnreachableError as error:
            self._given_up.add(provider.name)
            self._tell(f"{error}; its models are counted offline from here on")
            raise
        except RefusedError as error:
            self._tell(f"{model}: {error}; counted offline")
            raise

    def _tell(self, warning: str) -> None:
        """A warning once, though a thousand documents have the same."""
        if warning not in self._told:
            self._told.add(warning)
            self._warn(warning)

    def _endpoint(self, provider: Provider) -> Endpoint:
        if provider.name not in self._access:
            raise UsageError(f"no key for {provider.title} was given")
        if provider.name not in self._endpoints:
            make = _ENDPOINTS[provider.name]
            self._endpoints[provider.name] = make(self._access[provider.name])
        return self._endpoints[provider.name]

    def _insist(self, provider: Provider, name: str, body: Mapping[str, Any]) -> int:
        """The provider's answer, with patience; no message ever holds the key."""
        endpoint, hide = self._endpoint(provider), self._access[provider.name].hide
        self.sent += 1
        try:
            return self._patience.ask(
                provider.title, lambda timeout: endpoint.ask(body, name, timeout)
            )
        except MissingError as error:
            known = self._models(endpoint)
            if known and name not in known:
                names = [f"{provider.name}/{each}" for each in known]
                raise UnknownModelError(f"{provider.name}/{name}", names) from None
            raise RefusedError(hide(str(error))) from None
        except OnlineError as error:
            raise type(error)(hide(str(error))) from None

    def _models(self, endpoint: Endpoint) -> list[str]:
        """The names a provider has, to tell a wrong name from a wrong address; or none."""
        try:
            return list(endpoint.models(self._patience.timeout))
        except (OnlineError, TryAgainError):
            return []


def _plain(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body as it can be sent: JSON's types, and U+FFFD for half a character, as it is counted.

    Raises:
        UsageError: it is no JSON.
    """
    try:
        text = json.dumps(body, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise UsageError(f"the request is not JSON: {error}") from None
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    plain: dict[str, Any] = json.loads(whole)
    return plain
