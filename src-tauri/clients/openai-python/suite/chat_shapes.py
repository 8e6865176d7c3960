"""Chat Completions: structured answers, images, files, search, usage, tiers, endings, the wire."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openai

from suite.chat_text import deltas, text_of
from suite.door import Door, user
from suite.table import case, holds, same
from suite.things import City, Trip, png, text_file


@case("chat/parse")
def parse(door: Door) -> None:
    completion = door.client.chat.completions.parse(
        model=door.model, messages=[user("a town")], response_format=City
    )
    parsed = completion.choices[0].message.parsed
    holds(isinstance(parsed, City), "an instance", parsed)


@case("chat/parse-stream")
def parse_stream(door: Door) -> None:
    with door.client.chat.completions.stream(
        model=door.model, messages=[user("a trip")], response_format=Trip
    ) as stream:
        stream.until_done()
        parsed = stream.get_final_completion().choices[0].message.parsed
    holds(isinstance(parsed, Trip), "an instance", parsed)


@case("chat/json-schema")
def json_schema(door: Door) -> None:
    schema = {
        "type": "object",
        "properties": {
            "tags": {"type": "array", "items": {"enum": ["a", "b"], "type": "string"}},
            "size": {"type": "integer", "minimum": 3, "maximum": 5},
        },
        "required": ["tags", "size"],
        "additionalProperties": False,
    }
    form = {"name": "thing", "schema": schema, "strict": True}
    completion = door.chat("a thing", response_format={"type": "json_schema", "json_schema": form})
    answer = json.loads(completion.choices[0].message.content)
    holds(set(answer["tags"]) <= {"a", "b"}, "only what the schema lists", answer)
    holds(3 <= answer["size"] <= 5, "an integer in its bounds", answer)


@case("chat/json-object")
def json_object(door: Door) -> None:
    messages = [{"role": "system", "content": "Answer in JSON."}, user("hello")]
    completion = door.chat(messages, response_format={"type": "json_object"})
    answer = json.loads(completion.choices[0].message.content)
    same(answer, {"answer": "You said: hello"}, "JSON")


@case("chat/vision")
def vision(door: Door) -> None:
    parts = [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": png(7, 5), "detail": "high"}},
    ]
    said = door.chat([user(parts)]).choices[0].message.content
    holds("I see a PNG image, 7 by 5 pixels." in said, "the image is seen", said)


@case("chat/file")
def file(door: Door) -> None:
    data = {"filename": "notes.txt", "file_data": text_file("hello, world")}
    parts = [{"type": "file", "file": data}, {"type": "text", "text": "What does it say?"}]
    said = door.chat([user(parts)]).choices[0].message.content
    holds("I read the file notes.txt, 12 bytes." in said, "the file is read", said)


@case("chat/web-search")
def web_search(door: Door) -> None:
    message = door.chat("[[annotate]] go", web_search_options={}).choices[0].message
    (annotation,) = message.annotations
    same(annotation.type, "url_citation", "annotation")
    holds(annotation.url_citation.url, "a cited source", annotation)


PROMPT = "[[usage input=120 cached=64 output=30 reasoning=8]] go"


@case("chat/usage")
def usage(door: Door) -> None:
    check_usage(door.chat(PROMPT).usage)


@case("chat/usage-chunk")
def usage_chunk(door: Door) -> None:
    options = {"stream": True, "stream_options": {"include_usage": True}}
    chunks = list(door.chat(PROMPT, **options))
    same(chunks[-1].choices, [], "choices of the last chunk")
    check_usage(chunks[-1].usage)
    same({chunk.usage for chunk in chunks[:-1]}, {None}, "usage before it")


@case("chat/usage-unasked")
def usage_unasked(door: Door) -> None:
    chunks = list(door.chat(PROMPT, stream=True))
    same({chunk.usage for chunk in chunks}, {None}, "usage")
    holds(all(chunk.choices for chunk in chunks), "a choice in every chunk")


def check_usage(used: Any) -> None:
    """The numbers of the prompt above."""
    same((used.prompt_tokens, used.completion_tokens, used.total_tokens), (120, 30, 150))
    same(used.prompt_tokens_details.cached_tokens, 64, "cached_tokens")
    same(used.completion_tokens_details.reasoning_tokens, 8, "reasoning_tokens")


@case("chat/service-tier")
def service_tier(door: Door) -> None:
    got = [
        door.chat("[[show service_tier]]", service_tier=tier).choices[0].message.content
        for tier in ["priority", "auto", "default"]
    ]
    same(got, ['"priority"', "undefined", "undefined"], "what the backend got")


@case("chat/refusal")
def refusal(door: Door) -> None:
    message = door.chat("[[refuse That is not my door.]]").choices[0].message
    same((message.refusal, message.content), ("That is not my door.", None), "message")


@case("chat/refusal-stream")
def refusal_stream(door: Door) -> None:
    chunks = list(door.chat("[[refuse That is not my door.]]", stream=True))
    said = "".join(delta.refusal or "" for delta in deltas(chunks))
    same((said, text_of(chunks)), ("That is not my door.", ""), "refusal and text")


@case("chat/length")
def length(door: Door) -> None:
    finish(door, "[[incomplete max_output_tokens]] hello", "length")


@case("chat/content-filter")
def content_filter(door: Door) -> None:
    finish(door, "[[incomplete content_filter]] hello", "content_filter")


def finish(door: Door, prompt: str, reason: str) -> None:
    """A cut answer is no error, whole or streamed."""
    chunks = list(door.chat(prompt, stream=True))
    same(chunks[-1].choices[0].finish_reason, reason, "finish_reason, streamed")
    (choice,) = door.chat(prompt).choices
    same((choice.finish_reason, choice.message.content), (reason, "You said: hello"), "whole")


@case("chat/parse-length")
def parse_length(door: Door) -> None:
    try:
        door.client.chat.completions.parse(
            model=door.model,
            messages=[user("[[incomplete max_output_tokens]] a town")],
            response_format=City,
        )
    except openai.LengthFinishReasonError as error:
        holds(error.completion.usage, "the completion", error.completion)
    else:
        raise AssertionError("no LengthFinishReasonError")


@case("chat/ignored")
def ignored(door: Door) -> None:
    raw = door.client.chat.completions.with_raw_response.create(
        model=door.model,
        messages=[user("hello")],
        temperature=0.2,
        top_p=0.5,
        seed=7,
        presence_penalty=0.1,
        user="someone",
    )
    same(raw.parse().choices[0].message.content, "You said: hello", "content")
    named = {name.strip() for name in raw.headers["x-postern-ignored"].split(",")}
    expected = {"temperature", "top_p", "seed", "presence_penalty", "user"}
    same(named & expected, expected, "named fields")


@case("chat/large-body")
def large_body(door: Door) -> None:
    data = {"filename": "much.txt", "file_data": text_file("x" * 9_000_000)}
    said = door.chat([user([{"type": "file", "file": data}])]).choices[0].message.content
    holds("much.txt, 9000000 bytes" in said, "all of it arrives", said)


@case("chat/hang-up")
def hang_up(door: Door) -> None:
    words = "leaving early from chat in python"
    stream = door.chat(f"[[words 3]] [[stall 8]] {words}", stream=True)
    same(next(iter(stream)).choices[0].delta.role, "assistant", "the first chunk")
    stream.close()
    holds(
        door.eventually(lambda: [one["hung_up"] for one in door.received(words)] == [True]),
        "the backend's stream was closed",
        [one["hung_up"] for one in door.received(words)],
    )


@case("chat/concurrent")
def concurrent(door: Door) -> None:
    def ask(number: int) -> str:
        return text_of(list(door.chat(f"[[slow 20]] stream {number}", stream=True)))

    with ThreadPoolExecutor(12) as pool:
        said = list(pool.map(ask, range(12)))
    same(said, [f"You said: stream {number}" for number in range(12)], "answers")
