"""OpenAI's vocabularies, as shipped with costplan, and how they split text.

tiktoken downloads its vocabularies at first use. costplan works offline, so it carries them:
`data/<name>.xz` is one length byte per token, then the tokens, in the order of their ranks.
`scripts/make_ranks.py` makes these files; a test rebuilds tiktoken's text form from them and
compares its sha256 with the one tiktoken expects. Data: MIT, OpenAI (data/NOTICE).

The patterns and special tokens repeat tiktoken_ext/openai_public.py of tiktoken 0.14, because its
functions load the vocabulary before they return the pattern; a test compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

PACKED = Path(__file__).parent / "data"

_END = "<|endoftext|>"
_GPT2_PATTERN = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"
_CL100K_PATTERN = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+"
    r"| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)
_SUFFIX = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_O200K_PATTERN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    + _SUFFIX
    + r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    + _SUFFIX
    + r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """One of OpenAI's vocabularies: what it splits text with and where its tokens are packed."""

    name: str
    size: int
    """Ordinary tokens."""
    packed_in: str
    """The file that holds it: r50k is the beginning of p50k."""
    pattern: str
    specials: dict[str, int]
    sha256: str
    """Of tiktoken's `.tiktoken` file, as tiktoken_ext/openai_public.py expects it."""
    cache_name: str = ""
    """What tiktoken calls the file in its cache: the sha1 of its address."""
    gap: int | None = None
    """A rank that no ordinary token has (p50k keeps GPT-2's end-of-text in the middle)."""
    lines_cut_safely: bool = False
    """Whether a cut before an unindented line leaves the count as it was (`encoder.pieces`)."""

    def ranks(self) -> Iterator[int]:
        """The ranks of the ordinary tokens, ascending."""
        last = self.size + (self.gap is not None)
        return (rank for rank in range(last) if rank != self.gap)


ENCODINGS = {
    encoding.name: encoding
    for encoding in (
        Encoding(
            "o200k_base",
            size=199_998,
            packed_in="o200k_base",
            pattern=_O200K_PATTERN,
            specials={_END: 199_999, "<|endofprompt|>": 200_018},
            sha256="446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
            cache_name="fb374d419588a4632f3f557e76b4b70aebbca790",
            lines_cut_safely=True,
        ),
        Encoding(
            "cl100k_base",
            size=100_256,
            packed_in="cl100k_base",
            pattern=_CL100K_PATTERN,
            specials={
                _END: 100_257,
                "<|fim_prefix|>": 100_258,
                "<|fim_middle|>": 100_259,
                "<|fim_suffix|>": 100_260,
                "<|endofprompt|>": 100_276,
            },
            sha256="223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
            cache_name="9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
            lines_cut_safely=True,
        ),
        Encoding(
            "p50k_base",
            size=50_280,
            packed_in="p50k_base",
            pattern=_GPT2_PATTERN,
            specials={_END: 50_256},
            sha256="94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
            cache_name="ec7223a39ce59f226a68acc30dc1af2788490e15",
            gap=50_256,
        ),
        Encoding(
            "r50k_base",
            size=50_256,
            packed_in="p50k_base",
            pattern=_GPT2_PATTERN,
            specials={_END: 50_256},
            sha256="306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930",
        ),
    )
}


def load_ranks(encoding: Encoding) -> dict[bytes, int]:
    """Each token's bytes with its rank; about 0.1 s for o200k.

    Raises:
        OSError: the data file is missing: the installation is broken.
    """
    import lzma

    packed = lzma.decompress((PACKED / f"{encoding.packed_in}.xz").read_bytes())
    stored = ENCODINGS[encoding.packed_in].size
    # Slicing by C-level iterators: a Python loop over 200,000 tokens takes longer.
    ends = list(accumulate(packed[: encoding.size], initial=stored))
    tokens = map(packed.__getitem__, map(slice, ends, ends[1:]))
    return dict(zip(tokens, encoding.ranks(), strict=True))
