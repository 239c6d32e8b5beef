"""How many tokens a text is on a model, offline."""

from __future__ import annotations

from collections.abc import Iterable

from costplan.errors import UsageError
from costplan.tokens.content import classify
from costplan.tokens.counts import Method, TokenCount, certain
from costplan.tokens.density import scale
from costplan.tokens.families import CLAUDE_3, CLAUDE_4_7, O200K, Identity, identify
from costplan.tokens.ranks import ENCODINGS


def count_tokens(text: str, model: str) -> TokenCount:
    """Tokens of a text on a model: the content alone, without what a request wraps around it.

    - OpenAI: `exact`, with the vendor's vocabulary. GPT-6 is newer than OpenAI's published table
      of encodings and is read as o200k, like every model since gpt-4o (grounds: `families`). An
      OpenAI name that nothing is known of is counted as o200k too, marked `assumed`, with a band.
    - Claude 3 and later: `reconstructed`, through ctok; Claude 2: `scaled`.
    - Others: `scaled`, o200k times the factor measured for the family and class of text, with
      the band that holds 95 of 100 documents; `assumed` where nothing was measured.

    What looks like a control token (`<|endoftext|>`) counts as the text it is. No text makes it
    fail; above 400,000 characters a text without line ends is counted in parts and may be off by
    four tokens for each, which the band shows.

    Args:
        text: any string.
        model: `provider/model` or the bare name; `message_frame` gives what wraps a message.

    Raises:
        UsageError: the text is not a string.
    """
    if not isinstance(text, str):  # a caller without a type checker may give anything
        raise UsageError(f"expected a text to count, found {type(text).__name__}")
    who = identify(model)
    if who.family in ENCODINGS and who.known:
        return _openai(text, who.family)
    if who.family in {CLAUDE_3, CLAUDE_4_7}:
        return _claude(text, who)
    return scale(_openai(text, O200K), who.family, classify(text), known=who.known)


def count_many(texts: Iterable[str], model: str) -> list[TokenCount]:
    """`count_tokens` of each text, in order."""
    return [count_tokens(text, model) for text in texts]


def _openai(text: str, encoding: str) -> TokenCount:
    if not text:  # no need to load a vocabulary to count nothing
        return certain(0, Method.EXACT)
    from costplan.tokens.encoder import count_ordinary

    return count_ordinary(text, encoding)


def _claude(text: str, who: Identity) -> TokenCount:
    from costplan.tokens.claude import count_content

    tokens = count_content(text, who.version or (5, 0)) if text else 0
    return certain(tokens, Method.RECONSTRUCTED if who.known else Method.ASSUMED)
