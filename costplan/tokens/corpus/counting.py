"""A stream of documents counted in batches, for several models at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from typing import Any

from costplan.errors import Place, Problem, UsageError
from costplan.tokens.corpus.documents import Document
from costplan.tokens.counting import count_many
from costplan.tokens.counts import Method, RequestCount, TokenCount, total, worst

type CountTexts = Callable[[Sequence[str], str], list[TokenCount]]
"""Counts texts on a model."""

BATCH = 4_000_000
"""Characters that are held and counted together."""
_DOCUMENTS = 20_000
"""Documents of a batch, however short."""
REMEMBERED = 50_000
"""Texts whose counts are remembered: logs repeat themselves."""
_WORTH_REMEMBERING = 64
"""Characters; a shorter text is counted again sooner than it is looked up."""
_BLOCK_DOUBT = 4
"""Tokens a document too large to hold may be off where one block of it ends (`encoder`)."""


@dataclass(slots=True)
class Tally:
    """The tokens of one source on one model."""

    source: str
    model: str
    documents: int = 0
    characters: int = 0
    tokens: int = 0
    low: int = 0
    high: int = 0
    methods: list[str] = field(default_factory=list)
    """Every method that counted one, in the order they came."""
    sizes: Counter[int] = field(default_factory=Counter)
    """How many documents have how many tokens."""
    parts: dict[str, TokenCount] = field(default_factory=dict)
    """Of requests: system, tools, messages, images, frame, ..."""
    cacheable: int = 0
    _open: int = 0
    """Tokens so far of a document that goes on."""

    def add(self, count: TokenCount, document: Document) -> None:
        """Count one document, or one block of it."""
        doubt = _BLOCK_DOUBT if document.continues else 0
        self.characters += sum(map(len, document.texts))
        self.tokens += count.tokens
        self.low += max(0, count.low - doubt)
        self.high += count.high + doubt
        self._open += count.tokens
        method = worst((Method(count.method), Method.VENDOR_EQUIVALENT)) if doubt else count.method
        if method not in self.methods and (document.texts or document.request is not None):
            self.methods.append(method)
        if not document.continues:
            self.documents += 1
            self.sizes[self._open] += 1
            self._open = 0

    def add_request(self, count: TokenCount, document: Document) -> None:
        """Count one request, with its parts where the count tells them."""
        self.add(count, document)
        if isinstance(count, RequestCount):
            self.cacheable += count.cacheable
            for name, part in count.parts.items():
                before = self.parts.get(name)
                self.parts[name] = total((before, part)) if before else part


class _Counts:
    """Counts of texts on one model, with a memory of those met before."""

    def __init__(self, model: str, count: CountTexts) -> None:
        self.model = model
        self._count = count
        self._known: dict[bytes, TokenCount] = {}

    def count(self, texts: Sequence[str], digests: Sequence[bytes]) -> list[TokenCount]:
        """The count of each text; a text met before is not counted again."""
        known = self._known
        fresh: dict[bytes | int, str] = {}
        keys: list[bytes | int] = []
        for k, (text, digest) in enumerate(zip(texts, digests, strict=True)):
            key = digest or k
            keys.append(key)
            if digest not in known:
                fresh[key] = text
        counted = dict(zip(fresh, self._count(list(fresh.values()), self.model), strict=True))
        counts = [counted[key] if key in counted else known[key] for key in keys]  # type: ignore[index]
        if len(known) + len(counted) > REMEMBERED:
            known.clear()
        known.update((key, count) for key, count in counted.items() if isinstance(key, bytes))
        return counts


def count_corpus(
    documents: Iterable[Document], models: Sequence[str], count: CountTexts = count_many
) -> list[Tally]:
    """The tokens of documents on several models: a tally of each source and model, in order.

    Args:
        documents: read as they are counted; a batch of them is held.
        models: `provider/model`, each with its own tokenizer.
        count: counts a batch of texts on a model.
    """
    tallies = _Tallies()
    counts = [_Counts(model, count) for model in dict.fromkeys(models)]
    for batch in _batches(documents):
        texts = [text for document in batch for text in document.texts]
        digests = [_digest(text) for text in texts]
        for each in counts:
            counted = iter(each.count(texts, digests))
            for document in batch:
                of_texts = list(islice(counted, len(document.texts)))
                tallies.of(document.source, each.model).add(total(of_texts), document)
    return tallies.all()


def count_requests(
    documents: Iterable[Document],
    models: Sequence[str],
    count: Callable[[Mapping[str, Any], str], TokenCount],
    tell: Callable[[Problem], None],
) -> list[Tally]:
    """The tokens of whole requests, each on several models or on the one it names.

    Args:
        documents: with `request` set.
        models: `provider/model`; none for the model of each body.
        count: counts a request on a model.
        tell: hears of each request that cannot be counted; the others are.
    """
    from costplan.tokens.requests.counting import body_model

    tallies = _Tallies()
    for document in documents:
        body = document.request or {}
        told: set[str] = set()
        for model in dict.fromkeys(models) or (body_model(body),):
            try:
                counted = count(body, model)
            except UsageError as error:
                wrong = str(error) if model else "the request names no model; give one by --model"
                if wrong not in told:  # what is wrong with it is so on every model
                    tell(Problem(Place(document.source, document.line, 1), "", wrong))
                told.add(wrong)
            else:
                tallies.of(document.source, model).add_request(counted, document)
    return tallies.all()


class _Tallies:
    """One for each source and model that occurs, in the order they came."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Tally] = {}

    def of(self, source: str, model: str) -> Tally:
        key = (source, model)
        if key not in self._found:
            self._found[key] = Tally(source, model)
        return self._found[key]

    def all(self) -> list[Tally]:
        return list(self._found.values())


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += sum(map(len, document.texts))
        if size >= BATCH or len(batch) >= _DOCUMENTS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _digest(text: str) -> bytes:
    """What a text is remembered by; nothing, for one that is not worth it."""
    if len(text) < _WORTH_REMEMBERING:
        return b""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
