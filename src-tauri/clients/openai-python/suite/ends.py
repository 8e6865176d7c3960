"""Answers that end where the client wants it: after so many tokens, or at a word."""

from suite.chat_text import text_of
from suite.door import Door
from suite.table import case, holds, same


@case("chat/limit")
def limit(door: Door) -> None:
    for name in ["max_tokens", "max_completion_tokens"]:
        options = {name: 2}
        (choice,) = door.chat("[[say one two three four]]", **options).choices
        same((choice.message.content, choice.finish_reason), ("one two", "length"), name)
        chunks = list(door.chat("[[say one two three four]]", stream=True, **options))
        same((text_of(chunks), chunks[-1].choices[0].finish_reason), ("one two", "length"), name)


@case("chat/stop")
def stop(door: Door) -> None:
    prompt = "[[say one two three four]]"
    for words in ["three", ["nowhere", "three"], " three"]:
        (choice,) = door.chat(prompt, stop=words).choices
        same((choice.message.content.strip(), choice.finish_reason), ("one two", "stop"), "whole")
        chunks = list(door.chat(prompt, stream=True, stop=words))
        same(text_of(chunks).strip(), "one two", "streamed")
        same(chunks[-1].choices[0].finish_reason, "stop", "why")


@case("responses/limit")
def responses_limit(door: Door) -> None:
    options = {"model": door.model, "input": "[[say one two three four]]", "max_output_tokens": 2}
    whole = door.client.responses.create(**options)
    same((whole.output_text, whole.status), ("one two", "incomplete"), "whole")
    same(whole.incomplete_details.reason, "max_output_tokens", "why")
    events = list(door.client.responses.create(**options, stream=True))
    types = [event.type for event in events]
    holds("response.output_item.done" in types, "the item is complete", types)
    final = events[-1].response
    same((types[-1], final.output_text), ("response.incomplete", "one two"), "streamed")
