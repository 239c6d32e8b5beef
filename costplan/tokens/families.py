"""Which tokenizer a model uses, told from its name.

Names come from many hosts (`openai/gpt-4o`, `bedrock/us.anthropic.claude-opus-4-7-v1:0`,
`accounts/fireworks/models/llama-v3p1-8b`), so the last part of the path is searched for what it
says about the model, and the provider decides only where the name says nothing.

Grounds, all read 2026-11-20:

- OpenAI up to gpt-5.x: tiktoken's own table (github.com/openai/tiktoken, `tiktoken/model.py`).
  Recorded calls of gpt-5, 5.2, 5.4 and 5.5 are o200k plus a constant frame (docs/tokens.md).
  GPT-6 is newer than that table and we have no recording of its usage; it is read as o200k because
  every OpenAI model since gpt-4o is, and because none of the pricing sources, which do announce
  Claude's change of tokenizer, mention one for it.
- Claude: two tokenizers, changed at Opus 4.7
  (platform.claude.com/docs/en/build-with-claude/token-counting; github.com/sanderland/ctok).
- Gemini: google-genai's `LocalTokenizer` maps Gemini names to the vocabularies of Gemma 3 and 4,
  whose counts agree; later Gemini names are taken to keep it. Up to 2.0 it was Gemma 2's: of 191
  recorded outputs 97 % are exact with that, and just over half with Gemma 3's.
- Mistral: which model is older than Tekken is in mistral-common's table
  (github.com/mistralai/mistral-common, `tokens/tokenizers/mistral.py`); the older vocabularies
  differ in control tokens alone.
- Qwen since 3.5 splits words in another way than Qwen 2 and 3 (combining marks stay with letters).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

O200K, CL100K, P50K, R50K = "o200k_base", "cl100k_base", "p50k_base", "r50k_base"
CLAUDE_2, CLAUDE_3, CLAUDE_4_7 = "claude-2", "claude-3", "claude-4.7"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a model's name says about its tokenizer."""

    family: str
    """Whose tokenizer it is. Two models of one family count alike (but see `tokenizer_of` for what
    Gemini was before 2.5), and share factors and frames."""
    known: bool = True
    """False where the family is a guess from the provider alone."""
    version: tuple[int, int] | None = None
    """Of Claude and Gemini, the generation: `(4, 7)`."""


# In order: the first that is found in the name decides. Compiled when reached, not at import.
_NAMES: tuple[tuple[str, str], ...] = (
    (r"distill-llama|nemotron.*llama", "llama-3"),
    (r"distill-qwen", "qwen"),
    (r"text-embedding-(3|ada-002)|^ada-v2|^(davinci|babbage)-002($|:)", CL100K),
    (r"^gpt-?3\.?5|^gpt-4($|-)", CL100K),
    (r"^(chatgpt-|ft:)?(chatgpt|gpt)-4o($|[-:.])|^gpt-4\.[15]|^gpt-[56]($|[-.])|^gpt-oss", O200K),
    (r"^o[134]($|-)|^codex-mini|^computer-use|^gpt-(audio|realtime)", O200K),
    (r"^(text-davinci-00[23]|code-(davinci|cushman)|text-davinci-edit|davinci-codex)", P50K),
    (r"^(text-)?(davinci|curie|babbage|ada)($|-001)|^gpt-?2$", R50K),
    (r"gemini|gemma|learnlm", "gemini"),
    (r"mistral-(7b|tiny|medium-2312|small-2(312|402)|large-24(02|07|11))|mixtral", "mistral-v1"),
    (r"codestral-(2405|22b|mamba)|pixtral-large", "mistral-v1"),
    (r"mistral|ministral|magistral|devstral|codestral|pixtral|voxtral", "mistral"),
    (r"deepseek", "deepseek"),
    (r"code-?llama|llama-?v?2|llama-?guard-7b", "llama-2"),
    (r"llama-?v?(guard-)?4", "llama-4"),
    (r"llama", "llama-3"),
    (r"qwen-?(3[.p][5-9]|[4-9](?![0-9]))", "qwen-3.5"),
    (r"qwen|qwq", "qwen"),
    (r"glm-\d", "glm"),
    (r"kimi", "kimi"),
    (r"grok", "grok"),
    (r"command-|^command$|aya-", "cohere"),
    (r"^nova-", "nova"),
)

# Only where the name itself says nothing.
_PROVIDERS = {
    "openai": O200K,
    "azure": O200K,
    "anthropic": CLAUDE_4_7,
    "google": "gemini",
    "mistral": "mistral",
    "deepseek": "deepseek",
    "xai": "grok",
    "cohere": "cohere",
}
_ANCIENT_CLAUDE = r"claude-(instant|v?[12](?![0-9]))"
_GEMMA_2 = r"gemini-(1|2[.-]0|pro($|-vision))|gemma-?[12](?![0-9])|codegemma|learnlm"
_VERSION = r"(?<![0-9])(\d{1,2})(?:[-.p](\d{1,2}))?(?![0-9])"
# `us.anthropic.`, `regional.openai.`: how Bedrock writes the vendor. Only those whose patterns
# above begin with the name.
_VENDOR_DOTS = r"^(?:[a-z-]+\.)?(?:anthropic|openai|google|amazon)\."


def tokenizer_of(model: str) -> str:
    """The tokenizer a model uses: `o200k_base`, `claude-3`, `gemini`, `gemini-2.0`, `mistral`, ...

    Two models with the same answer count every text alike. A model nothing is known of gets an
    answer of its own (`unknown:NAME`), so that it never passes for equal to another.

    Args:
        model: `provider/model`, or the bare name of the model.
    """
    family = identify(model).family
    older = family == "gemini" and re.search(_GEMMA_2, bare_name(model))
    return "gemini-2.0" if older else family


def bare_name(model: str) -> str:
    """The model's own name: without provider, host, fine-tune prefix or Bedrock's vendor.

    Databricks has its host in the name itself: `databricks-gpt-5-1`.
    """
    name = model.casefold().strip().rpartition("/")[2].removeprefix("ft:")
    name = name.removeprefix("databricks-")
    return re.sub(_VENDOR_DOTS, "", name)


@lru_cache(maxsize=1024)
def identify(model: str) -> Identity:
    """Everything the name of a model says about how it counts."""
    name = bare_name(model)
    if "claude" in name:
        return _claude(name)
    for pattern, family in _NAMES:
        if re.search(pattern, name):
            return Identity(family, version=_generation(name, family))
    provider = model.casefold().strip().partition("/")[0] if "/" in model else ""
    if not provider and name.startswith(("gpt", "chatgpt")):
        provider = "openai"
    if provider in _PROVIDERS:
        return Identity(_PROVIDERS[provider], known=False)
    return Identity(f"unknown:{name}", known=False)


def _claude(name: str) -> Identity:
    """Claude's two naming orders (`claude-3-5-haiku-20241022`, `claude-opus-4-7`) in one."""
    if re.search(_ANCIENT_CLAUDE, name):
        return Identity(CLAUDE_2, version=(2, 0))
    version = _version(name)
    if version is None:  # `claude-mythos-preview`, `claude-latest`: not older than 4.7
        return Identity(CLAUDE_4_7, known="mythos" in name or "fable" in name, version=(5, 0))
    return Identity(CLAUDE_4_7 if version >= (4, 7) else CLAUDE_3, version=version)


def _generation(name: str, family: str) -> tuple[int, int] | None:
    """The number in a Gemini or GPT name; other families need none."""
    return _version(name) if family in {"gemini", O200K} else None


def _version(name: str) -> tuple[int, int] | None:
    found = re.search(_VERSION, name)
    return (int(found[1]), int(found[2] or 0)) if found else None
