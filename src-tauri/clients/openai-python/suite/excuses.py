"""What may differ from the SDK's types and from OpenAI's published schema, and why.

`types/excuses` and `types/published-excuses` show that each is needed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from openai.types import Completion, ImageGenCompletedEvent
from openai.types.chat import ChatCompletionStoreMessage
from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall
from openai.types.conversations import Message
from openai.types.responses import (
    CompactedResponse,
    ResponseError,
    ResponseFunctionWebSearch,
    ResponseStreamEvent,
)
from strict import check, rewritten

from suite.terms import TERMS

Object = dict[str, Any]


@dataclass(frozen=True)
class Excuse:
    """Something that may be told although its type or its schema does not say it."""

    why: str
    # What is excused, and the complaint there would be.
    examples: list[Object]
    complaint: str
    # The object as it ought to be, and `None` where nothing says what. Others stay as they are.
    mend: Callable[[Object], Object | None]
    # The type and the schema from which it differs; none where it is as they say.
    kind: Any = None
    schema: str = ""
    streamed: bool = False


def forgiven(told: Any, excuses: list[Excuse], streamed: bool) -> Any:
    """What was told, with what these excuse mended."""
    for excuse in excuses:
        if streamed or not excuse.streamed:
            told = rewritten(told, excuse.mend)
    return told


def nobodys(told: Object) -> Object | None:
    item = told.get("item")
    kind = item.get("type") if isinstance(item, dict) else told.get("type")
    return None if kind in NOBODYS else told


def backends_code(told: Object) -> Object:
    is_error = told.keys() >= {"code", "message"} and told["code"] in BACKENDS_CODES
    return told | {"code": "server_error"} if is_error else told


def search_that_began(told: Object) -> Object:
    began = told.get("type") == "web_search_call" and told.get("status") == "in_progress"
    return {"action": {"type": "search"}} | told if began else told


def unfinished_piece(told: Object) -> Object:
    is_piece = "finish_reason" in told and "text" in told
    return told | {"finish_reason": told["finish_reason"] or "stop"} if is_piece else told


def compacted(told: Object) -> Object:
    if told.get("object") != "response.compaction":
        return told
    said = [item for item in told["output"] if item.get("role") == "user"]
    for item in said:
        check(item, Message, TERMS)
    return told | {"output": [item for item in told["output"] if item not in said]}


def unfinished_call(told: Object) -> Object:
    custom = told.get("custom")
    if "index" not in told or not isinstance(custom, dict):
        return told
    name = {name: value for name, value in custom.items() if name == "name"}
    function = {**name, "arguments": custom["input"]}
    others = {name: value for name, value in told.items() if name not in {"type", "custom"}}
    return others | {"function": function}


def stored(told: Object) -> Object:
    if "content_parts" not in told:
        return told
    others = {name: value for name, value in told.items() if name != "name"}
    return others | {"role": "assistant"} if told.get("role") in SPEAKERS else others


def drawn_for_nothing(told: Object) -> Object:
    is_drawn = told.get("type") in ["image_generation.completed", "image_edit.completed"]
    return {"usage": NOTHING} | told if is_drawn else told


SPEAKERS = ["developer", "system", "tool", "user"]

NOTHING = {
    "input_tokens": 0,
    "input_tokens_details": {"image_tokens": 0, "text_tokens": 0},
    "output_tokens": 0,
    "total_tokens": 0,
}

# What the stand-in and the recorded cases say that nobody knows, and the backend's own notes.
NOBODYS = [
    "response.novelty.delta",
    "response.future_item.delta",
    "future_item",
    "response.new_thing",
    "response.metadata",
]

# The last one stands for whatever the backend comes to say.
BACKENDS_CODES = [
    "context_length_exceeded",
    "cyber_policy",
    "insufficient_quota",
    "server_is_overloaded",
    "slow_down",
    "usage_limit_reached",
    "usage_not_included",
    "something_else",
]

STORED = Excuse(
    why="a stored message has the role and the name of who said it, as in OpenAI's own "
    "example; the SDK takes all of them for the model's",
    kind=ChatCompletionStoreMessage,
    examples=[
        {"id": "m", "role": role, "content": "a", "refusal": None, "content_parts": None}
        for role in SPEAKERS
    ],
    complaint="role",
    mend=stored,
)

EXCUSES = [
    Excuse(
        why="events and items that nobody knows are passed on as they came",
        kind=ResponseStreamEvent,
        schema="ResponseStreamEvent",
        examples=[
            {"type": "response.novelty.delta", "sequence_number": 1},
            {
                "type": "response.output_item.done",
                "output_index": 0,
                "item": {"type": "future_item"},
                "sequence_number": 1,
            },
        ],
        complaint="type",
        mend=nobodys,
    ),
    Excuse(
        why="neither the SDK nor the schema lists every code with which the backend ends an "
        "answer; Codex acts upon them, so they are passed on as they came",
        kind=ResponseError,
        schema="ResponseError",
        examples=[{"code": code, "message": "No."} for code in BACKENDS_CODES],
        complaint="code",
        mend=backends_code,
    ),
    Excuse(
        why="a search that has only begun has no `action` yet; none is made up, because it may "
        "become a look into a page",
        kind=ResponseFunctionWebSearch,
        schema="WebSearchToolCall",
        examples=[{"id": "ws_1", "type": "web_search_call", "status": "in_progress"}],
        complaint="action",
        mend=search_that_began,
    ),
    Excuse(
        why="a piece of a streamed completion has no `finish_reason`, as OpenAI's own has none; "
        "there is one type for pieces and wholes",
        kind=Completion,
        schema="CreateCompletionResponse",
        examples=[
            {
                "id": "cmpl-1",
                "object": "text_completion",
                "created": 1,
                "model": "m",
                "choices": [{"index": 0, "text": "a", "logprobs": None, "finish_reason": None}],
            }
        ],
        complaint="finish_reason",
        mend=unfinished_piece,
        streamed=True,
    ),
    Excuse(
        why="a piece of a call of a custom tool is told as the whole call is, because neither the "
        "SDK nor OpenAI's schema has a form for it",
        kind=ChoiceDeltaToolCall,
        schema="ChatCompletionMessageToolCallChunk",
        examples=[{"index": 0, "custom": {"input": "b"}}],
        complaint="custom",
        mend=unfinished_call,
        streamed=True,
    ),
    STORED,
    Excuse(
        why="what a picture cost is not made up where the backend does not tell it",
        kind=ImageGenCompletedEvent,
        schema="ImageGenCompletedEvent",
        examples=[
            {
                "type": "image_generation.completed",
                "b64_json": "AA==",
                "created_at": 1,
                "size": "auto",
                "quality": "auto",
                "background": "auto",
                "output_format": "png",
            }
        ],
        complaint="usage",
        mend=drawn_for_nothing,
        streamed=True,
    ),
    Excuse(
        why="a compacted conversation keeps what people said, as the type's own words and OpenAI's "
        "schema tell; the type has no such message. Each is held against the one of conversations",
        kind=CompactedResponse,
        examples=[
            {
                "id": "resp_1",
                "object": "response.compaction",
                "created_at": 1,
                "output": [
                    {
                        "id": "msg_1",
                        "type": "message",
                        "role": "user",
                        "status": "completed",
                        "content": [{"type": "input_text", "text": "a"}],
                    }
                ],
                "usage": {
                    "input_tokens": 1,
                    "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                    "output_tokens": 1,
                    "output_tokens_details": {"reasoning_tokens": 0},
                    "total_tokens": 2,
                },
            }
        ],
        complaint="output.0",
        mend=compacted,
    ),
]
