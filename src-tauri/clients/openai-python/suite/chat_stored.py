"""Chat Completions: what was stored is fetched, listed, changed and forgotten."""

from uuid import uuid4

from openai import BadRequestError, NotFoundError

from suite.door import Door, user
from suite.table import case, holds, same


def gone(door: Door, name: str) -> None:
    """Nothing of that id is stored."""
    try:
        door.client.chat.completions.retrieve(name)
    except NotFoundError:
        return
    raise AssertionError(f"{name} is there")


@case("chat/stored/retrieve")
def retrieve(door: Door) -> None:
    completions = door.client.chat.completions
    metadata = {"run": "7"}
    answer = door.chat("hello", store=True, metadata=metadata)
    kept = completions.retrieve(answer.id)
    same(kept.to_dict(), {**answer.to_dict(), "metadata": metadata}, "what was stored")
    chunks = list(door.chat("hello", store=True, stream=True))
    streamed = completions.retrieve(chunks[0].id)
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    same(streamed.choices[0].message.content, said, "what was streamed")
    same(streamed.choices[0].finish_reason, "stop", "finish_reason")
    for store in ({}, {"store": False}):
        gone(door, door.chat("hello", **store).id)


@case("chat/stored/list")
def listed(door: Door) -> None:
    completions = door.client.chat.completions
    run = {"run": uuid4().hex}
    made = [door.chat("hello", store=True, metadata=run).id for _ in range(3)]
    page = completions.list(metadata=run, limit=2)
    same(([one.id for one in page.data], page.has_more), (made[:2], True), "the first page")
    same([one.id for one in page], made, "all pages")
    newest = completions.list(metadata=run, order="desc", limit=1, model=door.model)
    same([one.id for one in newest.data], made[-1:], "the newest")
    same(completions.list(metadata=run, model="none").data, [], "of no model")
    behind = completions.list(metadata=run, after=made[1])
    same([one.id for one in behind.data], made[2:], "behind one")
    try:
        completions.list(after="chatcmpl-never")
    except BadRequestError as error:
        same((error.code, error.param), ("invalid_value", "after"))
    else:
        raise AssertionError("behind nothing")


@case("chat/stored/messages")
def messages(door: Door) -> None:
    parts = [{"type": "text", "text": "hello"}]
    said = [{"role": "system", "content": "Be brief."}, user(parts)]
    answer = door.chat(said, store=True)
    stored = door.client.chat.completions.messages
    page = stored.list(answer.id)
    told = [(one.role, one.content, one.to_dict()["content_parts"]) for one in page.data]
    same(told, [("system", "Be brief.", None), ("user", None, parts)], "messages")
    holds(len({one.id for one in page.data}) == 2, "each has an id", page.data)
    same([one.id for one in stored.list(answer.id, limit=1)], [one.id for one in page.data])
    same([one.role for one in stored.list(answer.id, order="desc").data], ["user", "system"])


@case("chat/stored/change")
def change(door: Door) -> None:
    completions = door.client.chat.completions
    answer = door.chat("hello", store=True, metadata={"a": "b"})
    metadata = {"c": "d"}
    changed = completions.update(answer.id, metadata=metadata)
    same(changed.metadata, metadata, "metadata")
    same(completions.retrieve(answer.id).to_dict(), changed.to_dict(), "what is stored now")
    deleted = completions.delete(answer.id)
    same((deleted.id, deleted.deleted), (answer.id, True), "deleted")
    gone(door, answer.id)
