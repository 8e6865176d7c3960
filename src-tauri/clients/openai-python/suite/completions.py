"""The old Completions endpoint."""

from typing import Any

from openai import BadRequestError

from suite.door import Door
from suite.table import case, holds, same


def complete(door: Door, prompt: Any, **options: Any) -> Any:
    """A call of the old endpoint."""
    return door.client.completions.create(model=door.model, prompt=prompt, **options)


@case("completions/whole")
def whole(door: Door) -> None:
    answer = complete(door, "hello")
    (choice,) = answer.choices
    same((choice.text, choice.finish_reason, choice.index), ("You said: hello", "stop", 0))
    same(choice.logprobs, None, "logprobs")
    same((answer.object, answer.model), ("text_completion", door.model))
    holds(answer.id.startswith("cmpl-"), "an id", answer.id)
    usage = answer.usage
    holds(usage.prompt_tokens > 0 and usage.completion_tokens > 0, "usage is counted", usage)
    same(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens, "total_tokens")


@case("completions/stream")
def stream(door: Door) -> None:
    options = {"stream": True, "stream_options": {"include_usage": True}}
    *parts, last = complete(door, "[[words 12]] go", **options)
    text = "".join(part.choices[0].text for part in parts)
    same(text, complete(door, "[[words 12]] go").choices[0].text, "streamed and whole")
    reasons = [part.choices[0].finish_reason for part in parts]
    same(reasons, [None] * (len(reasons) - 1) + ["stop"], "finish reasons")
    same(last.choices, [], "choices of the last chunk")
    holds(last.usage.total_tokens > 0, "usage", last.usage)


@case("completions/list")
def one_of_a_list(door: Door) -> None:
    same(complete(door, ["hello"]).choices[0].text, "You said: hello")


@case("completions/refused")
def refused(door: Door) -> None:
    rows: list[tuple[Any, dict[str, Any], str]] = [
        (["a", "b"], {}, "prompt"),
        ([1, 2], {}, "prompt"),
        ("a", {"n": 2}, "n"),
        ("a", {"best_of": 2}, "best_of"),
        ("a", {"echo": True}, "echo"),
        ("a", {"suffix": "b"}, "suffix"),
    ]
    for prompt, options, param in rows:
        try:
            complete(door, prompt, **options)
        except BadRequestError as error:
            same(error.param, param, "param")
        else:
            raise AssertionError(f"{param} was not refused")


@case("completions/ignored")
def ignored(door: Door) -> None:
    raw = door.client.completions.with_raw_response
    answer = raw.create(model=door.model, prompt="hello", logprobs=2, seed=7)
    same(answer.headers["x-postern-ignored"], "logprobs, seed", "named")
