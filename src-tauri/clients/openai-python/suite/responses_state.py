"""Responses: what was stored is continued, fetched, listed, followed and forgotten."""

from typing import Any

from openai import BadRequestError, NotFoundError
from pydantic import BaseModel

from suite.door import Door, user
from suite.table import case, holds, same


def raised(call: Any, kind: type[Exception]) -> Any:
    """The error of that class that a call raises."""
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


@case("state/previous")
def previous(door: Door) -> None:
    first = door.respond("The word is barbican.")
    same(first.to_dict()["store"], True, "store")
    events = list(door.respond("Thank you.", previous_response_id=first.id, stream=True))
    second = events[-1].response
    same(second.previous_response_id, first.id, "previous_response_id")
    third = door.respond("[[recall]]", previous_response_id=second.id)
    same(third.output_text, "The word is barbican.", "what was recalled")


@case("state/unknown")
def unknown(door: Door) -> None:
    error = raised(
        lambda: door.respond("hello", previous_response_id="resp_never"), BadRequestError
    )
    same((error.code, error.param), ("previous_response_not_found", "previous_response_id"))
    raised(lambda: door.client.responses.retrieve("resp_never"), NotFoundError)


@case("state/unstored")
def unstored(door: Door) -> None:
    answer = door.respond("hello", store=False)
    raised(lambda: door.client.responses.retrieve(answer.id), NotFoundError)
    raised(lambda: door.respond("hello", previous_response_id=answer.id), BadRequestError)


@case("state/retrieve")
def retrieve(door: Door) -> None:
    responses = door.client.responses
    answer = door.respond("hello")
    same(responses.retrieve(answer.id).to_dict(), answer.to_dict(), "what was stored")
    responses.delete(answer.id)
    raised(lambda: responses.retrieve(answer.id), NotFoundError)


@case("state/input-items")
def input_items(door: Door) -> None:
    first = door.respond("one")
    second = door.respond([user("two"), user("three")], previous_response_id=first.id)
    page = door.client.responses.input_items.list(second.id, order="asc", limit=2)
    items = list(page)
    texts = [item.content[0].text for item in items]
    same(texts, ["one", first.output_text, "two", "three"], "items over all pages")
    newest = door.client.responses.input_items.list(second.id).data[0]
    same(newest.id, items[-1].id, "the newest first")


@case("state/references")
def references(door: Door) -> None:
    first = door.respond("The word is bastion.")
    named = [{"type": "item_reference", "id": item.id} for item in first.output]
    second = door.respond([user("The word is bastion."), *named, user("[[recall]]")])
    same(second.output_text, "The word is bastion.", "what was recalled")


@case("state/compact")
def compact(door: Door) -> None:
    first = door.respond("The word is rampart.")
    compacted = door.client.responses.compact(
        model=door.model, input="Mind it.", previous_response_id=first.id
    )
    same(compacted.object, "response.compaction", "object")
    same([item.type for item in compacted.output], ["message", "message", "compaction"], "items")
    turns = [item.model_dump(exclude_none=True, warnings=False) for item in compacted.output]
    answer = door.respond([*turns, user("[[recall]]")])
    same(answer.output_text, "The word is rampart.", "what was recalled")


@case("state/input-tokens")
def input_tokens(door: Door) -> None:
    count = door.client.responses.input_tokens.count
    short = count(model=door.model, input="hello")
    same(short.object, "response.input_tokens", "object")
    long = count(model=door.model, input="hello " * 1000)
    holds(0 < short.input_tokens < long.input_tokens, "more is more", short, long)


@case("state/conversations")
def conversations(door: Door) -> None:
    client = door.client.conversations
    made = client.create(metadata={"topic": "gates"}, items=[user("The word is moat.")])
    for _ in range(2):
        answer = door.respond("[[recall]]", conversation=made.id)
        same(answer.output_text, "The word is moat.", "what was recalled")
        same(answer.conversation.id, made.id, "conversation")
    items = list(client.items.list(made.id, order="asc", limit=3))
    same(len(items), 5, "items over all pages")
    added = client.items.create(made.id, items=[user("More.")])
    one = client.items.retrieve(added.data[0].id, conversation_id=made.id)
    same(one.content[0].text, "More.", "the item")
    client.items.delete(one.id, conversation_id=made.id)
    raised(lambda: client.items.retrieve(one.id, conversation_id=made.id), NotFoundError)
    changed = client.update(made.id, metadata={"topic": "walls"})
    same(client.retrieve(made.id).metadata, changed.metadata, "metadata")
    holds(client.delete(made.id).deleted, "deleted")
    raised(lambda: client.retrieve(made.id), NotFoundError)


@case("state/background")
def background(door: Door) -> None:
    responses = door.client.responses
    queued = door.respond("hello", background=True)
    same((queued.status, queued.background), ("queued", True), "what is told at once")
    holds(
        door.eventually(lambda: responses.retrieve(queued.id).status == "completed"),
        "it ends by itself",
    )
    same(responses.retrieve(queued.id).output_text, "You said: hello", "the text")


@case("state/cancel")
def cancel(door: Door) -> None:
    responses = door.client.responses
    queued = door.respond("[[words 500]] [[slow 50]] go", background=True)
    cancelled = responses.cancel(queued.id)
    same((cancelled.id, cancelled.status), (queued.id, "cancelled"), "what was cancelled")
    same(responses.retrieve(queued.id).status, "cancelled", "status")
    plain = door.respond("hello")
    raised(lambda: responses.cancel(plain.id), BadRequestError)


@case("state/resume")
def resume(door: Door) -> None:
    seen: list[BaseModel] = []
    with door.respond("[[words 20]] [[slow 10]] go", background=True, stream=True) as stream:
        for event in stream:
            seen.append(event)
            if len(seen) == 8:
                break
    number = seen[-1].sequence_number
    id_ = seen[0].response.id
    rest = list(door.client.responses.retrieve(id_, stream=True, starting_after=number))
    numbers = [event.sequence_number for event in [*seen, *rest]]
    same(numbers, list(range(len(numbers))), "numbers")
    same(rest[-1].type, "response.completed", "the last event")
    deltas = [
        event.delta for event in [*seen, *rest] if event.type == "response.output_text.delta"
    ]
    same("".join(deltas), rest[-1].response.output_text, "the text")
