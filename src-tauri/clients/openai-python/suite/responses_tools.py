"""Responses: tools of every kind, and the loop around them."""

import json
from typing import Any

import openai

from suite.door import Door, user
from suite.table import case, holds, same
from suite.things import WEATHER_SCHEMA, City, png, tool


def calls(answer: Any) -> list[Any]:
    """The function calls of an answer."""
    return [item for item in answer.output if item.type == "function_call"]


@case("responses/function")
def function(door: Door) -> None:
    prompt = '[[call weather {"city":"Bern","unit":"celsius"}]] go'
    answer = door.respond(prompt, tools=[tool("weather")])
    (call,) = calls(answer)
    same(call.name, "weather", "name")
    same(json.loads(call.arguments), {"city": "Bern", "unit": "celsius"}, "arguments")
    holds(call.call_id, "a call id", call)
    same(answer.status, "completed", "status")


@case("responses/function-stream")
def function_stream(door: Door) -> None:
    prompt = '[[call weather {"city":"Zürich","unit":"celsius"}]] go'
    events = list(door.respond(prompt, tools=[tool("weather")], stream=True))
    kind = "response.function_call_arguments"
    deltas = [event.delta for event in events if event.type == f"{kind}.delta"]
    (done,) = [event for event in events if event.type == f"{kind}.done"]
    same("".join(deltas), done.arguments, "deltas")
    same(json.loads(done.arguments)["city"], "Zürich", "arguments")
    (call,) = calls(events[-1].response)
    same(call.arguments, done.arguments, "the whole")
    same(call.id, done.item_id, "item id")


@case("responses/custom")
def custom(door: Door) -> None:
    grammar = {"type": "grammar", "syntax": "lark", "definition": 'start: "patch" /.+/'}
    tools = [{"type": "custom", "name": "patch", "description": "Edits.", "format": grammar}]
    answer = door.respond("patch this [[call patch]]", tools=tools)
    (call,) = [item for item in answer.output if item.type == "custom_tool_call"]
    same(call.name, "patch", "name")
    holds("patch" in call.input, "free text", call.input)
    turns = [
        user("patch this [[call patch]]"),
        call.model_dump(exclude_none=True),
        {"type": "custom_tool_call_output", "call_id": call.call_id, "output": "patched"},
    ]
    answer = door.respond(turns, tools=tools)
    same(answer.output_text, "The tool patch returned: patched", "the loop's end")


@case("responses/parallel")
def parallel(door: Door) -> None:
    prompt = (
        '[[interleave]] [[call weather {"city":"Bern","unit":"celsius"}]] '
        '[[call time {"city":"Rome","unit":"celsius"}]] go'
    )
    options = {"tools": [tool("weather"), tool("time")], "parallel_tool_calls": True}
    events = list(door.respond(prompt, stream=True, **options))
    pieces: dict[str, str] = {}
    for event in events:
        if event.type == "response.function_call_arguments.delta":
            pieces[event.item_id] = pieces.get(event.item_id, "") + event.delta
    both = calls(events[-1].response)
    same([call.name for call in both], ["weather", "time"], "names")
    same([pieces[call.id] for call in both], [call.arguments for call in both], "deltas")
    same([json.loads(call.arguments)["city"] for call in both], ["Bern", "Rome"], "arguments")


@case("responses/tool-required")
def tool_required(door: Door) -> None:
    answer = door.respond("hello", tools=[tool("weather")], tool_choice="required")
    (call,) = calls(answer)
    same(set(json.loads(call.arguments)), set(WEATHER_SCHEMA["required"]), "arguments")


@case("responses/tool-named")
def tool_named(door: Door) -> None:
    choice = {"type": "function", "name": "time"}
    answer = door.respond("hello", tools=[tool("weather"), tool("time")], tool_choice=choice)
    same([call.name for call in calls(answer)], ["time"], "calls")


@case("responses/tool-none")
def tool_none(door: Door) -> None:
    answer = door.respond("hello", tools=[tool("weather")], tool_choice="none")
    same(calls(answer), [], "calls")
    same(answer.output_text, "You said: hello", "output_text")


@case("responses/tool-strict")
def tool_strict(door: Door) -> None:
    strict = openai.pydantic_function_tool(City, name="city")["function"]
    tools = [{"type": "function", **strict}]
    answer = door.client.responses.parse(
        model=door.model, input="hello", tools=tools, tool_choice="required"
    )
    (call,) = calls(answer)
    City.model_validate_json(call.arguments)
    same(json.loads(door.respond("[[show tools/0/strict]]", tools=tools).output_text), True)


@case("responses/tool-loop")
def tool_loop(door: Door) -> None:
    tools = [tool("weather")]
    turns: list[Any] = [user('Bern? [[call weather {"city":"Bern","unit":"celsius"}]]')]
    for city, weather in [("Bern", "rain"), ("Rome", "sun")]:
        answer = door.respond(turns, tools=tools)
        (call,) = calls(answer)
        same(json.loads(call.arguments)["city"], city, "city")
        turns += answer.output
        turns.append(output(call, weather))
        answer = door.respond(turns, tools=tools)
        same(answer.output_text, f"The tool weather returned: {weather}", "what came of it")
        turns += answer.output
        turns.append(user('Rome? [[call weather {"city":"Rome","unit":"celsius"}]]'))
    turns[-1] = user("[[recall]]")
    same(door.respond(turns, tools=tools).output_text.strip(), "Bern?", "what was recalled")


@case("responses/tool-image")
def tool_image(door: Door) -> None:
    tools = [tool("camera")]
    turns: list[Any] = [user("look [[call camera {}]]")]
    (call,) = calls(door.respond(turns, tools=tools))
    parts = [
        {"type": "input_text", "text": "a picture"},
        {"type": "input_image", "image_url": png(4, 3), "detail": "auto"},
    ]
    turns += [call, output(call, parts)]
    text = door.respond(turns, tools=tools).output_text
    holds("I see a PNG image, 4 by 3 pixels." in text, "the image is seen", text)


def output(call: Any, result: Any) -> dict[str, Any]:
    """The item that answers a call."""
    return {"type": "function_call_output", "call_id": call.call_id, "output": result}
