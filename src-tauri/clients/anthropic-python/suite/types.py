"""That the examination of what is told can fail."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
from anthropic.types import ErrorResponse, Message, RawMessageStreamEvent
from recorded import recorded
from strict import Strange, check, stumbles

from suite.door import Case, Door, holds
from suite.strict import TERMS, Strict

Object = dict[str, Any]
Damage = Callable[[Object], Any]


def missing_field(door: Door) -> None:
    fails(door, lambda told: told.pop("role"), "role")
    fails(door, lambda told: told.pop("stop_sequence"), "Message.stop_sequence: not told")
    fails(door, lambda told: told["content"][0].pop("text"), "text")
    fails(door, lambda told: told["usage"].pop("output_tokens"), "output_tokens")
    refusal_fails(lambda told: told.pop("message"), "message")


def unknown_field(door: Door) -> None:
    fails(door, lambda told: told.update(novel=1), "Message.novel")
    fails(door, lambda told: told["content"][0].update(novel=1), "TextBlock.novel")
    fails(door, lambda told: told["usage"].update(novel=1), "Usage.novel")
    refusal_fails(lambda told: told.update(novel=1), "InvalidRequestErrorObject.novel")


def other_kind(door: Door) -> None:
    fails(door, lambda told: told["usage"].update(input_tokens="7"), "input_tokens")
    fails(door, lambda told: told.update(stop_reason="enough"), "stop_reason")
    refusal_fails(lambda told: told.update(type="no_error"), "type")


def everything_recorded(_: Door) -> None:
    everything = list(recorded("messages"))
    holds(len(everything) > 100, "cases are recorded")
    for one in everything:
        kind = RawMessageStreamEvent if one.streamed else Message
        if one.told["type"] == "ping":
            continue
        try:
            check(one.told, ErrorResponse if one.told["type"] == "error" else kind, TERMS)
        except Strange as strange:
            raise Strange(f"{one.case}: {strange.complaint}", one.told) from None


CASES: dict[str, Case] = {
    "messages/missing-field": missing_field,
    "messages/unknown-field": unknown_field,
    "messages/other-kind": other_kind,
    "messages/recorded": everything_recorded,
}


def fails(door: Door, damage: Damage, words: str) -> None:
    """A message with that damage is not handed on, whole or streamed; without it, it is."""
    told = door.client.messages.with_raw_response.create(**door.form("hello")).json()
    ask(200, told)
    damage(told)
    stumbles(lambda: ask(200, told), words)
    stumbles(lambda: ask(200, told, stream=True), words)


def refusal_fails(damage: Damage, words: str) -> None:
    """A refusal with that damage is not handed on."""
    error: Object = {"message": "No.", "type": "invalid_request_error"}
    damage(error)
    stumbles(lambda: ask(400, {"type": "error", "error": error}), words)


def ask(status: int, told: Object, stream: bool = False) -> None:
    """An SDK's call, answered with this, by nobody."""
    event = {"type": "message_start", "message": told}
    frame = f"event: message_start\ndata: {json.dumps(event)}\n\n"
    kind, body = ("text/event-stream", frame) if stream else ("application/json", json.dumps(told))
    reply = lambda _: httpx2.Response(status, headers={"content-type": kind}, text=body)
    with httpx2.Client(transport=httpx2.MockTransport(reply)) as line:
        client = Strict(base_url="http://nobody", api_key="none", max_retries=0, http_client=line)
        message = [{"role": "user", "content": "hello"}]
        answer = client.messages.create(
            model="none", max_tokens=1, messages=message, stream=stream
        )
        if stream:
            list(answer)
