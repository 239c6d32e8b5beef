"""The chat templates of models that are not OpenAI's, Claude or Gemini, with their numbers.

The shapes are those of the templates published with the weights (`chat_template` in the models'
repositories on Hugging Face, `TEMPLATE` in Ollama's library). The numbers agree with recorded calls
of public repositories; each says with how many, to the token unless it says more. A host may write
more: Groq, Together and Bedrock put a dated system prompt before Llama 3's, xAI a hidden one before
Grok's. Where nobody published a template (Grok, Nova, Cohere, Sonar) its shape is inferred.
"""

from __future__ import annotations

import re
from dataclasses import replace

from costplan.tokens.families import bare_name, identify
from costplan.tokens.requests.others.templates import (
    Calling,
    Doubt,
    Layout,
    Template,
    Thoughts,
    Turns,
)

_SPACED, _RECENT = Layout.SPACED, Thoughts.RECENT

_CHATML = Turns(3, 5, 5, 5)
# Ollama: 54 of 56 plain calls within 5; older versions of it write fewer fields of a tool.
_QWEN_OLLAMA = Template(_CHATML, Calling(75, 7, 6), Doubt(4, 28, 3), thoughts=_RECENT)
# 79 of 85 plain calls within 1.
_QWEN = Template(
    _CHATML,
    Calling(95, 17, 12),
    Doubt(2, 30, 8),
    _SPACED,
    hosts="cerebras|groq|gpustack|openrouter",
)
# Ollama: 15 of 15 plain calls. It drops the tools once the conversation has gone on.
_LLAMA_3 = Template(Turns(5, 5, 5, 5), Calling(80), Doubt(1, 90, 40), hosts="ollama|openrouter")
# Groq and Together: 10 of 10 plain calls; Bedrock 4 of 4.
_LLAMA_3_DATED = Template(
    Turns(30, 5, 5), Calling(157, 0, 10), Doubt(1, 40), hosts="groq|bedrock|together"
)
_LLAMA_3_BEDROCK = Template(Turns(30, 5, 5), Calling(72, 0, 13), Doubt(1, 14), _SPACED)
# Together: 7 of 7 plain calls; without a system prompt it writes a long one for tools (1 call).
_LLAMA_4 = Template(
    Turns(6, 5, 5, 5), Calling(85, 0, 5, alone=613), Doubt(1, 40), _SPACED, hosts="together"
)
_GLM = Template(Turns(3, 2, 2, 2), Calling(122, 0, 15), Doubt(4, 12), hosts="openrouter|zai")
# 5 of 6 plain calls.
_KIMI_K2 = Template(
    Turns(3, 4, 4, 4, 19), Calling(12, 0, 24), Doubt(1, 7, 10), _SPACED, hosts="groq|openrouter"
)
# Azure: 28 of 28 plain calls; 21 of 22 with tools within 2.
_KIMI_K2_5 = Template(
    Turns(4, 4, 6, 4), Calling(9, -5, 24), Doubt(1, 2), thoughts=_RECENT, hosts="azure"
)

_DEEPSEEK_V3 = Template(
    Turns(2, 1, 2), Calling(92, 0, 6), Doubt(2, 28, 4), _SPACED, hosts="azure|together|openrouter"
)
# 16 of 18 plain calls within 1.
_DEEPSEEK_R1 = Template(
    Turns(4, 1, 3), Calling(80, 0, 6), Doubt(1, 10), _SPACED, hosts="azure|openrouter"
)
_DEEPSEEK_R1_LLAMA = Template(Turns(5, 1, 3), Calling(60, 0, 6), Doubt(2, 40), _SPACED)
# Ollama's is a Qwen that R1 taught.
_DEEPSEEK_R1_SMALL = Template(Turns(1, 1, 2), doubt=Doubt(9))
# 17 of 18 plain calls; 18 of 31 with tools within 1.
_DEEPSEEK_V4 = Template(
    Turns(3, 1, 3), Calling(221, -9, 33, 12), Doubt(1, 14, 8), _SPACED, hosts="deepseek"
)
# Its Responses API writes 79 more: one call.
_DEEPSEEK_V4_RESPONSES = replace(_DEEPSEEK_V4, turns=Turns(82, 1, 3), doubt=Doubt(8, 40, 8))
# `deepseek-chat` was V3, V3.1 and V3.2 before it was V4.
_DEEPSEEK_CHAT = replace(
    _DEEPSEEK_V4,
    doubt=Doubt(1, 34, 8),
    earlier=replace(_DEEPSEEK_V3, calling=Calling(75), doubt=Doubt(2, 60, 4)),
)

# Mistral Small 3 and Ministral: 39 of 39 plain calls; Codestral 4 of 4.
_MISTRAL = Template(
    Turns(1, 2, 1, 2),
    Calling(4, 0, 20),
    Doubt(1, 4, 5),
    _SPACED,
    Thoughts.ALL,
    keeps_uncallable=True,
    hosts="mistral|openrouter|bedrock|ollama",
)
_MISTRAL_CALL_IDS = replace(_MISTRAL, calling=Calling(4, 0, 40), doubt=Doubt(1, 4, 1))
# Since the 13th form of its requests (mistral-common) no ids are written. Medium and Large are
# taken to be as Small 4 there; one older call of Large was recorded, with ids.
_MISTRAL_LATEST = replace(_MISTRAL, calling=Calling(4, 0, 4), doubt=Doubt(1, 4, 1))
# Others, which may be as any of these.
_MISTRAL_OTHER = replace(_MISTRAL, doubt=Doubt(1, 4, 14))
# 18 of 19 plain calls since Small 4; the name says only that it is the latest.
_MISTRAL_SMALL_4 = replace(
    _MISTRAL, turns=Turns(13, 2, 1, 2), calling=Calling(4, 0, 4), earlier=_MISTRAL
)
_MISTRAL_NEMO = replace(_MISTRAL, turns=Turns(3, 2, 1, 2), doubt=Doubt(3, 4, 5))
_MISTRAL_OLLAMA = replace(_MISTRAL, turns=Turns(1, 2, 1, 2, 354), doubt=Doubt(1, 70, 35))

# 35 of 36 plain calls of Grok 3 within 5.
_GROK = Template(
    Turns(1, 5, 4, 3), Calling(222, -10, 33), Doubt(6, 18), schema=True, hosts="xai|openrouter"
)
_GROK_2 = replace(_GROK, calling=Calling(69, 0, 17), doubt=Doubt(6, 25))
_GROK_4 = Template(
    Turns(163, 5, 4, 3),
    Calling(155, -25, 20),
    Doubt(12, 18),
    schema=True,
    earlier=replace(_GROK, turns=Turns(6, 5, 4, 3)),
)
_GROK_4_3 = Template(Turns(250, 5, 4, 3), Calling(10, -9, 60), Doubt(90, 40, 60), schema=True)
_GROK_AZURE = Template(Turns(0, 0, 8), Calling(144, -7, 16), Doubt(8, 8), schema=True)
# Micro: 15 calls, which Lite and Pro are taken to resemble.
_NOVA = Template(Turns(3, 0, 1, 2), Calling(341, 0, 18), Doubt(4, 30), _SPACED)
# 29 of 30 plain calls within the band, 45 of 46 with tools.
_NOVA_2 = Template(Turns(46, 0, 2), Calling(800, 0, 37), Doubt(18, 15), _SPACED)
_COHERE = Template(Turns(492, 0, 6, 12), Calling(875, 0, 90), Doubt(20, 20), _SPACED, schema=True)
_COHERE_PLUS = Template(
    Turns(28, 0, 6, 6),
    Calling(136, 0, 62),
    Doubt(3, 10),
    _SPACED,
    schema=True,
    earlier=replace(_COHERE, calling=Calling(136, 0, 62)),
)
_COHERE_R = Template(Turns(), Calling(-55), Doubt(2, 50), _SPACED)
_COHERE_THINKING = replace(_COHERE, turns=Turns(1_386, 0, 6, 12))
# Command before A, recorded on Bedrock alone, may have the prompt of A or none.
_COHERE_OLDER = replace(
    _COHERE, turns=Turns(3, 0, 6, 12), calling=Calling(200), doubt=Doubt(20, 100), earlier=_COHERE
)
_SONAR = Template(Turns(1), doubt=Doubt(4))
_UNKNOWN = Template(Turns(3, 4, 4, 4), Calling(90, 0, 20), Doubt(12, 110, 15), measured=False)

_RECORDED: tuple[tuple[str, str, Template], ...] = (
    (r"deepseek-r1-distill", "", _DEEPSEEK_R1_LLAMA),
    (r"deepseek-r1", "ollama", _DEEPSEEK_R1_SMALL),
    (r"deepseek.*r1|^r1|-ds-r1", "", _DEEPSEEK_R1),
    (r"deepseek-(chat|reasoner)$", "^deepseek", _DEEPSEEK_CHAT),
    (r"deepseek.*v[4-9]", "^deepseek/responses", _DEEPSEEK_V4_RESPONSES),
    (r"deepseek.*v[4-9]", "", _DEEPSEEK_V4),
    (r"deepseek", "", _DEEPSEEK_V3),
    (r"llama-?v?4", "", _LLAMA_4),
    (r"llama", "ollama|openrouter|huggingface", _LLAMA_3),
    (r"llama-?v?3[-.p][1-9](?!\d*b)", "bedrock", _LLAMA_3_BEDROCK),
    (r"llama-?v?3[-.p][1-9](?!\d*b)", "", _LLAMA_3_DATED),
    (r"llama", "", _LLAMA_3),
    (r"glm-", "", _GLM),
    (r"kimi-k2$|kimi-k2-(instruct|0)", "", _KIMI_K2),
    (r"kimi", "", _KIMI_K2_5),
    (r"(mistral|magistral)-small($|-latest|-4|-26)", "mistral", _MISTRAL_SMALL_4),
    (r"mistral-small3", "ollama", _MISTRAL_OLLAMA),
    (r"nemo", "", _MISTRAL_NEMO),
    (r"ministral", "", _MISTRAL_CALL_IDS),
    (r"mistral-(large|medium)(-latest|-25(0[89]|1)|-26|-?3|$)", "", _MISTRAL_LATEST),
    (r"mistral-(large|medium)|pixtral", "", _MISTRAL_OTHER),
    (r"mistral|codestral", "", _MISTRAL),
    (r"grok-2", "", _GROK_2),
    (r"grok", "azure", _GROK_AZURE),
    (r"grok-(4\.[3-9]|[5-9])", "", _GROK_4_3),
    (r"grok-(4|code)", "", _GROK_4),
    (r"grok", "", _GROK),
    (r"nova-2", "", _NOVA_2),
    (r"nova-", "", _NOVA),
    (r"command-a-reasoning", "", _COHERE_THINKING),
    (r"command-a-plus", "", _COHERE_PLUS),
    (r"command-a", "", _COHERE),
    (r"command-r", "bedrock", _COHERE_R),
    (r"^sonar", "", _SONAR),
    (r"qwen|qwq", "ollama", _QWEN_OLLAMA),
    (r"qwen|qwq", "", _QWEN),
)
"""By the model's bare name, and the host with the API: the first that is found."""


def template_of(model: str, host: str, dialect: str = "chat") -> Template:
    """The template of a model at a host; of one never recorded, a common shape in wide doubt."""
    name, served = bare_name(model), f"{host}/{dialect}"
    for pattern, where, template in _RECORDED:
        if re.search(pattern, name) and re.search(where, served):
            return template if re.search(template.hosts, host) else template.elsewhere()
    return {"mistral": _MISTRAL_OTHER, "cohere": _COHERE_OLDER}.get(
        identify(model).family, _UNKNOWN
    )
