"""What OpenAI tells a model about the tools it may call and the structure of its answer.

Both are sections of a text in the prompt, after the system message where there is one. Since GPT-5
tools are grouped under a heading of several lines; before, each function is a type in a namespace.
"""

from __future__ import annotations

from collections.abc import Iterable

from costplan.tokens.requests.conversation import Schema, Tool
from costplan.tokens.requests.fields import mapping, words
from costplan.tokens.requests.openai.schemas import TypeScript, as_comment, shown_schema

GROUPED = 14
"""Tokens of `# Tools` and the headings above the definitions, since GPT-5."""
GROUPED_AT_LENGTH = 89
"""The same with an explanation of namespaces and input types, which Chat Completions adds."""


def namespace(tools: Iterable[Tool], *, plain: bool = False) -> str:
    """The section of tools until GPT-5; `plain` as gpt-4 had it."""
    types = "".join(f"{definition(tool, plain=plain)}\n\n" for tool in tools)
    return f"# Tools\n\n## functions\n\nnamespace functions {{\n\n{types}}} // namespace functions"


def grouped(tools: Iterable[Tool]) -> str:
    """The definitions since GPT-5, without the headings above them."""
    return "### Tool definitions\n" + "\n\n".join(definition(tool) for tool in tools)


def definition(tool: Tool, *, plain: bool = False) -> str:
    """One function: its description as a comment, its arguments as a type."""
    comment = as_comment(tool.description)
    if tool.kind == "custom":  # its input is free text, of a grammar if it has one
        comment += as_comment(_grammar(tool))
        return "\n".join([*comment, f"type {tool.name} = (FREEFORM) => any;"])
    arguments = TypeScript(tool.schema, plain).arguments()
    parameters = f"_: {arguments}" if arguments else ""
    return "\n".join([*comment, f"type {tool.name} = ({parameters}) => any;"])


def _grammar(tool: Tool) -> str:
    """The grammar of a custom tool's input, flat in Responses and nested in Chat Completions."""
    value = mapping(tool.value)
    wanted = mapping((mapping(value.get("custom")) or value).get("format"))
    return words((mapping(wanted.get("grammar")) or wanted).get("definition"))


def answer_format(schema: Schema) -> str:
    """The section of a structured answer."""
    shown = [*as_comment(schema.description), shown_schema(schema.schema)]
    return "\n".join(["# Response Formats", "", f"## {schema.name}", "", *shown])
