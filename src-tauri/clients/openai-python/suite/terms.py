"""What the SDK's types do not say: what may be told besides, and what is always told.

The second is what OpenAI's published schema requires and the types do not, in which whatever may be
`null` may be absent (github.com/openai/openai-openapi, August 2026).
"""

from openai.pagination import SyncConversationCursorPage, SyncCursorPage, SyncPage
from openai.types import CompletionChoice
from openai.types.chat import ChatCompletionMessage, chat_completion, chat_completion_chunk
from openai.types.responses import FunctionTool, Response
from strict import Terms

POSTERNS = "Postern's own; docs/translation.md says what it is"
APIS = "the API tells it, the SDK's type lacks it"

KNOWN = {
    ("ChatCompletionMessage", "reasoning_content"): POSTERNS,
    ("ChoiceDelta", "annotations"): "told as in a whole message, whose type knows them",
    ("ChoiceDelta", "reasoning_content"): POSTERNS,
    ("ErrorObject", "hint"): POSTERNS,
    ("ErrorObject", "plan_type"): POSTERNS,
    ("ErrorObject", "request_id"): POSTERNS,
    ("ErrorObject", "resets_at"): POSTERNS,
    ("ErrorObject", "resets_in_seconds"): POSTERNS,
    ("ErrorObject", "upstream_request_id"): POSTERNS,
    ("Model", "context_window"): POSTERNS,
    ("Model", "default_effort"): POSTERNS,
    ("Model", "efforts"): POSTERNS,
    ("ResponseError", "hint"): POSTERNS,
    ("ResponseError", "plan_type"): POSTERNS,
    ("ResponseError", "resets_at"): POSTERNS,
    ("ResponseError", "resets_in_seconds"): POSTERNS,
    ("ResponseWsError", "headers"): POSTERNS,
    ("ResponseWsErrorError", "request_id"): POSTERNS,
    ("Response", "store"): APIS,
    ("ResponseCustomToolCall", "status"): APIS,
    ("ResponseFunctionCallArgumentsDoneEvent", "name"): APIS,
    ("ResponseFunctionCallArgumentsWsDone", "name"): APIS,
    ("SyncConversationCursorPage", "first_id"): APIS,
    ("SyncConversationCursorPage", "object"): APIS,
    ("SyncCursorPage", "first_id"): APIS,
    ("SyncCursorPage", "last_id"): APIS,
    ("SyncCursorPage", "object"): APIS,
    ("TranscriptionVerbose", "task"): APIS,
}

LISTED = ["object", "data", "first_id", "last_id", "has_more"]

ALWAYS = {
    ChatCompletionMessage: ["content", "refusal"],
    CompletionChoice: ["logprobs"],
    FunctionTool: ["parameters", "strict"],
    Response: [
        "error",
        "incomplete_details",
        "instructions",
        "metadata",
        "temperature",
        "top_p",
    ],
    SyncConversationCursorPage: LISTED,
    SyncCursorPage: LISTED,
    SyncPage: ["object", "data"],
    chat_completion.Choice: ["logprobs"],
    chat_completion_chunk.Choice: ["finish_reason"],
}

TERMS = Terms(KNOWN, ALWAYS)
