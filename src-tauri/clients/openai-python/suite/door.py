"""The way into the server under test, and the stand-in's side door."""

import json
import time
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from suite.strict import Strict


@dataclass(frozen=True)
class Door:
    """One server, one key, one model; `admin` is the stand-in behind the server."""

    base_url: str
    key: str
    admin: str
    model: str
    client: Strict = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "client", self.opened_with(self.key))

    def opened_with(self, key: str) -> Strict:
        """A client with that key."""
        return Strict(base_url=self.base_url, api_key=key, max_retries=0, timeout=60)

    def respond(self, prompt: Any, **options: Any) -> Any:
        """A Responses call."""
        return self.client.responses.create(model=self.model, input=prompt, **options)

    def chat(self, prompt: Any, **options: Any) -> Any:
        """A Chat Completions call; a text becomes one user message."""
        messages = [user(prompt)] if isinstance(prompt, str) else prompt
        return self.client.chat.completions.create(model=self.model, messages=messages, **options)

    def received(self, words: str) -> list[dict[str, Any]]:
        """The requests for an answer that reached the stand-in and hold `words`."""
        query = "/admin/received?path=/backend-api/codex/responses"
        with urllib.request.urlopen(self.admin + query, timeout=30) as reply:
            everything = json.load(reply)
        return [one for one in everything if words in json.dumps(one.get("json"))]

    def eventually(self, holds: Any) -> bool:
        """Asks again and again until `holds()`; twenty seconds at the most."""
        for _ in range(400):
            if holds():
                return True
            time.sleep(0.05)
        return False


def user(content: Any) -> dict[str, Any]:
    """One user message, in either dialect."""
    return {"role": "user", "content": content}
