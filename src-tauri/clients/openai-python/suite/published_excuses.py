"""What may differ from OpenAI's published schema, and why.

`types/published-excuses` shows that each is needed.
"""

import re
from dataclasses import replace

from suite.excuses import EXCUSES, STORED, Excuse, Object


def newer_code(told: Object) -> Object:
    is_error = told.keys() >= {"code", "message"} and told["code"] in NEWER_CODES
    return told | {"code": "server_error"} if is_error else told


def nothing_told(told: Object) -> Object:
    if told.get("object") != "response":
        return told
    return {name: value for name, value in told.items() if name not in NULLS or value is not None}


def uncounted(told: Object) -> Object:
    is_piece = told.get("object") == "text_completion" and told.get("usage", NULLS) is None
    return {name: told[name] for name in told if name != "usage"} if is_piece else told


def without_logprobs(told: Object) -> Object:
    is_text = told.get("type") == "output_text" and "annotations" in told
    return {"logprobs": []} | told if is_text else told


def own_size(told: Object) -> Object:
    is_picture = "b64_json" in told or "data" in told
    is_measured = re.fullmatch(r"[1-9]\d*x[1-9]\d*", str(told.get("size")))
    return told | {"size": "1024x1024"} if is_picture and is_measured else told


def on_a_socket(told: Object) -> Object:
    error = told.get("error")
    if told.get("type") != "error" or not isinstance(error, dict):
        return told
    parts = {name: error[name] for name in ("code", "message", "param") if name in error}
    return {"type": "error", "sequence_number": 0, **parts}


NEWER_CODES = ["misalignment_policy_violation"]
NULLS = ["usage", "user"]

PUBLISHED_EXCUSES = [
    *[excuse for excuse in EXCUSES if excuse.schema],
    replace(
        STORED,
        kind=None,
        schema="ChatCompletionMessageList",
        examples=[
            {"object": "list", "data": [one], "first_id": "m", "last_id": "m", "has_more": False}
            for one in STORED.examples
        ],
    ),
    Excuse(
        why="the SDK lists this code already, the schema does not yet",
        schema="ResponseError",
        examples=[{"code": code, "message": "No."} for code in NEWER_CODES],
        complaint="code",
        mend=newer_code,
    ),
    Excuse(
        why="where nothing is known of `user` and `usage` the backend writes `null`, as OpenAI's "
        "own examples of the event do; it is passed on as it came",
        schema="Response",
        examples=[
            {
                "id": "resp_1",
                "object": "response",
                "created_at": 1,
                "model": "m",
                "output": [],
                "error": None,
                "incomplete_details": None,
                "instructions": None,
                "metadata": {},
                "parallel_tool_calls": True,
                "temperature": 1.0,
                "tool_choice": "auto",
                "tools": [],
                "top_p": 1.0,
                name: None,
            }
            for name in NULLS
        ],
        complaint="not ",
        mend=nothing_told,
    ),
    Excuse(
        why="whoever asks for usage gets `null` until it is known, as OpenAI's words on "
        "`include_usage` promise; the schema says so of chat only",
        schema="CreateCompletionResponse",
        examples=[
            {
                "id": "cmpl-1",
                "object": "text_completion",
                "created": 1,
                "model": "m",
                "choices": [],
                "usage": None,
            }
        ],
        complaint="CompletionUsage",
        mend=uncounted,
        streamed=True,
    ),
    Excuse(
        why="a text may come without `logprobs`, as in OpenAI's own examples; it is passed on so",
        schema="OutputTextContent",
        examples=[{"type": "output_text", "text": "a", "annotations": []}],
        complaint="logprobs",
        mend=without_logprobs,
    ),
    Excuse(
        why="the size told of a picture is its own; the schema lists those that can be asked for",
        schema="ImagesResponse",
        examples=[{"created": 1, "data": [{"b64_json": "AA=="}], "size": "96x64"}],
        complaint="size",
        mend=own_size,
    ),
    Excuse(
        why="an error on a WebSocket has a form that the SDK knows and the schema does not; its "
        "parts are held against those of an event",
        schema="ResponseStreamEvent",
        examples=[
            {
                "type": "error",
                "status": 400,
                "error": {"type": "a", "code": "b", "message": "No.", "param": None},
            }
        ],
        complaint="ResponseErrorEvent.error",
        mend=on_a_socket,
        streamed=True,
    ),
]
