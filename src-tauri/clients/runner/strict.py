"""What is told must be what the type says that an SDK has for it.

A field that is missing, a value of another kind, and a field that the type does not know are
failures, wherever they are. Needs pydantic, of which the SDKs make their types.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

# Fields that may come although their type does not know them, each with the reason.
Known = Mapping[tuple[str, str], str]

# Fields by which a union tells its members apart.
TELLING = {"type", "object", "role"}


class Strange(AssertionError):
    """Something is told that the SDK's types do not say."""


def check(told: Any, kind: Any, known: Known) -> None:
    """Fails unless `told`, as it was read from JSON, is of that kind and nothing more."""
    try:
        read = adapter(kind).validate_json(json.dumps(told), strict=True, extra="allow")
    except ValidationError as error:
        raise Strange(f"{complaints(error)}, in {told!r:.500}") from None
    strange = dict.fromkeys(name for name in unknown(read) if name not in known)
    if strange:
        names = ", ".join(".".join(name) for name in strange)
        raise Strange(f"{names}: not in the type, in {told!r:.500}")


def stumbles(call: Callable[[], Any], words: str) -> None:
    """Fails unless something strange comes of the call, with those words in its complaint."""
    try:
        call()
    except Strange as strange:
        if words in str(strange):
            return
        raise
    raise AssertionError(f"nobody stumbles over {words}")


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """What reads a kind of thing; made once, because that takes long."""
    return TypeAdapter(kind)


def unknown(read: Any) -> Iterator[tuple[str, str]]:
    """The types and names of fields that no type knows, at any depth."""
    if isinstance(read, BaseModel):
        name = type(read).__name__.partition("[")[0]
        yield from ((name, field) for field in read.model_extra or {})
        yield from unknown(list(read.__dict__.values()))
    elif isinstance(read, Mapping):
        yield from unknown(list(read.values()))
    elif isinstance(read, list | tuple):
        for one in read:
            yield from unknown(one)


def complaints(error: ValidationError) -> str:
    """What is wrong; of a union's members only about those that were meant."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    others = [one["loc"][:-1] for one in found if one["loc"] and one["loc"][-1] in TELLING]
    meant = found
    for other in sorted(others, key=len):
        meant = [one for one in meant if one["loc"][: len(other)] != other] or meant
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in meant[:5])


def rewritten(told: Any, change: Callable[[dict[str, Any]], Any]) -> Any:
    """A copy in which `change` has replaced every object; what it makes `None` of is left out."""
    if isinstance(told, dict):
        changed = change(told)
        if changed is None:
            return None
        return {name: rewritten(value, change) for name, value in changed.items()}
    if isinstance(told, list):
        each = [(one, rewritten(one, change)) for one in told]
        return [new for old, new in each if new is not None or old is None]
    return told
