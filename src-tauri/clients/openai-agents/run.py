"""Drives the OpenAI Agents SDK for Python: both of its models, whole and streamed runs."""

import asyncio
import sys
from collections.abc import Coroutine
from importlib.metadata import version
from pathlib import Path
from typing import Any

import openai
from agents import (
    Agent,
    Model,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    Runner,
    RunResult,
    function_tool,
    set_tracing_disabled,
)
from pydantic import BaseModel

sys.path.append(str(Path(__file__).parents[1] / "runner"))

from runner import Cases, Sides, drive, holds, same  # noqa: E402

# A client belongs to the loop that it was first used in.
LOOP = asyncio.Runner()


class City(BaseModel):
    """Something small to be parsed."""

    name: str
    inhabitants: int


@function_tool
def weather(city: str) -> str:
    """Gives the weather.

    Args:
      city: Where.
    """
    return f"rain in {city}"


def cases(sides: Sides) -> Cases:
    """The same runs with each model, and what only one of them shows."""
    set_tracing_disabled(True)

    client = openai.AsyncOpenAI(base_url=sides.base_url, api_key=sides.key)
    responses = OpenAIResponsesModel(sides.model, client)
    chat = OpenAIChatCompletionsModel(sides.model, client)

    def refused() -> None:
        for model in [responses, chat]:
            error = raised(openai.BadRequestError, run(model, "[[http cyber-policy]] refused"))
            same(error.code, "cyber_policy")
            holds("cybersecurity risk" in error.message, "the backend's words", error)

    def failed_stream() -> None:
        asked = "[[failed something_else after=2]] broken"
        for model in [responses, chat]:
            raised(Exception, stream(model, asked))
        same(len(sides.received("broken")), 2, "a request for each")

    def quota() -> None:
        asked = "[[http usage-limit resets=3]] stop"
        error = raised(openai.RateLimitError, run(responses, asked))
        same(error.code, "usage_limit_reached")
        same(len(sides.received("] stop")), 1, "one request")

    return {
        "openai-agents/responses": lambda: whole(responses),
        "openai-agents/responses-stream": lambda: streamed(responses),
        "openai-agents/responses-tool": lambda: tool(responses),
        "openai-agents/responses-schema": lambda: schema(responses),
        "openai-agents/chat": lambda: whole(chat),
        "openai-agents/chat-stream": lambda: streamed(chat),
        "openai-agents/chat-tool": lambda: tool(chat),
        "openai-agents/chat-schema": lambda: schema(chat),
        "openai-agents/refused": refused,
        "openai-agents/failed-stream": failed_stream,
        "openai-agents/quota": quota,
    }


def whole(model: Model) -> None:
    result = done(run(model, "hello"))
    same(result.final_output, "You said: hello")
    holds(result.context_wrapper.usage.total_tokens > 0, "usage")
    shown = done(run(model, "[[show instructions]]")).final_output
    holds("Be a gatekeeper." in shown, "the instructions", shown)


def streamed(model: Model) -> None:
    deltas, text = done(stream(model, "[[words 12]] go"))
    holds(len(deltas) > 10, "pieces", deltas)
    same("".join(deltas), text)


def tool(model: Model) -> None:
    asked = '[[call weather {"city":"Bern"}]] [[call weather {"city":"Thun"}]] go'
    expected = "\n".join(f"The tool weather returned: rain in {city}" for city in ["Bern", "Thun"])
    result = done(run(model, asked))
    same(result.final_output, expected)
    same(len(result.raw_responses), 2, "two turns")
    same(done(stream(model, asked))[1], expected)


def schema(model: Model) -> None:
    result = done(run(model, "a town", output_type=City))
    holds(isinstance(result.final_output, City), "an instance", result.final_output)


async def run(model: Model, asked: str, **more: Any) -> RunResult:
    """A whole run."""
    return await Runner.run(agent(model, **more), asked)


async def stream(model: Model, asked: str) -> tuple[list[str], str]:
    """A streamed run: the pieces of its text, and what it ended with."""
    result = Runner.run_streamed(agent(model), asked)
    deltas = []
    async for event in result.stream_events():
        if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
            deltas.append(event.data.delta)
    return deltas, result.final_output


def agent(model: Model, **more: Any) -> Agent:
    """An agent with one tool."""
    instructions = "Be a gatekeeper."
    return Agent("gate", instructions=instructions, model=model, tools=[weather], **more)


def done(work: Coroutine[Any, Any, Any]) -> Any:
    """What came of it."""
    return LOOP.run(work)


def raised(kind: type[Exception], work: Coroutine[Any, Any, Any]) -> Any:
    """The error that it ended with."""
    try:
        done(work)
    except kind as error:
        return error
    raise AssertionError("nothing was refused")


if __name__ == "__main__":
    sys.exit(drive("openai-agents", "openai_agents", version("openai-agents"), cases))
