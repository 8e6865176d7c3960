"""That the examination by OpenAI's published schema can fail where the SDK's types are content, and
that nothing that may differ from it is named in vain."""

from collections.abc import Callable
from typing import Any

from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from schema import Unpublished
from strict import stumbles

from suite.door import Door
from suite.excuses import Object
from suite.published import SCHEMA, as_published, holds_to
from suite.published_excuses import PUBLISHED_EXCUSES
from suite.strict import as_typed, examined
from suite.table import case, same
from suite.types import Damage, fails, part, refusal_fails


@case("types/published-missing-field")
def missing_field(door: Door) -> None:
    event_fails(
        lambda told: told.pop("name"), "ResponseFunctionCallArgumentsDoneEvent.name: missing"
    )
    refusal_fails(lambda told: told.pop("param"), "Error.param: missing", Unpublished)
    only_published(door, lambda told: told.pop("metadata"), "Response.metadata: missing")
    only_published(door, lambda told: part(told).pop("annotations"), "annotations: missing")


@case("types/published-unknown-field")
def unknown_field(door: Door) -> None:
    only_published(door, lambda told: told.update(novel=1), "Response.novel: not in the schema")
    only_published(door, lambda told: part(told).update(novel=1), "OutputTextContent.novel")
    only_published(door, lambda told: told["usage"].update(novel=1), "ResponseUsage.novel")
    unpublished(lambda: as_published(PIECE | {"novel": 1}, ChatCompletionChunk), "novel")


@case("types/published-other-kind")
def other_kind(door: Door) -> None:
    fails(door, lambda told: told.update(status=None), "Response.status", Unpublished)
    only_published(door, lambda told: told.update(output_text=7), "Response.output_text")
    only_published(door, lambda told: told.update(parallel_tool_calls=1), "parallel_tool_calls")
    only_published(door, lambda told: told["usage"].update(total_tokens=True), "total_tokens")
    nothing = PIECE | {"system_fingerprint": None}
    as_typed(nothing, ChatCompletionChunk)
    words = "CreateChatCompletionStreamResponse.system_fingerprint: not string"
    unpublished(lambda: examined(nothing, ChatCompletionChunk), words)


@case("types/published-unlisted")
def unlisted(door: Door) -> None:
    only_published(door, lambda told: told.update(status="enough"), "'enough' is not listed")
    only_published(door, lambda told: part(told).update(type="input_text"), "is no member")
    event_fails(lambda told: told.update(type="response.novel"), "is no member")
    answer = door.chat("hello").to_dict()
    as_published(answer, ChatCompletion)
    answer["choices"][0]["finish_reason"] = "enough"
    unpublished(lambda: as_published(answer, ChatCompletion), "'enough' is not listed")


@case("types/published-excuses")
def excuses(_: Door) -> None:
    same(SCHEMA.idle(), [], "fields that the schema knows by now")
    for excuse in PUBLISHED_EXCUSES:
        for example in excuse.examples:
            what = (example, f"#{excuse.schema}")
            unpublished(lambda what=what: SCHEMA.check(*what), excuse.complaint)
            holds_to(*what)
            if excuse.streamed:
                whole = (*what, False)
                unpublished(lambda what=whole: holds_to(*what), excuse.complaint)


# A piece of a chat, and an event that the SDK's type describes less well than the schema.
PIECE: Object = {
    "id": "chatcmpl-1",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "delta": {"content": "a"}, "logprobs": None, "finish_reason": None}],
}
EVENT: Object = {
    "type": "response.function_call_arguments.done",
    "item_id": "fc_1",
    "output_index": 0,
    "name": "f",
    "arguments": "{}",
    "sequence_number": 1,
}


def unpublished(call: Callable[[], Any], words: str) -> None:
    """Fails unless the schema, and not a type, has that complaint."""
    stumbles(call, words, Unpublished)


def only_published(door: Door, damage: Damage, words: str) -> None:
    """An answer with that damage is not what the schema says; without it, it is."""
    told = door.respond("hello").to_dict()
    examined(told, Response)
    damage(told)
    unpublished(lambda: as_published(told, Response), words)


def event_fails(damage: Damage, words: str) -> None:
    """An event with that damage is not what the schema says; without it, it is."""
    told = dict(EVENT)
    examined(told, ResponseStreamEvent)
    damage(told)
    unpublished(lambda: as_published(told, ResponseStreamEvent), words)
