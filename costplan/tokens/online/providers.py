"""Who can be asked, where, and with which key."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from costplan.errors import UsageError


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider that counts the tokens of a request without running it."""

    name: str
    """As in `PROVIDER/MODEL`."""
    title: str
    base_url: str
    key_variable: str
    """Of the environment; only the command line looks there."""
    base_variable: str


PROVIDERS = {
    provider.name: provider
    for provider in (
        Provider(
            "anthropic",
            "Anthropic",
            "https://api.anthropic.com",
            "ANTHROPIC_API_KEY",
            "ANTHROPIC_BASE_URL",
        ),
        Provider(
            "openai",
            "OpenAI",
            "https://api.openai.com/v1",
            "OPENAI_API_KEY",
            "OPENAI_BASE_URL",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Access:
    """A key, and where it may be sent. The key is in no representation of it.

    Raises:
        UsageError: the key cannot be one, or the address is none; the key is not shown.
    """

    key: str = field(repr=False)
    base_url: str

    def __post_init__(self) -> None:
        # A header cannot hold such a key, and the libraries that say so quote it.
        if not self.key or not (self.key.isascii() and self.key.isprintable()) or " " in self.key:
            raise UsageError("the key is not one word of plain letters, digits and signs")
        address = urlsplit(self.base_url)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise UsageError(
                f"{self.base_url!r} is no address of an API, such as https://example.com/v1"
            )

    @property
    def host(self) -> str:
        """The host and port of the address, for messages."""
        return urlsplit(self.base_url).netloc.rpartition("@")[2]

    def hide(self, text: str) -> str:
        """The text without the key, should something have quoted it."""
        return text.replace(self.key, "(the key)")


def provider_of(model: str) -> tuple[Provider, str]:
    """The provider of `PROVIDER/MODEL`, and the name it knows the model by.

    Raises:
        UsageError: it is none that can be asked.
    """
    name, _, own = model.partition("/")
    if name not in PROVIDERS or not own:
        known = " and ".join(f"{each}/..." for each in PROVIDERS)
        raise UsageError(f"{model} cannot be counted online; only {known} can")
    return PROVIDERS[name], own
