"""Tools, pictures, documents and searches."""

import base64
import struct
import zlib
from typing import Any

from anthropic import beta_tool

from suite.door import Case, Door, holds, model, same, text, user

WEATHER: dict[str, Any] = {
    "name": "weather",
    "description": "Gives the weather.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}
CLOCK: dict[str, Any] = {"name": "clock", "input_schema": {"type": "object", "properties": {}}}
CALL = '[[call weather {"city":"Kyoto"}]]'


def tool(door: Door) -> None:
    message = door.ask(CALL, tools=[WEATHER])
    (call,) = message.content
    same((call.type, call.name, call.input), ("tool_use", "weather", {"city": "Kyoto"}), "a call")
    same(message.stop_reason, "tool_use", "stop_reason")


def tool_stream(door: Door) -> None:
    with door.client.messages.stream(**door.form(CALL, tools=[WEATHER])) as told:
        pieces = [event.partial_json for event in told if event.type == "input_json"]
        message = told.get_final_message()
    same("".join(pieces).replace(" ", ""), '{"city":"Kyoto"}', "pieces")
    same(message.content[0].input, {"city": "Kyoto"}, "the input")


def parallel(door: Door) -> None:
    prompt = f"[[interleave]] {CALL} [[call clock]]"
    with door.client.messages.stream(**door.form(prompt, tools=[WEATHER, CLOCK])) as told:
        message = told.get_final_message()
    called = [(call.name, call.input) for call in message.content]
    same(called, [("weather", {"city": "Kyoto"}), ("clock", {})], "calls")
    single = {"type": "auto", "disable_parallel_tool_use": True}
    message = door.ask(prompt, tools=[WEATHER, CLOCK], tool_choice=single)
    same(len(message.content), 1, "calls at once")


def choice(door: Door) -> None:
    tools = [WEATHER, CLOCK]
    for wanted, name in [
        ({"type": "any"}, "weather"),
        ({"type": "tool", "name": "clock"}, "clock"),
    ]:
        message = door.ask("hello", tools=tools, tool_choice=wanted)
        same(message.content[0].name, name, str(wanted))
    message = door.ask(CALL, tools=tools, tool_choice={"type": "none"})
    same(message.content[0].type, "text", "no call")


def loop(door: Door) -> None:
    turns = [user(f"{CALL} loop")]
    called = door.ask(turns, tools=[WEATHER], thinking={"type": "adaptive"})
    (call,) = [block for block in called.content if block.type == "tool_use"]
    turns += [called.to_param(), user([result(call.id, "sunny")])]
    message = door.ask(turns, tools=[WEATHER], thinking={"type": "adaptive"})
    same(text(message), "The tool weather returned: sunny", "the answer")


def runner(door: Door) -> None:
    @beta_tool
    def weather(city: str) -> str:
        """Gives the weather.

        Args:
            city: Where.
        """
        return f"sunny in {city}"

    running = door.client.beta.messages.tool_runner(**door.form(CALL), tools=[weather])
    same(text(running.until_done()), "The tool weather returned: sunny in Kyoto", "the answer")


def image(door: Door) -> None:
    said = text(door.ask([user([{"type": "text", "text": "look"}, png(2, 3)])]))
    holds("I see a PNG image, 2 by 3 pixels." in said, "the picture", said)


def document(door: Door) -> None:
    pdf = {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQ="}
    block = {"type": "document", "source": pdf, "title": "notes"}
    said = text(door.ask([user([block, {"type": "text", "text": "read"}])]))
    holds("I read the file notes.pdf, 8 bytes." in said, "the document", said)
    plain = {"type": "text", "media_type": "text/plain", "data": "plain words"}
    said = text(door.ask([user([{"type": "document", "source": plain}])]))
    holds("plain words" in said, "the text", said)


def tool_image(door: Door) -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "clock", "input": {}}
    turns = [user("look"), model([call]), user([result("toolu_1", [png(4, 5)])])]
    said = text(door.ask(turns, tools=[CLOCK]))
    holds("PNG image, 4 by 5 pixels" in said, "the picture", said)


def web_search(door: Door) -> None:
    search = {"type": "web_search_20250305", "name": "web_search"}
    message = door.ask("[[search green tea]]", tools=[search])
    kinds = [block.type for block in message.content]
    same(kinds, ["server_tool_use", "web_search_tool_result", "text"], "blocks")
    same(message.content[0].input["query"], "green tea", "the query")
    holds(message.content[2].citations[0].url, "a citation")
    same(message.usage.server_tool_use.web_search_requests, 1, "searches")


def result(call: str, content: Any) -> dict[str, Any]:
    """What a tool answered."""
    return {"type": "tool_result", "tool_use_id": call, "content": content}


def png(width: int, height: int) -> dict[str, Any]:
    """A white picture."""
    rows = b"".join(b"\0" + b"\xff\xff\xff" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    picture = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)
    data = base64.b64encode(picture).decode()
    source = {"type": "base64", "media_type": "image/png", "data": data}
    return {"type": "image", "source": source}


def _chunk(kind: bytes, data: bytes) -> bytes:
    checked = kind + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))


CASES: dict[str, Case] = {
    "messages/tool": tool,
    "messages/tool-stream": tool_stream,
    "messages/parallel": parallel,
    "messages/tool-choice": choice,
    "messages/tool-loop": loop,
    "messages/tool-runner": runner,
    "messages/image": image,
    "messages/document": document,
    "messages/tool-image": tool_image,
    "messages/web-search": web_search,
}
