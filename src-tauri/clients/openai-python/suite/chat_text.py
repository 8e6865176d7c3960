"""Chat Completions: text, streams, conversations, reasoning."""

from typing import Any

from suite.door import Door, user
from suite.table import case, holds, same


def text_of(chunks: list[Any]) -> str:
    """The text of a stream."""
    return "".join(delta.content or "" for delta in deltas(chunks))


def deltas(chunks: list[Any]) -> list[Any]:
    """The deltas of a stream's first choice."""
    return [chunk.choices[0].delta for chunk in chunks if chunk.choices]


@case("chat/whole")
def whole(door: Door) -> None:
    completion = door.chat("hello")
    (choice,) = completion.choices
    same(choice.message.content, "You said: hello", "content")
    same(choice.message.role, "assistant", "role")
    same((choice.finish_reason, choice.index, choice.logprobs), ("stop", 0, None))
    same(choice.message.refusal, None, "refusal")
    same(choice.message.tool_calls, None, "tool_calls")
    same((completion.object, completion.model), ("chat.completion", door.model))
    holds(completion.id.startswith("chatcmpl-"), "an id", completion.id)
    holds(completion.created > 1_700_000_000, "a creation time", completion.created)
    usage = completion.usage
    holds(usage.prompt_tokens > 0 and usage.completion_tokens > 0, "usage is counted", usage)
    same(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens, "total_tokens")


@case("chat/stream")
def stream(door: Door) -> None:
    chunks = list(door.chat("[[words 12]] go", stream=True))
    same({chunk.object for chunk in chunks}, {"chat.completion.chunk"}, "objects")
    same({chunk.model for chunk in chunks}, {door.model}, "models")
    same(len({chunk.id for chunk in chunks}), 1, "ids")
    same(deltas(chunks)[0].role, "assistant", "the first delta's role")
    same({delta.role for delta in deltas(chunks)[1:]}, {None}, "later roles")
    reasons = [chunk.choices[0].finish_reason for chunk in chunks]
    same(reasons, [None] * (len(reasons) - 1) + ["stop"], "finish reasons")
    same(deltas(chunks)[-1].content, None, "text in the last chunk")
    whole = door.chat("[[words 12]] go").choices[0].message.content
    same(text_of(chunks), whole, "streamed and whole")


@case("chat/stream-helper")
def stream_helper(door: Door) -> None:
    options: dict[str, Any] = {"model": door.model, "messages": [user("[[words 5]] go")]}
    with door.client.chat.completions.stream(**options) as stream:
        events = list(stream)
        final = stream.get_final_completion()
    snapshots = [event.snapshot for event in events if event.type == "content.delta"]
    (done,) = [event.content for event in events if event.type == "content.done"]
    same(done, snapshots[-1], "the last snapshot")
    same(final.choices[0].message.content, done, "the final completion")


@case("chat/choices")
def choices(door: Door) -> None:
    prompt = "[[usage input=100 cached=0 output=5 reasoning=0]] hello"
    completion = door.chat(prompt, n=2)
    same([choice.index for choice in completion.choices], [0, 1], "indexes")
    texts = [choice.message.content for choice in completion.choices]
    same([text.strip() for text in texts], ["You said: hello"] * 2, "texts")
    same({choice.finish_reason for choice in completion.choices}, {"stop"}, "reasons")
    usage = completion.usage
    same((usage.prompt_tokens, usage.completion_tokens), (200, 10), "the sum of two requests")


@case("chat/choices-stream")
def choices_stream(door: Door) -> None:
    options = {"stream": True, "stream_options": {"include_usage": True}}
    chunks = list(door.chat("[[words 12]] go", n=2, **options))
    same(len({chunk.id for chunk in chunks}), 1, "ids")
    whole = door.chat("[[words 12]] go").choices[0].message.content
    told = [chunk.choices[0] for chunk in chunks if chunk.choices]
    for index in [0, 1]:
        mine = [choice for choice in told if choice.index == index]
        roles = [choice.delta.role for choice in mine]
        same(roles, ["assistant"] + [None] * (len(mine) - 1), "roles")
        same("".join(choice.delta.content or "" for choice in mine), whole, "a choice's text")
        reasons = [choice.finish_reason for choice in mine]
        same(reasons, [None] * (len(mine) - 1) + ["stop"], "reasons")
    usages = [chunk.usage for chunk in chunks if chunk.usage]
    same((len(usages), chunks[-1].choices), (1, []), "the usage chunk")


@case("chat/system")
def system(door: Door) -> None:
    for role in ["system", "developer"]:
        messages = [{"role": role, "content": "Be a gatekeeper."}, user("[[show instructions]]")]
        said = door.chat(messages).choices[0].message.content
        holds("Be a gatekeeper." in said, f"the {role} message", said)


@case("chat/conversation")
def conversation(door: Door) -> None:
    messages = [
        user("The word is portcullis."),
        {"role": "assistant", "content": "I will remember it."},
        user([{"type": "text", "text": "Thank you."}]),
        {"role": "assistant", "content": [{"type": "text", "text": "Gladly."}]},
        user("[[recall]]"),
    ]
    said = door.chat(messages).choices[0].message.content
    same(said, "The word is portcullis.", "what was recalled")


@case("chat/reasoning")
def reasoning(door: Door) -> None:
    completion = door.chat("think [[show reasoning/effort]]", reasoning_effort="high")
    message = completion.choices[0].message
    same(message.content, '"high"', "the effort the backend got")
    holds("Thinking about" in message.reasoning_content, "reasoning_content", message)
    details = completion.usage.completion_tokens_details
    holds(details.reasoning_tokens > 0, "reasoning tokens", details)
    clamped = door.chat("[[show reasoning/effort]]", reasoning_effort="minimal")
    same(clamped.choices[0].message.content, '"low"', "a clamped effort")


@case("chat/reasoning-stream")
def reasoning_stream(door: Door) -> None:
    chunks = list(door.chat("think aloud", stream=True, reasoning_effort="low"))
    thoughts = [getattr(delta, "reasoning_content", None) for delta in deltas(chunks)]
    thought = "".join(part or "" for part in thoughts)
    holds("Thinking about" in thought, "reasoning_content", thought)
    last = max(at for at, part in enumerate(thoughts) if part)
    first = min(at for at, delta in enumerate(deltas(chunks)) if delta.content)
    holds(last < first, "the reasoning comes before the text", last, first)
    same(text_of(chunks), "You said: think aloud", "the text")


@case("chat/late-text")
def late_text(door: Door) -> None:
    for mark in ["[[text-in-done]]", "[[text-in-item]]"]:
        said = "You said: hello"
        same(text_of(list(door.chat(f"{mark} hello", stream=True))), said, mark)
        same(door.chat(f"{mark} hello").choices[0].message.content, said, mark)


@case("chat/unicode")
def unicode(door: Door) -> None:
    for prompt in ["[[split-utf8]] Grüße — 門 🚪", "[[split-utf8]] [[u2028]] go"]:
        streamed = text_of(list(door.chat(prompt, stream=True)))
        whole = door.chat(prompt).choices[0].message.content
        same(streamed, whole, "streamed and whole")
        expected = ["\u2028", "\u2029", "\u0085"] if "u2028" in prompt else ["Grüße — 門 🚪"]
        for part in expected:
            holds(part in whole, "the text holds", part, whole)
