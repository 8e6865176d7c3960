"""Ollama's clients, which hand on nothing that the library's own types do not say.

Those types can do without most fields, and Ollama cannot: what it tells in every answer must come.
"""

from collections.abc import Callable
from typing import Any, Literal

import httpx
import ollama
from strict import Terms, check

REFUSAL = dict[Literal["error"], str]

KNOWN = {
    ("Model", "name"): "Ollama lists a model by two names, the library knows one",
    ("Model", "capabilities"): "Postern's own; docs/translation/ollama.md says what it is",
}

ALWAYS = {
    ollama.ChatResponse: ["model", "created_at", "done"],
    ollama.GenerateResponse: ["model", "created_at", "done"],
    ollama.ListResponse.Model: ["name", "model", "modified_at", "size", "digest", "details"],
    ollama.ShowResponse: ["details", "modelinfo", "capabilities"],
}

TERMS = Terms(KNOWN, ALWAYS)


class Strict(ollama.Client):
    """A client with one more demand: what is told is what the types say."""

    def __init__(self, host: str, **options: Any) -> None:
        super().__init__(host, event_hooks={"response": [examine_refusal]}, **options)

    def _request(self, cls: Any, *args: Any, **known: Any) -> Any:
        return super()._request(examined(cls), *args, **known)


class StrictAsync(ollama.AsyncClient):
    """The same without waiting."""

    async def _request(self, cls: Any, *args: Any, **known: Any) -> Any:
        return await super()._request(examined(cls), *args, **known)


def examined(kind: Any) -> Callable[..., Any]:
    """What makes an answer, or a line of one, after a look at it."""

    def make(**told: Any) -> Any:
        check(told, kind, TERMS)
        return kind(**told)

    return make


def examine_refusal(response: httpx.Response) -> None:
    """A refusal is one sentence."""
    if response.is_error:
        response.read()
        check(response.json(), REFUSAL, TERMS)
