"""Text and its form: whole, streamed, thought about, cut off."""

from typing import Any

from pydantic import BaseModel

from suite.door import Case, Door, holds, model, same, text, user

ADAPTIVE: dict[str, Any] = {"type": "adaptive"}


class City(BaseModel):
    """Something small to be parsed."""

    name: str
    inhabitants: int


def whole(door: Door) -> None:
    message = door.ask("[[usage input=120 cached=64 output=7 reasoning=3]] hello")
    same(text(message), "You said: hello", "text")
    same((message.type, message.role, message.stop_reason), ("message", "assistant", "end_turn"))
    same(message.model, door.model, "model")
    usage = message.usage
    same((usage.input_tokens, usage.cache_read_input_tokens), (56, 64), "tokens read")
    same((usage.output_tokens, usage.output_tokens_details.thinking_tokens), (7, 3), "written")
    holds(message._request_id, "a request id")


def stream(door: Door) -> None:
    events = list(door.ask("[[words 40]] go", stream=True))
    kinds = [event.type for event in events]
    same(kinds[0], "message_start", "the first event")
    same(kinds[-3:], ["content_block_stop", "message_delta", "message_stop"], "the end")
    deltas = [event.delta.text for event in events if event.type == "content_block_delta"]
    same(len("".join(deltas).split()), 40, "words")


def stream_helper(door: Door) -> None:
    with door.client.messages.stream(**door.form("[[u2028]]")) as told:
        pieces = "".join(told.text_stream)
        message = told.get_final_message()
    same(pieces, "one\u2028two\u2029three\x85four", "pieces")
    same(text(message), pieces, "the final message")
    holds(message.usage.output_tokens > 0, "usage", message.usage)


def system(door: Door) -> None:
    blocks = [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}]
    same(text(door.ask("[[show instructions]]", system=blocks)), '"Be brief."', "blocks")
    same(text(door.ask("[[show instructions]]", system="Be kind.")), '"Be kind."', "a text")


def conversation(door: Door) -> None:
    turns = [user("the word is portcullis"), model("I see."), user("[[recall]]")]
    same(text(door.ask(turns)), "the word is portcullis", "the first turn")


def parse(door: Door) -> None:
    message = door.client.messages.parse(**door.form("Kyoto"), output_format=City)
    holds(isinstance(message.parsed_output, City), "a city", message)
    (asked,) = door.received("Kyoto")
    same(asked["json"]["text"]["format"]["strict"], True, "strict")


def thinking(door: Door) -> None:
    message = door.ask("hello thinker", thinking=ADAPTIVE, output_config={"effort": "high"})
    same([block.type for block in message.content], ["thinking", "text"], "blocks")
    same(message.content[0].thinking, "Thinking about: hello thinker", "the summary")
    (asked,) = door.received("hello thinker")
    same(asked["json"]["reasoning"], {"effort": "high", "summary": "auto"}, "reasoning")


def thinking_stream(door: Door) -> None:
    with door.client.messages.stream(**door.form("hello", thinking=ADAPTIVE)) as told:
        pieces = [event.thinking for event in told if event.type == "thinking"]
        message = told.get_final_message()
    same("".join(pieces), message.content[0].thinking, "deltas")
    holds(message.content[0].signature, "a signature")


def thinking_replay(door: Door) -> None:
    first = door.ask("think first", thinking=ADAPTIVE)
    turns = [user("think first"), first.to_param(), user("think again")]
    raw = door.client.messages.with_raw_response.create(**door.form(turns, thinking=ADAPTIVE))
    same(raw.headers.get("x-postern-ignored"), None, "nothing ignored")
    (asked,) = door.received("think again")
    kinds = [item["type"] for item in asked["json"]["input"]]
    same(kinds, ["message", "reasoning", "message", "message"], "items")


def thinking_hidden(door: Door) -> None:
    message = door.ask("hello", output_config={"effort": "high"})
    same([block.type for block in message.content], ["text"], "blocks")


def effort_clamped(door: Door) -> None:
    options = door.form("hello", output_config={"effort": "max"})
    raw = door.client.messages.with_raw_response.create(**options)
    same(raw.headers["x-postern-ignored"], "output_config.effort", "named")
    same(text(raw.parse()), "You said: hello", "text")


def refusal(door: Door) -> None:
    message = door.ask("[[refuse No.]]")
    same((text(message), message.stop_reason), ("No.", "refusal"), "a refusal")


def length(door: Door) -> None:
    message = door.ask("[[incomplete max_output_tokens]] hello")
    same((text(message), message.stop_reason), ("You said: hello", "max_tokens"), "cut")
    message = door.ask("[[incomplete content_filter]] hello")
    same(message.stop_reason, "refusal", "filtered")


def commentary(door: Door) -> None:
    message = door.ask("[[commentary I look.]] hello")
    same([block.text for block in message.content], ["I look.", "You said: hello"], "texts")


def probe(door: Door) -> None:
    message = door.ask("hello", max_tokens=1)
    same((text(message), message.stop_reason), ("You", "max_tokens"), "one token")


def stop_sequence(door: Door) -> None:
    message = door.ask("[[say one END two]]", stop_sequences=["nowhere", "END"])
    same((text(message).strip(), message.stop_reason), ("one", "stop_sequence"), "cut")
    same(message.stop_sequence, "END", "at which")


CASES: dict[str, Case] = {
    "messages/whole": whole,
    "messages/stream": stream,
    "messages/stream-helper": stream_helper,
    "messages/system": system,
    "messages/conversation": conversation,
    "messages/parse": parse,
    "messages/thinking": thinking,
    "messages/thinking-stream": thinking_stream,
    "messages/thinking-replay": thinking_replay,
    "messages/thinking-hidden": thinking_hidden,
    "messages/effort-clamped": effort_clamped,
    "messages/refusal": refusal,
    "messages/length": length,
    "messages/stop-sequence": stop_sequence,
    "messages/commentary": commentary,
    "messages/probe": probe,
}
