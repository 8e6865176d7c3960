"""The way into the server under test, and the stand-in's side door."""

import json
import struct
import urllib.request
import zlib
from dataclasses import dataclass
from typing import Any

from examined import Strict


@dataclass(frozen=True)
class Door:
    """One server, one key, one model; `admin` is the stand-in behind the server."""

    base_url: str
    key: str
    admin: str
    model: str

    @property
    def client(self) -> Strict:
        """A client with the key, as a person gives it one."""
        headers = {"Authorization": f"Bearer {self.key}"}
        return Strict(self.base_url, headers=headers, timeout=60)

    def chat(self, prompt: Any, **options: Any) -> Any:
        """A chat; a text becomes one user message."""
        messages = [user(prompt)] if isinstance(prompt, str) else prompt
        return self.client.chat(self.model, messages, **options)

    def generate(self, prompt: str, **options: Any) -> Any:
        """An answer to a prompt."""
        return self.client.generate(self.model, prompt, **options)

    def received(self, words: str) -> list[dict[str, Any]]:
        """The requests for an answer that reached the stand-in and hold `words`."""
        query = "/admin/received?path=/backend-api/codex/responses"
        with urllib.request.urlopen(self.admin + query, timeout=30) as reply:
            everything = json.load(reply)
        return [one for one in everything if words in json.dumps(one.get("json"))]


def user(content: str, **more: Any) -> dict[str, Any]:
    """One user message."""
    return {"role": "user", "content": content, **more}


def png(width: int, height: int) -> bytes:
    """A white PNG."""
    rows = b"".join(b"\0" + b"\xff\xff\xff" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checked = kind + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))
