"""Anthropic's count of a request: `count_tokens` of its SDK, which takes 1.5 s to import.

Anthropic calls the number an estimate that may hold system tokens it does not bill
(platform.claude.com/docs/en/build-with-claude/token-counting); it is what all else is held to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from costplan.errors import UsageError
from costplan.tokens.online.errors import OnlineError, TryAgainError, failure
from costplan.tokens.online.providers import PROVIDERS, Access

if TYPE_CHECKING:
    from anthropic import Anthropic

_OF_THE_ANSWER = frozenset(
    """model max_tokens metadata stream stop_sequences temperature top_k top_p service_tier
    inference_geo""".split()  # noqa: SIM905 - a list is less readable
)
"""Keys that change nothing about the input, and which the endpoint refuses."""
_MOST_MODELS = 2_000
_PAGE = 100


class AnthropicEndpoint:
    """The counting endpoint, asked through the SDK. Its retries are off: `Patience` has them."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._client: Anthropic | None = None

    @staticmethod
    def prepare(body: Mapping[str, Any]) -> dict[str, Any]:
        """What is sent for a body of the Messages API, without the model.

        Raises:
            UsageError: it has no messages.
        """
        if "messages" not in body:
            raise UsageError("expected `messages` in a request to Anthropic")
        return {key: value for key, value in body.items() if key not in _OF_THE_ANSWER}

    @staticmethod
    def of_text(text: str) -> dict[str, Any]:
        """The body of one user message."""
        return {"messages": [{"role": "user", "content": text}]}

    def ask(self, body: Mapping[str, Any], model: str, timeout: float) -> int:
        """The input tokens of a prepared body.

        Raises:
            OnlineError: the provider does not give them.
            TryAgainError: it may, later.
        """
        client = self._opened()
        # Only these two are arguments in every version of the SDK.
        rest = {key: value for key, value in body.items() if key != "messages"}
        try:
            found = client.messages.count_tokens(
                model=model, messages=body["messages"], extra_body=rest, timeout=timeout
            )
        except Exception as error:  # noqa: BLE001 - what is not the SDK's is raised again
            raise self._meaning(error, timeout) from None
        tokens = getattr(found, "input_tokens", None)
        if not isinstance(tokens, int) or tokens < 0:
            raise TryAgainError("its answer holds no count")
        return tokens

    def models(self, timeout: float) -> Iterator[str]:
        """The models the key may use, page by page."""
        client = self._opened()
        try:
            listed = client.models.list(limit=_PAGE, timeout=timeout)
            yield from (model.id for model in islice(listed, _MOST_MODELS))
        except Exception as error:  # noqa: BLE001 - as above
            raise self._meaning(error, timeout) from None

    def close(self) -> None:
        """Let go of the connection."""
        if self._client is not None:
            self._client.close()
        self._client = None

    def _opened(self) -> Anthropic:
        if self._client is None:
            import anthropic

            self._client = anthropic.Anthropic(
                api_key=self._access.key,
                base_url=self._access.base_url,
                max_retries=0,
                # A redirection would carry the key along to wherever it points.
                http_client=anthropic.DefaultHttpxClient(follow_redirects=False),
            )
        return self._client

    def _meaning(self, error: Exception, timeout: float) -> Exception:
        """What an exception of the SDK means; any other stays what it is."""
        import anthropic

        match error:
            case anthropic.APIStatusError():
                headers = {name.lower(): value for name, value in error.response.headers.items()}
                content = error.response.text
                return failure(PROVIDERS["anthropic"], error.status_code, headers, content)
            case anthropic.APITimeoutError():
                return TryAgainError(f"no answer within {timeout:.0f} s")
            case anthropic.APIConnectionError():
                cause = f" ({error.__cause__})" if error.__cause__ else ""
                return TryAgainError(f"no connection to {self._access.host}{cause}")
            case anthropic.APIError() | json.JSONDecodeError():
                return TryAgainError("its answer is not JSON")
            case OnlineError() | TryAgainError():
                return error
        return error
