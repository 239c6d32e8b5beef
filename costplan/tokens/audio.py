"""The tokens of a second of sound, read or made.

Sources:

- OpenAI: developers.openai.com/api/docs/guides/realtime-costs (read 2026-11): sound of the user is
  1 token for 100 ms, sound of the assistant 1 token for 50 ms. Recorded calls: 11 for 1.139 s.
- Gemini: ai.google.dev/gemini-api/docs/tokens: 32 tokens a second of sound read, as recorded calls
  report it; ai.google.dev/gemini-api/docs/pricing: 25 tokens a second of sound made.
"""

from __future__ import annotations

import re

from costplan.errors import UsageError
from costplan.tokens.families import bare_name, identify

_OPENAI = r"^(gpt-audio|gpt-realtime|gpt-4o.*(audio|realtime|transcribe|tts)|gpt-live)"
_READ = {"openai": 10.0, "gemini": 32.0}
_MADE = {"openai": 20.0, "gemini": 25.0}


def audio_rate(model: str, *, made: bool = False) -> float:
    """Tokens of one second of sound.

    Args:
        model: `provider/model` or the bare name.
        made: whether the model speaks it; else it listens to it.

    Raises:
        UsageError: no rule is known for the model.
    """
    kind = "openai" if re.search(_OPENAI, bare_name(model)) else identify(model).family
    rates = _MADE if made else _READ
    if kind not in rates:
        raise UsageError(
            f"how many tokens a second of sound is on {model} is not known; state tokens instead "
            "of seconds"
        )
    return rates[kind]
