"""Models, keys, and the SDK's own retries."""

from typing import Any

import openai

from suite.door import Door
from suite.table import case, holds, same


@case("models/list")
def models_list(door: Door) -> None:
    models = list(door.client.models.list())
    ids = [model.id for model in models]
    holds(door.model in ids, "the model of these cases", ids)
    same(len(ids), len(set(ids)), "ids")
    same({model.object for model in models}, {"model"}, "objects")


@case("models/retrieve")
def models_retrieve(door: Door) -> None:
    same(door.client.models.retrieve(door.model).id, door.model, "id")


@case("models/unknown")
def models_unknown(door: Door) -> None:
    error = raised(lambda: door.client.models.retrieve("no-such-model"), openai.NotFoundError)
    same(error.code, "model_not_found", "code")
    holds("no-such-model" in str(error), "the model's name", error)


@case("keys/wrong")
def keys_wrong(door: Door) -> None:
    client = door.opened_with("pk-postern-wrong")
    error = raised(client.models.list, openai.AuthenticationError)
    same(error.code, "invalid_api_key", "code")
    holds("pk-postern-wrong" not in str(error), "the key is not repeated", error)
    error = raised(
        lambda: client.chat.completions.create(
            model=door.model, messages=[{"role": "user", "content": "hello"}]
        ),
        openai.AuthenticationError,
    )
    same(error.code, "invalid_api_key", "code")


@case("keys/missing")
def keys_missing(door: Door) -> None:
    keyless = {"Authorization": openai.Omit()}
    error = raised(
        lambda: door.client.models.list(extra_headers=keyless), openai.AuthenticationError
    )
    same(error.code, "missing_api_key", "code")
    holds("postern keys add" in str(error.body), "advice", error.body)


@case("keys/other-headers")
def keys_other_headers(door: Door) -> None:
    for name in ["x-api-key", "api-key"]:
        headers = {"Authorization": openai.Omit(), name: door.key}
        answer = door.respond("hello", extra_headers=headers)
        same(answer.output_text, "You said: hello", name)


@case("retries/token")
def retries_token(door: Door) -> None:
    words = "python is renewed"
    completion = door.chat(f"[[http token-expired times=1]] {words}")
    same(completion.choices[0].message.content, f"You said: {words}", "content")
    same(len(door.received(words)), 2, "requests the backend saw")


@case("retries/broken")
def retries_broken(door: Door) -> None:
    words = "python comes again"
    client = door.client.with_options(max_retries=2)
    answer = client.responses.create(model=door.model, input=f"[[http 500 times=4]] {words}")
    same(answer.output_text, f"You said: {words}", "output_text")
    same(len(door.received(words)), 5, "requests the backend saw")


def raised(call: Any, kind: type[openai.APIStatusError]) -> Any:
    """The error of that kind that `call` raises."""
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")
