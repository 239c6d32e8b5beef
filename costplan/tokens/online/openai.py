"""OpenAI's count of a request: `POST /v1/responses/input_tokens`.

The page (developers.openai.com/api/reference/resources/responses/subresources/input_tokens) gives
request and answer; nothing but the standard library is needed to ask.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from costplan.errors import UsageError
from costplan.tokens.online.chat import responses_body
from costplan.tokens.online.errors import TryAgainError, failure
from costplan.tokens.online.providers import PROVIDERS, Access

if TYPE_CHECKING:
    from urllib.request import OpenerDirector, Request

_OF_THE_ANSWER = frozenset(
    """model stream stream_options store metadata user safety_identifier service_tier include
    prompt_cache_key prompt_cache_retention temperature top_p top_logprobs logprobs seed n stop
    max_tokens max_completion_tokens max_output_tokens max_tool_calls presence_penalty
    frequency_penalty logit_bias background""".split()  # noqa: SIM905 - a list is less readable
)
"""Keys that change nothing about the input."""
_LARGEST_ANSWER = 10_000_000
"""Bytes."""


class OpenAIEndpoint:
    """The counting endpoint, asked with `urllib`; redirects are not followed with a key."""

    def __init__(self, access: Access) -> None:
        base = access.base_url.rstrip("/")
        self._access = access
        # OPENAI_BASE_URL ends in /v1 by custom; a bare host is meant the same way.
        self._base = base if urlsplit(base).path else f"{base}/v1"
        self._opener: OpenerDirector | None = None

    @staticmethod
    def prepare(body: Mapping[str, Any]) -> dict[str, Any]:
        """What is sent for a body of either API, without the model.

        Raises:
            UsageError: it is neither, or holds what cannot be counted.
        """
        kept = {key: value for key, value in body.items() if key not in _OF_THE_ANSWER}
        if "conversation" in kept:
            raise UsageError("a conversation kept at OpenAI changes; send its items in `input`")
        if "messages" not in kept:
            if "input" not in kept and "instructions" not in kept:
                raise UsageError("expected `messages` or `input` in a request to OpenAI")
            return kept
        try:
            return responses_body(kept)
        except (KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"not a request to Chat Completions: {error!r}") from None

    @staticmethod
    def of_text(text: str) -> dict[str, Any]:
        """The body of one user message."""
        return {"input": text}

    def ask(self, body: Mapping[str, Any], model: str, timeout: float) -> int:
        """The input tokens of a prepared body.

        Raises:
            OnlineError: the provider does not give them.
            TryAgainError: it may, later.
        """
        found = self._fetch("responses/input_tokens", timeout, {"model": model, **body})
        tokens = found.get("input_tokens") if isinstance(found, dict) else None
        if not isinstance(tokens, int) or tokens < 0:
            raise TryAgainError("its answer holds no count")
        return tokens

    def models(self, timeout: float) -> Iterator[str]:
        """The models the key may use; all come at once."""
        found = self._fetch("models", timeout)
        listed = found.get("data") if isinstance(found, dict) else None
        yield from (str(each["id"]) for each in listed or () if "id" in each)

    def close(self) -> None:
        """Nothing stays open between questions."""

    def _fetch(self, path: str, timeout: float, body: object = None) -> Any:
        import http.client
        from urllib.error import HTTPError, URLError

        try:
            request = self._request(path, body)
            with self._opened().open(request, timeout=timeout) as answer:
                return json.loads(answer.read(_LARGEST_ANSWER))
        except HTTPError as error:
            with error:
                headers = {name.lower(): value for name, value in error.headers.items()}
                content = error.read(_LARGEST_ANSWER).decode(errors="replace")
            raise failure(PROVIDERS["openai"], error.code, headers, content) from None
        except TimeoutError:
            raise TryAgainError(f"no answer within {timeout:.0f} s") from None
        except URLError as error:
            raise TryAgainError(f"no connection to {self._access.host} ({error.reason})") from None
        except (OSError, http.client.HTTPException) as error:
            raise TryAgainError(f"the connection broke ({error})") from None
        except ValueError:
            raise TryAgainError("its answer is not JSON") from None

    def _request(self, path: str, body: object) -> Request:
        from urllib.request import Request

        return Request(  # noqa: S310 - `Access` has seen to it that it is http or https
            f"{self._base}/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self._access.key}",
                "Content-Type": "application/json",
                "User-Agent": "costplan",
            },
        )

    def _opened(self) -> OpenerDirector:
        if self._opener is None:
            from urllib.request import HTTPRedirectHandler, build_opener

            class Stay(HTTPRedirectHandler):
                """Urllib would carry the key along to wherever it is sent."""

                def redirect_request(self, *_: Any, **__: Any) -> None:
                    """None: the redirection itself is the answer."""

            self._opener = build_opener(Stay)
        return self._opener
