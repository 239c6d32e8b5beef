"""From what a scenario says about tokens to the engine's terms, per model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from costplan.documents import join_path
from costplan.engine.distributions import Distribution, from_range, lognormal_spread
from costplan.engine.model import Size, Spread, Term
from costplan.planning.findings import Findings
from costplan.quantity import Quantity
from costplan.scenario.schema import Image, Scenario, Tokens
from costplan.schema import Path
from costplan.tokens import CountStore, TokenCount, convert_tokens, image_tokens


@dataclass(slots=True)
class Variables:
    """The ranges of a scenario, each once: what we do not know about the plan."""

    known: dict[str, Distribution] = field(default_factory=dict)

    def term(
        self, quantity: Quantity, path: Path, kind: Literal["positive", "share", "signed"]
    ) -> Term:
        """The quantity as a term: a constant, or a variable of its own or of its assumption."""
        if not quantity.is_range:
            return Term(float(quantity.low))
        name = f"${quantity.name}" if quantity.name else join_path(path)
        if kind == "share":
            name += " %"  # an assumption used as a share and as a count has two distributions
        if name not in self.known:
            self.known[name] = from_range(float(quantity.low), float(quantity.high), kind)
        return Term(0.0, 1.0, name)


@dataclass(slots=True)
class Sizes:
    """Counts what a scenario says about tokens, for one model after another."""

    scenario: Scenario
    counts: CountStore
    variables: Variables
    findings: Findings

    def size(self, tokens: Tokens | None, model: str, path: Path, factor: float = 1.0) -> Size:
        """The size on that model's own tokenizer, times `factor`.

        A number stays the same on every model unless `counted_with` says whose tokens they are.
        """
        if tokens is None:
            return Size()
        if tokens.text is not None or tokens.file is not None:
            text = (
                tokens.text if tokens.text is not None else self.scenario.texts[tokens.file or ""]
            )
            return Size((Term(self._count(text, model, path) * factor),))
        if tokens.sample is not None:
            return self._sampled(tokens.sample, model, path, factor)
        quantity = tokens.tokens or tokens.mean
        if quantity is None:
            return Size()
        scale = factor * self._converted(tokens.counted_with, model, path)
        term = self.variables.term(quantity, path, "positive") * scale
        return Size((term,), self._spread(tokens))

    def _spread(self, tokens: Tokens) -> Spread | None:
        if tokens.mean is None or tokens.p90 is None or not tokens.mean.high:
            return None
        middle = tokens.mean
        mean = (
            from_range(float(middle.low), float(middle.high), "positive").mean
            if middle.is_range
            else float(middle.low)
        )
        shape = lognormal_spread(mean, max(mean, float(tokens.p90)))
        return Spread(shape) if shape.sigma else None

    def _sampled(self, name: str, model: str, path: Path, factor: float) -> Size:
        values = tuple(
            float(record) if isinstance(record, int) else self._count(record, model, path)
            for record in self.scenario.samples[name]
        )
        mean = sum(values) / len(values)
        spread = Spread(values=values) if mean and len(set(values)) > 1 else None
        return Size((Term(mean * factor),), spread)

    def _count(self, text: str, model: str, path: Path) -> float:
        counted = self.counts.count(text, model)
        self._note_estimate(counted, model, path)
        return float(counted.tokens)

    def _note_estimate(self, counted: TokenCount, model: str, path: Path) -> None:
        if counted.method in {"scaled", "assumed"} and counted.tokens:
            low = counted.low / counted.tokens - 1
            high = counted.high / counted.tokens - 1
            self.findings.warn(
                "estimated-tokens",
                f"the count on {model} is {counted.method}, not exact: it may be off by "
                f"{low:+.0%} to {high:+.0%}",
                f"{join_path(path)} on {model}",
            )

    def _converted(self, counted_with: str | None, model: str, path: Path) -> float:
        if not counted_with or counted_with == model:
            return 1.0
        converted = convert_tokens(10_000, counted_with=counted_with, model=model)
        self._note_estimate(converted, model, path)
        return converted.tokens / 10_000

    def images(self, images: Sequence[Image], model: str, path: Path) -> Size:
        """Tokens of the images of one turn.

        Raises:
            UsageError: the model reads no images.
        """
        terms = []
        for k, image in enumerate(images):
            at = (*path, str(k))
            counted = image_tokens(model, image.size.width, image.size.height, detail=image.detail)
            self._note_estimate(counted, model, at)
            count = self.variables.term(image.count, (*at, "count"), "positive")
            terms.append(count * float(counted.tokens))
        return Size(tuple(terms))
