"""What is around an answer: names, counts, keys, failures."""

import time
from typing import Any

import anthropic

from suite.door import Case, Door, holds, same, text


def model_map(door: Door) -> None:
    message = door.ask("hello opus", model="claude-opus-5-5")
    same(message.model, "claude-opus-5-5", "the name that was asked for")
    (asked,) = door.received("hello opus")
    holds(asked["json"]["model"].startswith("gpt-"), "a model of the plan", asked["json"]["model"])


def ignored(door: Door) -> None:
    options = door.form("hello", extra_body={"top_k": 3})
    raw = door.client.messages.with_raw_response.create(**options)
    same(raw.headers["x-postern-ignored"], "top_k", "named")


def count_tokens(door: Door) -> None:
    options = door.form("hello " * 100)
    del options["max_tokens"]
    counted = door.client.messages.count_tokens(**options)
    holds(100 < counted.input_tokens < 400, "an estimate", counted)


def models(door: Door) -> None:
    listed = list(door.client.models.list())
    known = {one.id: one for one in listed}
    holds(known[door.model].display_name, "a name to show", known)
    one = door.client.models.retrieve(door.model)
    same((one.id, one.type, one.lifecycle), (door.model, "model", "active"), "one model")
    refused(anthropic.NotFoundError, 404, lambda: door.client.models.retrieve("gpt-2"))


def keys(door: Door) -> None:
    stranger = door.opened_with(api_key="pk-postern-wrong")
    refused(
        anthropic.AuthenticationError, 401, lambda: stranger.messages.create(**door.form("hello"))
    )
    bearer = door.opened_with(auth_token=door.key)
    same(text(bearer.messages.create(**door.form("hello"))), "You said: hello", "a bearer")


def refusals(door: Door) -> None:
    for name, kind, status, word in [
        ("context-length", anthropic.BadRequestError, 400, "invalid_request_error"),
        ("model-not-supported", anthropic.BadRequestError, 400, "invalid_request_error"),
        ("cyber-policy", anthropic.BadRequestError, 400, "invalid_request_error"),
        ("rate-limit", anthropic.RateLimitError, 429, "rate_limit_error"),
        ("overloaded", anthropic.InternalServerError, 503, "overloaded_error"),
        ("500", anthropic.InternalServerError, 502, "api_error"),
    ]:
        prompt = f"[[http {name}]]"
        error = refused(kind, status, lambda prompt=prompt: door.ask(prompt))
        same(error.body["error"]["type"], word, name)
        holds(error.request_id, "a request id")


def failures(door: Door) -> None:
    for prompt in ["[[failed cyber_policy after=1]]", "[[error-event after=1]]", "[[cut 4]]"]:
        told = []
        try:
            told.extend(door.ask(f"{prompt} hello", stream=True))
        except anthropic.APIStatusError as error:
            holds(error.message, "a reason")
        else:
            raise AssertionError(f"{prompt}: no failure")
        kinds = [event.type for event in told]
        same(kinds[0], "message_start", "the first event")
        holds("message_stop" not in kinds, "no end is made up", kinds)


def hang_up(door: Door) -> None:
    told = door.ask("[[slow 50]] [[words 500]] bye then", stream=True)
    next(iter(told))
    told.close()
    gone = lambda: any(one["hung_up"] for one in door.received("bye then"))
    holds(door.eventually(gone), "the backend's stream is closed too")


def pings(door: Door) -> None:
    with door.client.messages.stream(**door.form("[[keepalives]] hello")) as told:
        same(text(told.get_final_message()), "You said: hello", "text")


def quota(door: Door) -> None:
    patient = door.client.with_options(max_retries=3)
    ask = lambda: patient.messages.create(**door.form("[[http usage-limit resets=3]] quota"))
    error = refused(anthropic.RateLimitError, 429, ask)
    holds(error.body["error"]["resets_at"], "the reset", error.body)
    same(len(door.received("quota")), 1, "requests")
    time.sleep(4)
    same(text(door.ask("hello again")), "You said: hello again", "service after the reset")


def refused(kind: type[Exception], status: int, ask: Any) -> Any:
    """The error that `ask` raises."""
    try:
        ask()
    except kind as error:
        same(error.status_code, status, "status")
        same(error.body["type"], "error", "the body's type")
        return error
    raise AssertionError(f"no {kind.__name__}")


CASES: dict[str, Case] = {
    "messages/model-map": model_map,
    "messages/ignored": ignored,
    "messages/count-tokens": count_tokens,
    "messages/models": models,
    "messages/keys": keys,
    "messages/refusals": refusals,
    "messages/failures": failures,
    "messages/hang-up": hang_up,
    "messages/pings": pings,
    "messages/quota": quota,
}
