"""Chat Completions: tools of every kind, and the loop around them."""

import json
from typing import Any

import openai

from suite.chat_text import deltas
from suite.door import Door, user
from suite.table import case, holds, same
from suite.things import WEATHER_SCHEMA, City, chat_tool, png

BERN = '[[call weather {"city":"Bern","unit":"celsius"}]]'


def calls(completion: Any) -> list[Any]:
    """The tool calls of a completion."""
    return completion.choices[0].message.tool_calls or []


def streamed_calls(chunks: list[Any]) -> dict[int, dict[str, str]]:
    """Name, id and arguments of each call of a stream, by its index."""
    found: dict[int, dict[str, str]] = {}
    for delta in deltas(chunks):
        for piece in delta.tool_calls or []:
            call = found.setdefault(piece.index, {"name": "", "id": "", "arguments": ""})
            call["id"] += piece.id or ""
            call["name"] += (piece.function and piece.function.name) or ""
            call["arguments"] += (piece.function and piece.function.arguments) or ""
    return found


@case("chat/function")
def function(door: Door) -> None:
    completion = door.chat(f"{BERN} go", tools=[chat_tool("weather")])
    (call,) = calls(completion)
    same((call.type, call.function.name), ("function", "weather"), "call")
    same(json.loads(call.function.arguments), {"city": "Bern", "unit": "celsius"}, "arguments")
    same(completion.choices[0].finish_reason, "tool_calls", "finish_reason")
    same(completion.choices[0].message.content, None, "content")
    holds(call.id, "a call id", call)


@case("chat/function-stream")
def function_stream(door: Door) -> None:
    chunks = list(door.chat(f"{BERN} go", tools=[chat_tool("weather")], stream=True))
    (call,) = streamed_calls(chunks).values()
    same(call["name"], "weather", "name")
    same(json.loads(call["arguments"])["city"], "Bern", "arguments")
    reasons = [chunk.choices[0].finish_reason for chunk in chunks]
    same(reasons, [None] * (len(reasons) - 1) + ["tool_calls"], "finish reasons")


@case("chat/custom")
def custom(door: Door) -> None:
    tools = [{"type": "custom", "custom": {"name": "patch", "description": "Edits."}}]
    completion = door.chat("patch this [[call patch]]", tools=tools)
    (call,) = calls(completion)
    same((call.type, call.custom.name), ("custom", "patch"), "call")
    holds("patch" in call.custom.input, "free text", call.custom.input)
    messages = [
        user("patch this [[call patch]]"),
        completion.choices[0].message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": call.id, "content": "patched"},
    ]
    said = door.chat(messages, tools=tools).choices[0].message.content
    same(said, "The tool patch returned: patched", "the loop's end")


@case("chat/parallel")
def parallel(door: Door) -> None:
    prompt = f'[[interleave]] {BERN} [[call time {{"city":"Rome","unit":"celsius"}}]] go'
    tools = [chat_tool("weather"), chat_tool("time")]
    whole = calls(door.chat(prompt, tools=tools, parallel_tool_calls=True))
    streamed = streamed_calls(list(door.chat(prompt, tools=tools, stream=True)))
    same(sorted(streamed), [0, 1], "indexes")
    for at, (name, city) in enumerate([("weather", "Bern"), ("time", "Rome")]):
        same((whole[at].function.name, streamed[at]["name"]), (name, name), "names")
        for arguments in [whole[at].function.arguments, streamed[at]["arguments"]]:
            same(json.loads(arguments)["city"], city, "arguments")
    same(len({call.id for call in whole}), 2, "ids")


@case("chat/tool-required")
def tool_required(door: Door) -> None:
    (call,) = calls(door.chat("hello", tools=[chat_tool("weather")], tool_choice="required"))
    same(set(json.loads(call.function.arguments)), set(WEATHER_SCHEMA["required"]), "arguments")


@case("chat/tool-named")
def tool_named(door: Door) -> None:
    choice = {"type": "function", "function": {"name": "time"}}
    tools = [chat_tool("weather"), chat_tool("time")]
    completion = door.chat("hello", tools=tools, tool_choice=choice)
    same([call.function.name for call in calls(completion)], ["time"], "calls")


@case("chat/tool-none")
def tool_none(door: Door) -> None:
    completion = door.chat("hello", tools=[chat_tool("weather")], tool_choice="none")
    same(calls(completion), [], "calls")
    same(completion.choices[0].message.content, "You said: hello", "content")


@case("chat/tool-strict")
def tool_strict(door: Door) -> None:
    completion = door.client.chat.completions.parse(
        model=door.model,
        messages=[user("hello")],
        tools=[openai.pydantic_function_tool(City, name="city")],
        tool_choice="required",
    )
    (call,) = calls(completion)
    holds(isinstance(call.function.parsed_arguments, City), "an instance", call)


@case("chat/tool-loop")
def tool_loop(door: Door) -> None:
    tools = [chat_tool("weather")]
    messages: list[Any] = [user(f"Bern? {BERN}")]
    for weather in ["rain", "sun"]:
        completion = door.chat(messages, tools=tools)
        (call,) = calls(completion)
        messages.append(completion.choices[0].message)
        messages.append({"role": "tool", "tool_call_id": call.id, "content": weather})
        said = door.chat(messages, tools=tools).choices[0].message
        same(said.content, f"The tool weather returned: {weather}", "what came of it")
        messages += [said, user(f"Again? {BERN}")]
    messages[-1] = user("[[recall]]")
    said = door.chat(messages, tools=tools).choices[0].message.content
    same(said.strip(), "Bern?", "what was recalled")


@case("chat/tool-image")
def tool_image(door: Door) -> None:
    tools = [chat_tool("camera")]
    messages: list[Any] = [user("look [[call camera {}]]")]
    completion = door.chat(messages, tools=tools)
    parts = [
        {"type": "text", "text": "a picture"},
        {"type": "image_url", "image_url": {"url": png(4, 3)}},
    ]
    messages.append(completion.choices[0].message)
    messages.append({"role": "tool", "tool_call_id": calls(completion)[0].id, "content": parts})
    said = door.chat(messages, tools=tools).choices[0].message.content
    holds("I see a PNG image, 4 by 3 pixels." in said, "the image is seen", said)


@case("chat/long-names")
def long_names(door: Door) -> None:
    name = "mcp__a_server_with_a_long_name__" + "and_a_tool_with_an_even_longer_name" * 2
    completion = door.chat("hello", tools=[chat_tool(name)], tool_choice="required")
    (call,) = calls(completion)
    same(call.function.name, name, "name")
    messages = [
        user("hello"),
        completion.choices[0].message,
        {"role": "tool", "tool_call_id": call.id, "content": "done"},
    ]
    said = door.chat(messages, tools=[chat_tool(name)]).choices[0].message.content
    holds(said.endswith("returned: done"), "the loop's end", said)


@case("chat/late-arguments")
def late_arguments(door: Door) -> None:
    for mark in ["[[args-in-done]]", "[[args-in-item]]"]:
        tools = [chat_tool("weather")]
        chunks = list(door.chat(f"{mark} {BERN} go", tools=tools, stream=True))
        (call,) = streamed_calls(chunks).values()
        same(json.loads(call["arguments"])["city"], "Bern", mark)
        (call,) = calls(door.chat(f"{mark} {BERN} go", tools=tools))
        same(json.loads(call.function.arguments)["city"], "Bern", mark)
