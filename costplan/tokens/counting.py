"""How many tokens a text is on a model, offline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from costplan.errors import UsageError
from costplan.tokens.content import classify
from costplan.tokens.counts import Method, TokenCount, certain
from costplan.tokens.density import scale
from costplan.tokens.families import CLAUDE_3, CLAUDE_4_7, O200K, Identity, identify
from costplan.tokens.ranks import ENCODINGS
from costplan.tokens.vocabularies import Vocabulary, count_bundled, vocabulary_of


def count_tokens(text: str, model: str) -> TokenCount:
    """Tokens of a text on a model: the content alone, without what a request wraps around it.

    - OpenAI: `exact`, with the vendor's vocabulary. GPT-6 is newer than OpenAI's published table
      of encodings and is read as o200k, like every model since gpt-4o (grounds: `families`). An
      OpenAI name that nothing is known of is counted as o200k too, marked `assumed`, with a band.
    - Claude 3 and later: `reconstructed`, through ctok; Claude 2: `scaled`.
    - Gemini, Mistral, Llama, Qwen, DeepSeek, GLM and Kimi, where the extra `tokenizers` is
      installed: `exact` with the model's own vocabulary, `vendor-equivalent` where the vendor may
      use another (grounds: `vocabularies`).
    - Others, and those without the extra: `scaled`, o200k times the factor measured for the family
      and class of text, with the band that holds 95 of 100 documents; `assumed` where nothing was
      measured.

    What looks like a control token (`<|endoftext|>`) counts as the text it is. No text makes it
    fail; above 400,000 characters a text without line ends is counted in parts and may be off by
    four tokens for each, which the band shows.

    Args:
        text: any string.
        model: `provider/model` or the bare name; `message_frame` gives what wraps a message.

    Raises:
        UsageError: the text is not a string.
    """
    return count_many((text,), model)[0]


def count_many(texts: Iterable[str], model: str) -> list[TokenCount]:
    """`count_tokens` of each text, in order; together they are counted faster, on all cores.

    Raises:
        UsageError: one of them is not a string.
    """
    given = tuple(texts)
    for text in given:
        if not isinstance(text, str):  # a caller without a type checker may give anything
            raise UsageError(f"expected a text to count, found {type(text).__name__}")
    who = identify(model)
    if who.family in ENCODINGS and who.known:
        return _openai(given, who.family)
    if who.family in {CLAUDE_3, CLAUDE_4_7}:
        return [_claude(text, who) for text in given]
    if vocabulary := vocabulary_of(model):
        return _bundled(given, vocabulary)
    return [
        scale(counted, who.family, classify(text), known=who.known)
        for text, counted in zip(given, _openai(given, O200K), strict=True)
    ]


def _openai(texts: tuple[str, ...], encoding: str) -> list[TokenCount]:
    if not any(texts):  # no need to load a vocabulary to count nothing
        return [certain(0, Method.EXACT)] * len(texts)
    from costplan.tokens.encoder import count_batch

    return count_batch(texts, encoding)


def _claude(text: str, who: Identity) -> TokenCount:
    from costplan.tokens.claude import count_content

    tokens = count_content(text, who.version or (5, 0)) if text else 0
    return certain(tokens, Method.RECONSTRUCTED if who.known else Method.ASSUMED)


def _bundled(texts: tuple[str, ...], vocabulary: Vocabulary) -> list[TokenCount]:
    from costplan.tokens.encoder import count_cut, in_doubt

    def count(pieces: Sequence[str]) -> list[tuple[int, int]]:
        return [(tokens, 0) for tokens in count_bundled(pieces, vocabulary.name)]

    counted = count_cut(texts, count, vocabulary)
    return [vocabulary.counted(in_doubt(tokens, cuts)) for tokens, cuts in counted]
