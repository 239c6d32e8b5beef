"""How Claude reads tools: as text that Anthropic's API writes into the prompt.

Declarations are a list of JSON lines, calls and results are marked up. None of it is documented;
the forms were found by counting candidates with `ctok` until recorded calls agreed to the token:
all 773 with tools to Claude 3 to 4.5 do, 46 of them with several answers at once
(docs/requests.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from costplan.tokens.requests.conversation import (
    Document,
    Image,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from costplan.tokens.requests.fields import mapping, parsed, words

_NAMESPACE = "antml:"


def declarations(tools: Iterable[Tool], *, escaped: bool = True) -> str:
    r"""The list of functions in the prompt: one line of JSON each, keys in alphabetical order.

    Args:
        tools: in the order of the body.
        escaped: whether what is not ASCII is written as `\u` and four digits; so it is for Claude 4
            (2 recorded calls, to the token).
    """
    lines = "".join(
        f"<function>{_declaration(tool, escaped=escaped)}</function>\n" for tool in tools
    )
    return f"<functions>\n{lines}</functions>"


def calls(made: Iterable[ToolCall]) -> str:
    """The calls of one turn of the assistant."""
    written = "".join(map(_call, made))
    return _tagged("function_calls", f"\n{written}")


def results(answers: Sequence[ToolResult], names: Mapping[str, str]) -> str:
    """What the tools answered to the calls of one turn; alone, an answer stands without its name.

    Args:
        answers: in the order of the body.
        names: of the tools, by the id of the call.
    """
    if len(answers) == 1:
        return f"<function_results>{_alone(answers[0])}</function_results>"
    named = "".join(
        f"<result>\n<name>{answer.name or names.get(answer.call_id, '')}</name>\n"
        f"<output>{_text(answer)}</output>\n</result>\n"
        for answer in answers
    )
    return f"<function_results>\n{named}</function_results>"


def _declaration(tool: Tool, *, escaped: bool) -> str:
    written = {"name": tool.name, "parameters": tool.schema}
    if tool.description:
        written["description"] = tool.description
    return json.dumps(written, sort_keys=True, default=str, ensure_ascii=escaped)


def _call(made: ToolCall) -> str:
    given = "".join(
        _tagged("parameter", _value(value), name) + "\n"
        for name, value in _arguments(made.arguments).items()
    )
    return _tagged("invoke", f"\n{given}", made.name) + "\n"


def _tagged(tag: str, inner: str, name: str | None = None) -> str:
    named = "" if name is None else f' name="{name}"'
    return f"<{_NAMESPACE}{tag}{named}>{inner}</{_NAMESPACE}{tag}>"


def _arguments(value: Any) -> Mapping[str, Any]:
    """The arguments by name; a host with OpenAI's API has them as text."""
    given = parsed(value) if isinstance(value, str) else value
    return mapping(given) if isinstance(given, Mapping) or not given else {"": given}


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _alone(answer: ToolResult) -> str:
    """An answer without its name; beside a picture or a file (6 recorded) each text is framed."""
    if answer.error:
        return f"\n<error>{_text(answer)}</error>\n"
    if any(isinstance(block, Image | Document) for block in answer.content):
        framed = "".join(f"<output>{text}</output>\n" for text in _texts(answer))
        return f"\n<result>\n{framed}</result>\n"
    return _text(answer)


def _text(answer: ToolResult) -> str:
    return "".join(_texts(answer)) + words(answer.value)


def _texts(answer: ToolResult) -> list[str]:
    return [block.text for block in answer.content if isinstance(block, Text)]
