"""The rows of the error tables, as a client sees them in each dialect."""

import time
from typing import Any

import openai
from openai.types.shared import ErrorObject

from suite.door import Door
from suite.strict import examined
from suite.table import Case, holds, same

DIALECTS = ["responses", "chat"]


def invalid(rows: list[dict[str, Any]]) -> dict[str, Case]:
    """Bodies that no SDK method would send, and every other program does."""
    return {row["id"]: lambda door, row=row: refused(door, row) for row in rows}


def refusals(rows: list[dict[str, Any]]) -> dict[str, Case]:
    """Failures before the first word: an HTTP status, whole or streamed."""
    return {
        f"{dialect}/refused/{row['id']}": lambda door, row=row, dialect=dialect: refusal(
            door, dialect, row
        )
        for row in rows
        for dialect in DIALECTS
    }


def failures(rows: list[dict[str, Any]]) -> dict[str, Case]:
    """Failures after the first words: inside the stream, or a status when nothing is streamed."""
    return {
        f"{dialect}/failed/{row['id']}": lambda door, row=row, dialect=dialect: failure(
            door, dialect, row
        )
        for row in rows
        for dialect in DIALECTS
    }


def quotas(rows: list[dict[str, Any]]) -> dict[str, Case]:
    """The plan's limit, and its end."""
    return {
        f"{dialect}/refused/{row['id']}": lambda door, row=row, dialect=dialect: quota(
            door, dialect, row
        )
        for row in rows
        for dialect in DIALECTS
    }


def refused(door: Door, row: dict[str, Any]) -> None:
    """One body, as it stands in the table."""
    try:
        door.client.post(path(row["id"]), body=row["body"], cast_to=object)
    except openai.APIStatusError as error:
        check(error, row)
    else:
        raise AssertionError("it is served")


def path(name: str) -> str:
    """The endpoint that a row's name begins with."""
    subject = name.split("/", maxsplit=1)[0]
    return "/chat/completions" if subject == "chat" else f"/{subject}"


def refusal(door: Door, dialect: str, row: dict[str, Any]) -> None:
    """One row, streamed: the status must come before the stream does."""
    prompt = f"{row['ask']} python {dialect} {row['id']}"
    if row["status"] == 200:
        said = text(door, dialect, prompt)
        same(said, f"You said: python {dialect} {row['id']}", "the answer after a retry")
        return
    check(raised(door, dialect, prompt), row)


def check(error: Any, row: dict[str, Any]) -> None:
    """The error is the one the row tells."""
    same(type(error).__name__, row["class"], f"class of `{error}`")
    same(error.status_code, row["status"], "status")
    same(error.code, row.get("code", error.code), "code")
    same(error.type, row.get("type", error.type), "type")
    same(error.param, row.get("param", error.param), "param")
    holds(row.get("says", "") in error.body["message"], "the backend's words", error.body)
    holds(error.body["message"] and error.type, "a message and a type", error.body)
    if "header" in row:
        name, value = row["header"]
        same(error.response.headers.get(name), value, name)


def failure(door: Door, dialect: str, row: dict[str, Any]) -> None:
    """One row, streamed and whole; `words` says whether some came before the failure."""
    prompt = f"{row['ask']} [[words 40]] python {dialect} {row['id']}"
    broken = broken_responses if dialect == "responses" else broken_chat
    words, code = broken(door, prompt)
    same(words > 0, row.get("words", True), "words came before the failure")
    listed = row.get("in_response") if dialect == "responses" else None
    same(code, listed or row.get("code", code), "code in the stream")
    call = door.respond if dialect == "responses" else door.chat
    try:
        call(prompt)
    except openai.APIStatusError as error:
        same(error.code, row.get("code", error.code), "code of the whole")
    else:
        raise AssertionError("the whole answer is no error")


def broken_responses(door: Door, prompt: str) -> tuple[int, str | None]:
    """The words, and the code of the one terminal event: this dialect fails by an event."""
    events = list(door.respond(prompt, stream=True))
    kinds = [event.type for event in events]
    same(kinds[-1], "response.failed", "the last event")
    same(kinds.count("response.failed"), 1, "terminal events")
    same(events[-1].response.status, "failed", "status")
    return kinds.count("response.output_text.delta"), events[-1].response.error.code


def broken_chat(door: Door, prompt: str) -> tuple[int, str | None]:
    """The words, and the code of the error chunk, which the SDK raises."""
    words = 0
    try:
        for chunk in door.chat(prompt, stream=True):
            words += bool(chunk.choices[0].delta.content)
            same(chunk.choices[0].finish_reason, None, "a fabricated finish reason")
    except openai.APIError as error:
        examined(error.body, ErrorObject)
        return words, error.code
    raise AssertionError("the stream ended as if it were whole")


def quota(door: Door, dialect: str, row: dict[str, Any]) -> None:
    """429 with the reset time; the same at once for others; then service by itself."""
    words = f"python {dialect} {row['id']}"
    error = raised(door, dialect, f"{row['ask']} {words}")
    same((type(error).__name__, error.code), ("RateLimitError", "usage_limit_reached"))
    resets_at = error.body["resets_at"]
    holds(abs(resets_at - time.time()) < 60, "a reset time", resets_at)
    holds(int(error.response.headers["retry-after"]) <= 60, "Retry-After")
    again = raised(door, dialect, f"hello {words}")
    same((again.code, again.body["resets_at"]), ("usage_limit_reached", resets_at), "the next")
    same(len(door.received(words)), 1, "requests the backend saw")
    holds(door.eventually(lambda: is_served(door, dialect)), "service resumes by itself")


def is_served(door: Door, dialect: str) -> bool:
    """True when a plain request is answered."""
    try:
        return text(door, dialect, "hello") == "You said: hello"
    except openai.RateLimitError:
        return False


def raised(door: Door, dialect: str, prompt: str) -> Any:
    """The error that a streamed request raises before its first event."""
    call = door.respond if dialect == "responses" else door.chat
    try:
        stream = call(prompt, stream=True)
    except openai.APIStatusError as error:
        return error
    raise AssertionError(f"no error but a stream: {list(stream)}")


def text(door: Door, dialect: str, prompt: str) -> str:
    """The text of a whole answer."""
    if dialect == "responses":
        return door.respond(prompt).output_text
    return door.chat(prompt).choices[0].message.content
