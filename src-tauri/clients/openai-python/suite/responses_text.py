"""Responses: text, streams, conversations, reasoning."""

import json

from suite.door import Door, user
from suite.table import case, holds, same


@case("responses/whole")
def whole(door: Door) -> None:
    answer = door.respond("hello")
    same(answer.output_text, "You said: hello", "output_text")
    same(answer.status, "completed", "status")
    same(answer.object, "response", "object")
    same(answer.model, door.model, "model")
    same(answer.error, None, "error")
    holds(answer.id.startswith("resp_"), "a response id", answer.id)
    holds(answer.created_at > 1_700_000_000, "a creation time", answer.created_at)
    message = answer.output[-1]
    same((message.type, message.role, message.status), ("message", "assistant", "completed"))
    same(message.content[0].annotations, [], "annotations")
    usage = answer.usage
    holds(usage.input_tokens > 0 and usage.output_tokens > 0, "usage is counted", usage)
    same(usage.total_tokens, usage.input_tokens + usage.output_tokens, "total_tokens")


@case("responses/stream")
def stream(door: Door) -> None:
    events = list(door.respond("[[words 12]] go", stream=True))
    kinds = [event.type for event in events]
    same(kinds[:2], ["response.created", "response.in_progress"], "the first events")
    same(kinds[-1], "response.completed", "the last event")
    same([event.sequence_number for event in events], list(range(len(events))), "numbers")
    ids = {event.response.id for event in events if hasattr(event, "response")}
    same(len(ids), 1, "ids of the response")
    order = [
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
    ]
    same(sorted(order, key=kinds.index), order, "the order of an item's events")
    text = "".join(event.delta for event in events if event.type == order[2])
    holds(len(text.split()) >= 12, "words", text)
    same(
        next(event.text for event in events if event.type == order[3]), text, "the text at its end"
    )
    same(events[-1].response.output_text, text, "the text of the whole")
    same(events[-1].response.status, "completed", "status")


@case("responses/stream-helper")
def stream_helper(door: Door) -> None:
    with door.client.responses.stream(model=door.model, input="[[words 5]] go") as stream:
        snapshots = [
            event.snapshot for event in stream if event.type == "response.output_text.delta"
        ]
        final = stream.get_final_response()
    holds(len(snapshots) >= 5, "deltas", snapshots)
    same(final.output_text, snapshots[-1], "the last snapshot")


@case("responses/instructions")
def instructions(door: Door) -> None:
    answer = door.respond("[[show instructions]]", instructions="Speak like a gatekeeper.")
    holds("Speak like a gatekeeper." in answer.output_text, "instructions", answer.output_text)
    system = {"role": "system", "content": "Be brief."}
    prompt = [system, user([{"type": "input_text", "text": "[[show input/0]]"}])]
    answer = door.respond(prompt)
    item = json.loads(answer.output_text)
    same(item["role"], "developer", "the role the backend accepts")
    holds("Be brief." in json.dumps(item), "the system message", item)


@case("responses/conversation")
def conversation(door: Door) -> None:
    turns = [
        user("The word is portcullis."),
        {"role": "assistant", "content": "I will remember it."},
        user("Thank you."),
        {"type": "message", "role": "assistant", "content": "Gladly."},
        user("[[recall]]"),
    ]
    same(door.respond(turns).output_text, "The word is portcullis.", "what was recalled")


@case("responses/reasoning")
def reasoning(door: Door) -> None:
    answer = door.respond(
        "think [[show reasoning]]",
        reasoning={"effort": "high", "summary": "auto"},
        include=["reasoning.encrypted_content"],
    )
    received = json.loads(answer.output_text)
    same((received["effort"], received["summary"]), ("high", "auto"), "what the backend got")
    thought = answer.output[0]
    same(thought.type, "reasoning", "the first item")
    holds(thought.encrypted_content, "encrypted reasoning", thought)
    holds("Thinking about" in thought.summary[0].text, "a summary", thought.summary)
    holds(answer.usage.output_tokens_details.reasoning_tokens > 0, "reasoning tokens", answer.usage)


@case("responses/reasoning-stream")
def reasoning_stream(door: Door) -> None:
    events = list(
        door.respond("think aloud", stream=True, reasoning={"effort": "low", "summary": "auto"})
    )
    kind = "response.reasoning_summary_text"
    text = "".join(event.delta for event in events if event.type == f"{kind}.delta")
    done = [event.text for event in events if event.type == f"{kind}.done"]
    same("".join(done), text, "the summary at its end")
    holds("Thinking about" in text, "a summary", text)
    same(events[-1].response.output[0].summary[0].text, text, "the summary of the whole")


@case("responses/reasoning-replay")
def reasoning_replay(door: Door) -> None:
    options = {"reasoning": {"effort": "medium"}, "include": ["reasoning.encrypted_content"]}
    turns = [user("My dog is called Bran.")]
    first = door.respond(turns, **options)
    same(first.output[0].type, "reasoning", "the first item")
    turns += [item.model_dump(exclude_none=True) for item in first.output]
    turns.append(user("[[recall]]"))
    second = door.respond(turns, **options)
    same(second.output_text, "My dog is called Bran.", "what was recalled")


@case("responses/effort-clamped")
def effort_clamped(door: Door) -> None:
    asked = ["minimal", "max"]
    got = [
        door.respond("[[show reasoning/effort]]", reasoning={"effort": effort}).output_text
        for effort in asked
    ]
    same(got, ['"low"', '"xhigh"'], "efforts the backend got")
