"""The second examination: by OpenAI's published schema, of which `published.json` holds the facts.

`derive_schema.py` has taken them out of github.com/openai/openai-openapi. What may come besides
stands here, what may differ in `published_excuses.py`, each with its reason.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from openai.pagination import SyncConversationCursorPage, SyncCursorPage, SyncPage
from openai.types import (
    Completion,
    FileObject,
    ImageEditStreamEvent,
    ImageGenStreamEvent,
    ImagesResponse,
    Model,
)
from openai.types.audio import Transcription, TranscriptionStreamEvent, TranscriptionVerbose
from openai.types.chat import (
    ChatCompletion,
    ChatCompletionChunk,
    ChatCompletionDeleted,
    ChatCompletionStoreMessage,
)
from openai.types.conversations import (
    Conversation,
    ConversationDeletedResource,
    ConversationItem,
    ConversationItemList,
)
from openai.types.responses import (
    CompactedResponse,
    InputTokenCountResponse,
    Response,
    ResponseItem,
    ResponsesServerEvent,
    ResponseStreamEvent,
)
from openai.types.shared import ErrorObject
from schema import Schema

from suite.excuses import forgiven
from suite.published_excuses import PUBLISHED_EXCUSES
from suite.terms import POSTERNS

REFUSAL = dict[Literal["error"], ErrorObject]

# What the schema says of what the SDK has such a type for.
FACTS: dict[Any, Any] = {
    REFUSAL: "#ErrorResponse",
    ErrorObject: "#Error",
    ChatCompletion: "#CreateChatCompletionResponse",
    ChatCompletionChunk: "#CreateChatCompletionStreamResponse",
    ChatCompletionDeleted: "#ChatCompletionDeleted",
    CompactedResponse: "#CompactResource",
    Completion: "#CreateCompletionResponse",
    Conversation: "#ConversationResource",
    ConversationDeletedResource: "#DeletedConversationResource",
    ConversationItem: "#ConversationItem",
    ConversationItemList: "#ConversationItemList",
    FileObject: "#OpenAIFile",
    ImageGenStreamEvent: "#ImageGenStreamEvent",
    ImageGenStreamEvent | ImageEditStreamEvent: ["#ImageGenStreamEvent", "#ImageEditStreamEvent"],
    ImagesResponse: "#ImagesResponse",
    InputTokenCountResponse: "#TokenCountsResource",
    Model: "#Model",
    Response: "#Response",
    ResponseStreamEvent: "#ResponseStreamEvent",
    ResponsesServerEvent: "#ResponseStreamEvent",
    SyncConversationCursorPage[ConversationItem]: "#ConversationItemList",
    SyncCursorPage[ChatCompletion]: "#ChatCompletionList",
    SyncCursorPage[ChatCompletionStoreMessage]: "#ChatCompletionMessageList",
    SyncCursorPage[FileObject]: "#ListFilesResponse",
    SyncCursorPage[ResponseItem]: "#ResponseItemList",
    SyncPage[Model]: "#ListModelsResponse",
    Transcription: "#CreateTranscriptionResponseJson",
    TranscriptionStreamEvent: "#CreateTranscriptionResponseStreamEvent",
    TranscriptionVerbose: "#CreateTranscriptionResponseVerboseJson",
}

EXAMPLES = "OpenAI's own examples have it"
NEWER = "the SDK's type knows it already, the schema does not yet"

# Fields that may come although their schema does not know them.
KNOWN = {
    "ChatCompletionResponseMessage.reasoning_content": POSTERNS,
    "ChatCompletionStreamResponseDelta.annotations": "told as in a whole message, whose schema "
    "knows them",
    "ChatCompletionStreamResponseDelta.reasoning_content": POSTERNS,
    "CreateTranscriptionResponseVerboseJson.task": EXAMPLES,
    "CustomToolCall.status": "the schema of such a call within an input knows it",
    "Error.hint": POSTERNS,
    "Error.plan_type": POSTERNS,
    "Error.request_id": POSTERNS,
    "Error.resets_at": POSTERNS,
    "Error.resets_in_seconds": POSTERNS,
    "Error.upstream_request_id": POSTERNS,
    "Model.context_window": POSTERNS,
    "Model.default_effort": POSTERNS,
    "Model.efforts": POSTERNS,
    "Response.store": EXAMPLES,
    "ResponseError.hint": POSTERNS,
    "ResponseError.param": NEWER,
    "ResponseError.plan_type": POSTERNS,
    "ResponseError.resets_at": POSTERNS,
    "ResponseError.resets_in_seconds": POSTERNS,
    "ResponseError.type": NEWER,
}

SCHEMA = Schema(Path(__file__).parents[1] / "published.json", KNOWN)


def as_published(told: Any, kind: Any, streamed: bool = True) -> None:
    """Fails where what was told, without what is excused, is not what the schema says of such a
    type."""
    holds_to(told, BARE[bare(kind)], streamed)


def holds_to(told: Any, facts: Any, streamed: bool = True) -> None:
    """The same of these facts."""
    kept = forgiven(told, PUBLISHED_EXCUSES, streamed)
    if kept is not None:
        SCHEMA.check(kept, facts)


def bare(kind: Any) -> Any:
    """A type without notes, which the SDK leaves out now and then."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


BARE = {bare(kind): facts for kind, facts in FACTS.items()}
