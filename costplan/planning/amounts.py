"""From what a request reads and makes besides text to amounts on the meters of a model's price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from costplan.engine.model import Size, Spread, Term
from costplan.engine.profile import Amount
from costplan.errors import CostplanError
from costplan.meters import PROMPT, Meter
from costplan.planning.fees import Fees
from costplan.planning.findings import Findings
from costplan.planning.sizes import Sizes
from costplan.planning.spreads import spread_of
from costplan.prices import Model, Price
from costplan.scenario.media import MadeImage, Measure, Sound
from costplan.scenario.schema import Request
from costplan.schema import KeyPath
from costplan.tokens.audio import audio_rate
from costplan.tokens.made_images import made_image_tokens

_ONE = Term(1.0)
_AGAIN = {
    Meter.AUDIO_INPUT: Meter.AUDIO_INPUT,
    Meter.AUDIO_OUTPUT: Meter.AUDIO_INPUT,
    Meter.IMAGE_INPUT: Meter.IMAGE_INPUT,
    Meter.VIDEO_INPUT: Meter.VIDEO_INPUT,
}
"""On which meter later turns of a conversation send it again."""
_FROM_CACHE = {
    Meter.AUDIO_INPUT: Meter.AUDIO_CACHE_READ,
    Meter.IMAGE_INPUT: Meter.IMAGE_CACHE_READ,
}
_KEYS = {
    Meter.AUDIO_INPUT: "audio",
    Meter.AUDIO_SECOND: "audio",
    Meter.AUDIO_OUTPUT: "audio_output",
    Meter.IMAGE_INPUT: "images",
    Meter.IMAGE_OUTPUT: "image_output",
    Meter.REASONING: "reasoning",
}


def meter_places(request: Request, at: KeyPath) -> dict[str, KeyPath]:
    """The path of the key of a request that uses a meter."""
    keys = {str(meter): (*at, key) for meter, key in _KEYS.items() if getattr(request, key)}
    return keys | {str(meter): (*at, "usage", str(meter)) for meter in request.usage}


@dataclass(frozen=True, slots=True)
class Amounts:
    """Builds the amounts of one request on one model at one price."""

    request: Request
    model: Model
    price: Price
    fees: Fees
    sizes: Sizes
    findings: Findings
    at: KeyPath
    """The path of the request."""
    scale: tuple[Term, ...] = ()
    """What sound, as text, is multiplied by."""

    def all(self) -> tuple[Amount, ...]:
        """Everything that is not text."""
        usage, fee = self.request.usage.items(), Size((Term(1.0),))
        each_call = Meter.REQUEST in self.price.rates or Meter.REQUEST in self.fees
        return (
            *self._sounds(self.request.audio, "audio"),
            *self._sounds(self.request.audio_output, "audio_output"),
            *self._images_made(),
            *(self.of(meter, self._measured(meter, measure)) for meter, measure in usage),
            *((self.of(Meter.REQUEST, fee, each_call=True),) if each_call else ()),
        )

    def of(
        self, meter: Meter, size: Size, count: Term = _ONE, *, each_call: bool = False
    ) -> Amount:
        """An amount on a meter, or on the one that is billed in its place.

        A meter without a price stays: whoever checks prices says so.
        """
        billed, again = self._billed(meter), _AGAIN.get(meter)
        read = _FROM_CACHE.get(again) if again else None
        cached = self._billed(read) if read else None
        return Amount(
            str(billed),
            size,
            count,
            in_prompt=meter in PROMPT,
            again=str(self._billed(again)) if again else "",
            cached=str(cached) if cached in self.price.rates else "",
            least=float(self.price.minimum.get(billed, 0)),
            each_call=each_call,
        )

    def pictures(self, size: Size) -> Amount:
        """Pictures that are read, on the meter of text where they have no price of their own."""
        amount = self.of(Meter.IMAGE_INPUT, size)
        if Meter.IMAGE_INPUT in self.price.rates:
            return amount
        cached = str(Meter.CACHE_READ) if Meter.CACHE_READ in self.price.rates else ""
        return replace(amount, meter="input", again="input", cached=cached)

    def _billed(self, meter: Meter) -> Meter:
        if meter in self.price.rates or meter in self.fees:
            return meter
        other = self.model.billed_as.get(meter, meter)
        return other if other in self.price.rates else meter

    def _measured(self, meter: Meter, measure: Measure) -> Size:
        at = (*self.at, "usage", str(meter))
        quantity = measure.amount or measure.mean
        if quantity is None:
            return Size()
        term = self.sizes.variables.term(quantity, at, "positive")
        if measure.mean is None:
            return Size((term,))
        try:
            shape = spread_of(measure)
        except ValueError as error:
            self.findings.problem(at, str(error))
            return Size()
        return Size((), (term,), Spread(shape)) if shape else Size((term,))

    def _sounds(self, sounds: Sequence[Sound], key: str) -> Iterator[Amount]:
        made = key == "audio_output"
        for k, sound in enumerate(sounds):
            at = (*self.at, key, str(k))
            term = self.sizes.variables.term
            count = term(sound.count, (*at, "count"), "positive")
            meter = Meter.AUDIO_OUTPUT if made else Meter.AUDIO_INPUT
            if sound.tokens is not None:
                size = term(sound.tokens, (*at, "tokens"), "positive")
            elif sound.seconds is not None:
                size = term(sound.seconds, (*at, "seconds"), "positive")
                if not made and self._is_priced_by_second:
                    meter = Meter.AUDIO_SECOND
                else:
                    size *= self._rate(at, made=made)
            else:
                continue
            yield self.of(meter, Size((size,), scale=self.scale), count)

    @property
    def _is_priced_by_second(self) -> bool:
        return Meter.AUDIO_SECOND in self.price.rates and Meter.AUDIO_INPUT not in self.price.rates

    def _rate(self, at: KeyPath, *, made: bool) -> float:
        try:
            return audio_rate(self.model.name, made=made)
        except CostplanError as error:
            by_character = made and Meter.CHARACTER in self.price.rates
            hint = "; it is priced by character: usage: {character: ...}" if by_character else ""
            self.findings.problem(at, f"{error}{hint}", error.exit_code)
            return 0.0

    def _images_made(self) -> Iterator[Amount]:
        for k, image in enumerate(self.request.image_output):
            at = (*self.at, "image_output", str(k))
            term = self.sizes.variables.term
            count = term(image.count, (*at, "count"), "positive")
            if image.tokens is not None:
                tokens = term(image.tokens, (*at, "tokens"), "positive")
            else:
                tokens = Term(self._tokens_of(image, at))
            yield self.of(Meter.IMAGE_OUTPUT, Size((tokens,)), count)

    def _tokens_of(self, image: MadeImage, at: KeyPath) -> float:
        if image.size is None:
            return 0.0
        size = image.size
        try:
            return made_image_tokens(self.model.name, size.width, size.height, image.quality)
        except CostplanError as error:
            self.findings.problem(at, str(error), error.exit_code)
            return 0.0
