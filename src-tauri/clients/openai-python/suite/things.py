"""What the cases send: tools, models, an image, a file."""

import base64
import struct
import zlib
from typing import Any, Literal

from pydantic import BaseModel


class City(BaseModel):
    """Something small to be parsed."""

    name: str
    inhabitants: int
    kind: Literal["town", "city"]


class Trip(BaseModel):
    """Something nested to be parsed."""

    title: str
    stops: list[City]
    rating: float
    is_booked: bool


WEATHER_SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
    },
    "required": ["city", "unit"],
    "additionalProperties": False,
}


def tool(name: str, schema: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A function tool of the Responses dialect."""
    return {
        "type": "function",
        "name": name,
        "description": f"Gives the {name}.",
        "parameters": schema or WEATHER_SCHEMA,
        "strict": False,
        **more,
    }


def chat_tool(name: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    """A function tool of the Chat Completions dialect."""
    function = {
        "name": name,
        "description": f"Gives the {name}.",
        "parameters": schema or WEATHER_SCHEMA,
    }
    return {"type": "function", "function": function}


def png(width: int, height: int) -> str:
    """A white PNG as data URL."""
    rows = b"".join(b"\0" + b"\xff\xff\xff" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    picture = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def text_file(words: str) -> str:
    """A text file as data URL."""
    return "data:text/plain;base64," + base64.b64encode(words.encode()).decode()


def _chunk(kind: bytes, data: bytes) -> bytes:
    checked = kind + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))
