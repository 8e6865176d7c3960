"""That the examination of what is told by the SDK's types can fail, and that no excuse from it is
idle. `types_published.py` has the same of OpenAI's schema."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
from openai.types import Completion, ImageEditStreamEvent, ImageGenStreamEvent, ImagesResponse
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from recorded import recorded
from strict import Strange, check, stumbles

from suite.door import Door
from suite.excuses import EXCUSES, Object
from suite.published import REFUSAL
from suite.strict import Strict, as_typed, examined
from suite.table import case, holds
from suite.terms import TERMS

Damage = Callable[[Object], Any]


@case("types/missing-field")
def missing_field(door: Door) -> None:
    fails(door, lambda told: told.pop("tools"), "tools")
    fails(door, lambda told: told.pop("metadata"), "Response.metadata: not told")
    fails(door, lambda told: part(told).pop("annotations"), "annotations")
    fails(door, lambda told: told["usage"]["input_tokens_details"].clear(), "cached_tokens")
    refusal_fails(lambda told: told.pop("message"), "message")


@case("types/unknown-field")
def unknown_field(door: Door) -> None:
    fails(door, lambda told: told.update(novel=1), "Response.novel")
    fails(door, lambda told: part(told).update(novel=1), "ResponseOutputText.novel")
    fails(door, lambda told: told["usage"].update(novel=1), "ResponseUsage.novel")
    refusal_fails(lambda told: told.update(novel=1), "ErrorObject.novel")


@case("types/other-kind")
def other_kind(door: Door) -> None:
    fails(door, lambda told: told["usage"].update(total_tokens="7"), "total_tokens")
    fails(door, lambda told: told.update(parallel_tool_calls=1), "parallel_tool_calls")
    fails(door, lambda told: told.update(status="enough"), "status")
    fails(door, lambda told: part(told).update(type="input_text"), "output.0")
    refusal_fails(lambda told: told.update(type=7), "type")


@case("types/excuses")
def excuses(_: Door) -> None:
    for excuse in EXCUSES:
        for example in excuse.examples:
            what = (example, excuse.kind)
            stumbles(lambda what=what: check(*what, TERMS), excuse.complaint)
            as_typed(*what)
            if excuse.streamed:
                stumbles(lambda what=what: as_typed(*what, streamed=False), excuse.complaint)


@case("types/recorded")
def everything_recorded(_: Door) -> None:
    for dialect, (whole, event) in RECORDED.items():
        everything = list(recorded(dialect))
        holds(len(everything) > 5, "cases are recorded", dialect)
        for one in everything:
            kind = event if one.streamed else whole
            try:
                examined(one.told, REFUSAL if one.told.keys() == {"error"} else kind, one.streamed)
            except Strange as strange:
                raise type(strange)(f"{one.case}: {strange.complaint}", one.told) from None


# The dialects of the recorded cases: the type of a whole answer, and that of an event.
RECORDED: dict[str, tuple[Any, Any]] = {
    "chat": (ChatCompletion, ChatCompletionChunk),
    "completions": (Completion, Completion),
    "pictures": (ImagesResponse, ImageGenStreamEvent | ImageEditStreamEvent),
    "responses": (Response, ResponseStreamEvent),
}


def fails(door: Door, damage: Damage, words: str, over: type[Strange] = Strange) -> None:
    """An answer with that damage is not handed on, whole or streamed; without it, it is."""
    answer = door.client.responses.with_raw_response.create(model=door.model, input="hello")
    told = answer.http_response.json()
    ask(200, told)
    damage(told)
    stumbles(lambda: ask(200, told), words, over)
    stumbles(lambda: ask(200, told, stream=True), words, over)


def refusal_fails(damage: Damage, words: str, over: type[Strange] = Strange) -> None:
    """A refusal with that damage is not handed on."""
    error: Object = {"message": "No.", "type": "invalid_request_error", "param": None, "code": "a"}
    damage(error)
    stumbles(lambda: ask(400, {"error": error}), words, over)


def ask(status: int, told: Object, stream: bool = False) -> None:
    """An SDK's call, answered with this, by nobody."""
    event = {"type": "response.completed", "sequence_number": 0, "response": told}
    frame = f"event: response.completed\ndata: {json.dumps(event)}\n\n"
    kind, body = ("text/event-stream", frame) if stream else ("application/json", json.dumps(told))
    reply = lambda _: httpx2.Response(status, headers={"content-type": kind}, text=body)
    with httpx2.Client(transport=httpx2.MockTransport(reply)) as line:
        client = Strict(base_url="http://nobody", api_key="none", max_retries=0, http_client=line)
        answer = client.responses.create(model="none", input="hello", stream=stream)
        if stream:
            list(answer)


def part(told: Object) -> Object:
    """The text of an answer."""
    return told["output"][0]["content"][0]
