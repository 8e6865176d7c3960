"""Responses on a WebSocket: many requests on one connection, which remembers its own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from openai.types.responses import ResponsesServerEvent

from suite.door import Door
from suite.strict import examined
from suite.table import case, holds, same

ENDS = {"response.completed", "response.incomplete", "response.failed", "error"}


class Socket:
    """One connection, on which nobody stores anything."""

    def __init__(self, connection: Any, model: str) -> None:
        self._connection = connection
        self._model = model

    def events(self, prompt: Any, **options: Any) -> list[Any]:
        """The events of one answer."""
        self._connection.response.create(
            model=self._model, input=prompt, **{"store": False, **options}
        )
        events = []
        while not events or events[-1].type not in ENDS:
            told = self._connection.recv_bytes()
            examined(json.loads(told), ResponsesServerEvent)
            events.append(self._connection.parse_event(told))
        return events

    def ask(self, prompt: Any, **options: Any) -> Any:
        """A whole answer."""
        last = self.events(prompt, **options)[-1]
        same(last.type, "response.completed", "the last event")
        return last.response


@contextmanager
def socket(door: Door) -> Iterator[Socket]:
    """A connection that is closed in the end."""
    with door.client.responses.connect() as connection:
        yield Socket(connection, door.model)


@case("socket/turns")
def turns(door: Door) -> None:
    with socket(door) as line:
        events = line.events("The word is barbican.")
        same([event.sequence_number for event in events], list(range(len(events))), "numbers")
        first = events[-1].response
        same(first.output_text, "You said: The word is barbican.", "the first answer")
        same(first.to_dict()["store"], False, "store")
        second = line.ask("[[recall]]", previous_response_id=first.id)
    same(second.output_text, "The word is barbican.", "what was recalled")
    same(second.previous_response_id, first.id, "previous_response_id")


@case("socket/tool")
def tool(door: Door) -> None:
    parameters = {"type": "object", "properties": {}}
    tools = [{"type": "function", "name": "look", "parameters": parameters, "strict": False}]
    with socket(door) as line:
        called = line.ask("[[call look {}]]", tools=tools)
        (call,) = called.output
        output = {"type": "function_call_output", "call_id": call.call_id, "output": "a moat"}
        answer = line.ask([output], tools=tools, previous_response_id=called.id)
    holds("a moat" in answer.output_text, "the output was seen", answer.output_text)


@case("socket/warm-up")
def warm_up(door: Door) -> None:
    with socket(door) as line:
        warm = line.ask("The word is bailey (python).", generate=False)
        same(warm.output, [], "the output")
        same(door.received("bailey (python)"), [], "requests to the backend")
        answer = line.ask("[[recall]]", previous_response_id=warm.id)
    same(answer.output_text, "The word is bailey (python).", "what was recalled")


@case("socket/unknown")
def unknown(door: Door) -> None:
    with socket(door) as line:
        (error,) = line.events("hello", previous_response_id="resp_never")
        told = error.to_dict()
        same((told["type"], told["status"]), ("error", 400), "the error")
        same(told["error"]["code"], "previous_response_not_found", "its code")
        same(line.ask("hello").output_text, "You said: hello", "the next answer")
