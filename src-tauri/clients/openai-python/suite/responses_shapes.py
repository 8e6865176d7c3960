"""Responses: structured answers, images, files, search, usage, tiers, endings."""

import json

from suite.door import Door, user
from suite.table import case, holds, same
from suite.things import City, Trip, png, text_file


@case("responses/parse")
def parse(door: Door) -> None:
    answer = door.client.responses.parse(model=door.model, input="a town", text_format=City)
    holds(isinstance(answer.output_parsed, City), "an instance", answer.output_parsed)


@case("responses/parse-stream")
def parse_stream(door: Door) -> None:
    with door.client.responses.stream(model=door.model, input="a trip", text_format=Trip) as stream:
        ends = [event.parsed for event in stream if event.type == "response.output_text.done"]
        final = stream.get_final_response()
    holds(isinstance(final.output_parsed, Trip), "an instance", final.output_parsed)
    same(ends, [final.output_parsed], "the parsed end of the text")


@case("responses/json-schema")
def json_schema(door: Door) -> None:
    schema = {
        "type": "object",
        "properties": {
            "tags": {"type": "array", "items": {"enum": ["a", "b"], "type": "string"}},
            "pair": {"$ref": "#/$defs/pair"},
        },
        "required": ["tags", "pair"],
        "additionalProperties": False,
        "$defs": {
            "pair": {
                "type": "object",
                "properties": {"x": {"type": "integer"}, "y": {"type": ["number", "null"]}},
                "required": ["x", "y"],
                "additionalProperties": False,
            }
        },
    }
    form = {"type": "json_schema", "name": "thing", "schema": schema, "strict": True}
    answer = json.loads(door.respond("a thing", text={"format": form}).output_text)
    same(set(answer), {"tags", "pair"}, "fields")
    holds(isinstance(answer["pair"]["x"], int), "an integer", answer)
    holds(set(answer["tags"]) <= {"a", "b"}, "only what the schema lists", answer)


@case("responses/json-object")
def json_object(door: Door) -> None:
    options = {"text": {"format": {"type": "json_object"}}}
    answer = door.respond(
        [{"role": "system", "content": "Answer in JSON."}, user("hello")], **options
    )
    same(json.loads(answer.output_text), {"answer": "You said: hello"}, "JSON")


@case("responses/vision")
def vision(door: Door) -> None:
    parts = [
        {"type": "input_text", "text": "What is it?"},
        {"type": "input_image", "image_url": png(7, 5), "detail": "high"},
    ]
    text = door.respond([user(parts)]).output_text
    holds("I see a PNG image, 7 by 5 pixels." in text, "the image is seen", text)


@case("responses/file")
def file(door: Door) -> None:
    data = text_file("hello, world")
    parts = [
        {"type": "input_file", "filename": "notes.txt", "file_data": data},
        {"type": "input_text", "text": "What does it say?"},
    ]
    text = door.respond([user(parts)]).output_text
    holds("I read the file notes.txt, 12 bytes." in text, "the file is read", text)


@case("responses/web-search")
def web_search(door: Door) -> None:
    for name in ["web_search", "web_search_preview"]:
        answer = door.respond("[[search posterns]] go", tools=[{"type": name}])
        kinds = [item.type for item in answer.output]
        holds("web_search_call" in kinds, f"a search by {name}", kinds)
        (annotation,) = answer.output[-1].content[0].annotations
        same(annotation.type, "url_citation", "annotation")
        cited = answer.output_text[annotation.start_index : annotation.end_index]
        holds(annotation.url and cited, "a cited source", annotation)


@case("responses/web-search-stream")
def web_search_stream(door: Door) -> None:
    prompt = "[[search posterns]] go"
    events = list(door.respond(prompt, tools=[{"type": "web_search"}], stream=True))
    kinds = [event.type for event in events]
    for kind in ["response.web_search_call.completed", "response.output_text.annotation.added"]:
        holds(kind in kinds, kind, kinds)


@case("responses/usage")
def usage(door: Door) -> None:
    prompt = "[[usage input=120 cached=64 output=30 reasoning=8]] go"
    whole = door.respond(prompt).usage
    streamed = list(door.respond(prompt, stream=True))[-1].response.usage
    for used in [whole, streamed]:
        same((used.input_tokens, used.output_tokens, used.total_tokens), (120, 30, 150))
        same(used.input_tokens_details.cached_tokens, 64, "cached_tokens")
        same(used.output_tokens_details.reasoning_tokens, 8, "reasoning_tokens")


@case("responses/service-tier")
def service_tier(door: Door) -> None:
    got = [
        door.respond("[[show service_tier]]", service_tier=tier).output_text
        for tier in ["priority", "auto", "default"]
    ]
    same(got, ['"priority"', "undefined", "undefined"], "what the backend got")


@case("responses/refusal")
def refusal(door: Door) -> None:
    answer = door.respond("[[refuse That is not my door.]]")
    part = answer.output[-1].content[0]
    same((part.type, part.refusal), ("refusal", "That is not my door."), "part")
    same(answer.output_text, "", "output_text")


@case("responses/incomplete-length")
def incomplete_length(door: Door) -> None:
    incomplete(door, "max_output_tokens")


@case("responses/incomplete-filter")
def incomplete_filter(door: Door) -> None:
    incomplete(door, "content_filter")


def incomplete(door: Door, reason: str) -> None:
    """A cut answer is no error, whole or streamed."""
    prompt = f"[[incomplete {reason}]] hello"
    events = list(door.respond(prompt, stream=True))
    same(events[-1].type, "response.incomplete", "the last event")
    for answer in [door.respond(prompt), events[-1].response]:
        same(answer.status, "incomplete", "status")
        same(answer.incomplete_details.reason, reason, "reason")
        same(answer.output_text, "You said: hello", "the text so far")
