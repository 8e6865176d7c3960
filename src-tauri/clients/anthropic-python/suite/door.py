"""The way into the server under test, and the stand-in's side door."""

import json
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from anthropic.types import Message

from suite.strict import Strict

Case = Callable[["Door"], None]


@dataclass(frozen=True)
class Door:
    """One server, one key, one model; `admin` is the stand-in behind the server."""

    base_url: str
    key: str
    admin: str
    model: str
    client: Strict = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "client", self.opened_with(api_key=self.key))

    def opened_with(self, **key: str) -> Strict:
        """A client with that key."""
        return Strict(base_url=self.base_url, max_retries=0, timeout=60, **key)

    def ask(self, prompt: Any, **options: Any) -> Message:
        """A whole message; a text becomes the one message of a person."""
        return self.client.messages.create(**self.form(prompt, **options))

    def form(self, prompt: Any, **options: Any) -> dict[str, Any]:
        """What every call has."""
        messages = [user(prompt)] if isinstance(prompt, str) else prompt
        return {"model": self.model, "max_tokens": 1024, "messages": messages, **options}

    def received(self, words: str) -> list[dict[str, Any]]:
        """The requests for an answer that reached the stand-in and hold `words`."""
        query = "/admin/received?path=/backend-api/codex/responses"
        with urllib.request.urlopen(self.admin + query, timeout=30) as reply:
            everything = json.load(reply)
        return [one for one in everything if words in json.dumps(one.get("json"))]

    def eventually(self, holds: Callable[[], object]) -> bool:
        """Asks again and again until `holds()`; twenty seconds at the most."""
        for _ in range(400):
            if holds():
                return True
            time.sleep(0.05)
        return False


def user(content: Any) -> dict[str, Any]:
    """What the person says."""
    return {"role": "user", "content": content}


def model(content: Any) -> dict[str, Any]:
    """What the model said."""
    return {"role": "assistant", "content": content}


def text(message: Message) -> str:
    """The texts of a message, joined."""
    return "".join(block.text for block in message.content if block.type == "text")


def same(actual: Any, expected: Any, what: str = "value") -> None:
    """Fails with both values when they differ."""
    if actual != expected:
        raise AssertionError(f"{what}: {actual!r:.300} instead of {expected!r:.300}")


def holds(truth: Any, what: str, *evidence: Any) -> None:
    """Fails with `what` and the evidence when `truth` is not."""
    if not truth:
        raise AssertionError(": ".join([what, *(f"{one!r:.300}" for one in evidence)]))
