"""The cases, each behind its row of the shared table."""

import asyncio
import os
from collections.abc import Callable
from typing import Any

import ollama
from pydantic import BaseModel

from door import Door, png, user
from examined import REFUSAL, TERMS, Strict, StrictAsync, examined
from recorded import recorded
from strict import check, stumbles

Case = Callable[[Door], None]


class City(BaseModel):
    """Something small to be parsed."""

    name: str
    inhabitants: int


def weather(city: str, days: int = 1) -> str:
    """Gives the weather.

    Args:
      city: Where.
      days: For how long.
    """
    return f"rain in {city} for {days}"


def chat(door: Door) -> None:
    answer = door.chat("[[usage input=120 cached=64 output=7]] hello")
    same(answer.message.content, "You said: hello")
    same((answer.message.role, answer.model, answer.done), ("assistant", door.model, True))
    same((answer.prompt_eval_count, answer.eval_count), (120, 7))
    same(answer.done_reason, "stop")
    holds(answer.total_duration > 0, "a duration", answer.total_duration)
    parts = answer.prompt_eval_duration + answer.eval_duration + answer.load_duration
    same(parts, answer.total_duration)


def chat_stream(door: Door) -> None:
    *parts, last = door.chat("[[words 12]] go", stream=True)
    text = "".join(part.message.content for part in parts)
    same(text, door.chat("[[words 12]] go").message.content)
    holds(len(parts) > 10 and not any(part.done for part in parts), "parts", len(parts))
    same((last.done, last.done_reason, last.message.content), (True, "stop", ""))
    holds(last.eval_count > 0 and last.total_duration > 0, "counts and times", last)


def generate(door: Door) -> None:
    answer = door.generate("hello")
    same((answer.response, answer.done), ("You said: hello", True))
    holds(answer.eval_count > 0, "counts", answer)


def generate_stream(door: Door) -> None:
    *parts, last = door.generate("[[words 12]] go", stream=True)
    same("".join(part.response for part in parts), door.generate("[[words 12]] go").response)
    same((last.done, last.response), (True, ""))


def system(door: Door) -> None:
    talk = [{"role": "system", "content": "Be a gatekeeper."}, user("[[show instructions]]")]
    holds("Be a gatekeeper." in door.chat(talk).message.content, "the chat's system message")
    said = door.generate("[[show instructions]]", system="Be a gatekeeper.").response
    holds("Be a gatekeeper." in said, "the prompt's system text", said)


def conversation(door: Door) -> None:
    talk = [
        user("The word is portcullis."),
        {"role": "assistant", "content": "I will remember it."},
        user("[[recall]]"),
    ]
    same(door.chat(talk).message.content, "The word is portcullis.")


def latest(door: Door) -> None:
    name = f"{door.model}:latest"
    answer = door.client.chat(name, [user("[[show model]]")])
    same((answer.model, answer.message.content), (name, f'"{door.model}"'))


def thinking(door: Door) -> None:
    answer = door.chat("why", think=True)
    holds("Thinking about" in answer.message.thinking, "thinking", answer.message)
    same(answer.message.content, "You said: why")
    parts = list(door.chat("why", think=True, stream=True))
    thought = "".join(part.message.thinking or "" for part in parts)
    same(thought, answer.message.thinking)
    same(door.chat("why", think=False).message.thinking, None)
    holds("Thinking" in door.generate("why", think=True).thinking, "thinking about a prompt")


def thinking_level(door: Door) -> None:
    for asked, sent in [(True, "medium"), ("high", "high"), (False, "low")]:
        same(door.chat("[[show reasoning/effort]]", think=asked).message.content, f'"{sent}"')


def format_json(door: Door) -> None:
    answer = door.chat("a town", format="json").message.content
    same(answer, '{"answer":"You said: a town"}')


def format_schema(door: Door) -> None:
    answer = door.chat("a town", format=City.model_json_schema())
    City.model_validate_json(answer.message.content)
    answer = door.generate("a town", format=City.model_json_schema())
    City.model_validate_json(answer.response)


def tool(door: Door) -> None:
    prompt = '[[call weather {"city":"Bern","days":2}]] go'
    (call,) = door.chat(prompt, tools=[weather]).message.tool_calls
    same(call.function.name, "weather")
    same(dict(call.function.arguments), {"city": "Bern", "days": 2})
    parts = list(door.chat(prompt, tools=[weather], stream=True))
    (call,) = [call for part in parts for call in part.message.tool_calls or []]
    same(weather(**call.function.arguments), "rain in Bern for 2")


def tool_loop(door: Door) -> None:
    prompt = '[[call weather {"city":"Bern"}]] [[call weather {"city":"Thun"}]] go'
    talk: list[Any] = [user(prompt)]
    message = door.chat(talk, tools=[weather]).message
    talk.append(message)
    for call in message.tool_calls:
        told = weather(**call.function.arguments)
        talk.append({"role": "tool", "content": told, "tool_name": call.function.name})
    said = door.chat(talk, tools=[weather]).message.content.splitlines()
    same(said, [f"The tool weather returned: rain in {city} for 1" for city in ["Bern", "Thun"]])


def vision(door: Door) -> None:
    said = door.chat([user("look", images=[png(2, 3)])]).message.content
    holds("I see a PNG image, 2 by 3 pixels." in said, "the picture", said)
    said = door.generate("look", images=[png(3, 2)]).response
    holds("I see a PNG image, 3 by 2 pixels." in said, "the prompt's picture", said)


def options(door: Door) -> None:
    answer = door.chat("hello", options={"temperature": 0.1, "num_ctx": 4096}, keep_alive="5m")
    same(answer.message.content, "You said: hello")


def load(door: Door) -> None:
    before = len(door.received(""))
    same(door.client.chat(door.model).done_reason, "load")
    same(door.client.generate(door.model, keep_alive=0).done_reason, "unload")
    same(len(door.received("")), before)


def models(door: Door) -> None:
    listed = door.client.list().models
    holds(door.model in [model.model for model in listed], "the model is listed", listed)
    same(len({model.digest for model in listed}), len(listed))
    shown = door.client.show(door.model)
    holds({"completion", "tools", "thinking"} <= set(shown.capabilities), "abilities", shown)
    length = shown.modelinfo[f"{shown.modelinfo['general.architecture']}.context_length"]
    holds(length > 100_000, "a context length", length)
    same(list(door.client.ps().models), [])


def unicode(door: Door) -> None:
    prompt = "[[split-utf8]] Grüße — 門 🚪"
    parts = door.chat(prompt, stream=True)
    same("".join(part.message.content for part in parts), "You said: Grüße — 門 🚪")


def errors(door: Door) -> None:
    refused(404, "is not offered", lambda: door.client.show("llama3"))
    refused(404, "neither fetched nor made", lambda: door.client.pull("llama3"))
    refused(404, "no embeddings", lambda: door.client.embed(door.model, "x"))
    refused(400, "suffix", lambda: door.generate("a", suffix="b"))
    refused(400, "no PNG", lambda: door.chat([user("x", images=[b"%PDF-1.4 and more"])]))


def failed_stream(door: Door) -> None:
    parts: list[Any] = []
    refused(-1, "cut off", lambda: parts.extend(door.chat("[[cut 6]] hello", stream=True)))


def asynchronous(door: Door) -> None:
    async def talk() -> str:
        headers = {"Authorization": f"Bearer {door.key}"}
        client = StrictAsync(door.base_url, headers=headers, timeout=60)
        parts = await client.chat(door.model, [user("hello")], stream=True)
        return "".join([part.message.content async for part in parts])

    same(asyncio.run(talk()), "You said: hello")


def key(door: Door) -> None:
    for headers in [{}, {"Authorization": "Bearer ollama"}]:
        client = Strict(door.base_url, headers=headers)
        refused(401, "key", lambda client=client: client.list())
    os.environ["OLLAMA_API_KEY"] = door.key
    try:
        holds(Strict(door.base_url).list().models, "the variable's key opens")
    finally:
        del os.environ["OLLAMA_API_KEY"]


def types(_: Door) -> None:
    def told(damage: Callable[[dict[str, Any]], Any]) -> None:
        message = {"role": "assistant", "content": "a"}
        line = {"model": "m", "created_at": "now", "message": message, "done": False}
        damage(line)
        examined(ollama.ChatResponse)(**line)

    told(lambda line: None)
    stumbles(lambda: told(lambda line: line["message"].pop("role")), "role")
    stumbles(lambda: told(lambda line: line.pop("created_at")), "created_at")
    stumbles(lambda: told(lambda line: line.update(novel=1)), "ChatResponse.novel")
    stumbles(lambda: told(lambda line: line["message"].update(novel=1)), "Message.novel")
    stumbles(lambda: told(lambda line: line.update(eval_count="7")), "eval_count")


def everything_recorded(_: Door) -> None:
    kinds = {"ollama-chat": ollama.ChatResponse, "ollama-generate": ollama.GenerateResponse}
    for dialect, kind in kinds.items():
        everything = list(recorded(dialect))
        holds(len(everything) > 5, "cases are recorded", dialect)
        for one in everything:
            if one.told.keys() == {"error"}:
                check(one.told, REFUSAL, TERMS)
            else:
                examined(kind)(**one.told)


def limit(door: Door) -> None:
    refused(429, "usage limit", lambda: door.chat("[[http usage-limit resets=3]] ollama"))


CASES: dict[str, Case] = {
    "ollama/chat": chat,
    "ollama/chat-stream": chat_stream,
    "ollama/generate": generate,
    "ollama/generate-stream": generate_stream,
    "ollama/system": system,
    "ollama/conversation": conversation,
    "ollama/latest": latest,
    "ollama/thinking": thinking,
    "ollama/thinking-level": thinking_level,
    "ollama/format-json": format_json,
    "ollama/format-schema": format_schema,
    "ollama/tool": tool,
    "ollama/tool-loop": tool_loop,
    "ollama/vision": vision,
    "ollama/options": options,
    "ollama/load": load,
    "ollama/models": models,
    "ollama/unicode": unicode,
    "ollama/errors": errors,
    "ollama/failed-stream": failed_stream,
    "ollama/async": asynchronous,
    "ollama/key": key,
    "ollama/types": types,
    "ollama/recorded": everything_recorded,
    "ollama/limit": limit,
}


def refused(status: int, words: str, ask: Callable[[], Any]) -> None:
    """Asking raises the client's own error, with that status and a sentence with those words."""
    try:
        ask()
    except ollama.ResponseError as error:
        same(error.status_code, status)
        holds(words in error.error, f"`{words}` in the sentence", error.error)
        return
    raise AssertionError("nothing was refused")


def same(actual: Any, expected: Any) -> None:
    """Fails with both values when they differ."""
    if actual != expected:
        raise AssertionError(f"{actual!r} instead of {expected!r}")


def holds(truth: Any, what: str, *evidence: Any) -> None:
    """Fails with `what` and the evidence when `truth` is not."""
    if not truth:
        raise AssertionError(": ".join([what, *map(repr, evidence)]))
