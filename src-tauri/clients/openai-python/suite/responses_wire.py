"""Responses: what happens on the wire around the answers."""

from concurrent.futures import ThreadPoolExecutor

from suite.door import Door, user
from suite.table import case, holds, same
from suite.things import text_file


@case("responses/headers")
def headers(door: Door) -> None:
    create = door.client.responses.with_raw_response.create
    plain = create(model=door.model, input="hello").headers
    holds(float(plain["x-codex-primary-used-percent"]) >= 0, "the plan's limit")
    holds(plain.get("x-request-id"), "the backend's id of the request")
    same(plain.get("openai-model"), None, "openai-model")
    moved = create(model=door.model, input="[[reroute gpt-5.4]] hello").headers
    same(moved.get("openai-model"), "gpt-5.4", "openai-model")


@case("responses/ignored")
def ignored(door: Door) -> None:
    raw = door.client.responses.with_raw_response.create(
        model=door.model,
        input="hello",
        temperature=0.2,
        top_p=0.5,
        metadata={"a": "b"},
        truncation="auto",
        user="someone",
    )
    same(raw.parse().output_text, "You said: hello", "output_text")
    named = {name.strip() for name in raw.headers["x-postern-ignored"].split(",")}
    expected = {"temperature", "top_p", "metadata", "truncation", "user"}
    same(named & expected, expected, "named fields")
    plain = door.client.responses.with_raw_response.create(model=door.model, input="hello")
    same(plain.headers.get("x-postern-ignored"), None, "nothing ignored")
    holds(plain.headers.get("x-postern-request-id"), "a request id")


@case("responses/unknown-events")
def unknown_events(door: Door) -> None:
    events = list(door.respond("[[unknown-events]] [[unknown-items]] hello", stream=True))
    known = ["response.", "error"]
    strange = [event for event in events if not event.type.startswith(tuple(known))]
    items = [item.type for item in events[-1].response.output]
    holds(strange or set(items) - {"message", "reasoning"}, "something unknown", items)
    same(events[-1].response.output_text, "You said: hello", "the text")


@case("responses/comments")
def comments(door: Door) -> None:
    events = list(door.respond("[[comments]] [[keepalives]] [[words 6]] go", stream=True))
    same(events[-1].type, "response.completed", "the last event")
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    same("".join(deltas), events[-1].response.output_text, "the text")


@case("responses/unicode")
def unicode(door: Door) -> None:
    for prompt in ["[[split-utf8]] Grüße — 門 🚪", "[[split-utf8]] [[u2028]] go"]:
        streamed = list(door.respond(prompt, stream=True))[-1].response.output_text
        whole = door.respond(prompt).output_text
        same(streamed, whole, "streamed and whole")
        expected = ["\u2028", "\u2029", "\u0085"] if "u2028" in prompt else ["Grüße — 門 🚪"]
        for part in expected:
            holds(part in whole, "the text holds", part, whole)


@case("responses/big-event")
def big_event(door: Door) -> None:
    events = list(door.respond("[[big 3]] go", stream=True))
    text = events[-1].response.output_text
    holds(len(text) >= 3 * 1024 * 1024, "three megabytes", len(text))
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    same(len("".join(deltas)), len(text), "deltas")


@case("responses/large-body")
def large_body(door: Door) -> None:
    data = text_file("x" * 9_000_000)
    parts = [{"type": "input_file", "filename": "much.txt", "file_data": data}]
    text = door.respond([user(parts)]).output_text
    holds("much.txt, 9000000 bytes" in text, "all of it arrives", text)


@case("responses/hang-up")
def hang_up(door: Door) -> None:
    words = "leaving early from responses in python"
    stream = door.respond(f"[[stall 6]] {words}", stream=True)
    same(next(iter(stream)).type, "response.created", "the first event")
    stream.close()
    holds(
        door.eventually(lambda: [one["hung_up"] for one in door.received(words)] == [True]),
        "the backend's stream was closed",
        [one["hung_up"] for one in door.received(words)],
    )


@case("responses/concurrent")
def concurrent(door: Door) -> None:
    def ask(number: int) -> str:
        events = list(door.respond(f"[[slow 20]] stream {number}", stream=True))
        deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
        same("".join(deltas), events[-1].response.output_text, "the text")
        return "".join(deltas)

    with ThreadPoolExecutor(12) as pool:
        said = list(pool.map(ask, range(12)))
    same(said, [f"You said: stream {number}" for number in range(12)], "answers")
