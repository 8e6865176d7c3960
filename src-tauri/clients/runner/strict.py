"""What is told must be what the type says that an SDK has for it.

A field that is missing, a value of another kind, and a field that the type does not know are
failures, wherever they are. Needs pydantic, of which the SDKs make their types.

In those types whatever may be `null` may be absent; `Terms` say what the API tells all the same.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError


@dataclass(frozen=True)
class Terms:
    """What the types of an SDK do not say themselves."""

    # Fields that may come although their type does not know them, each with the reason.
    known: Mapping[tuple[str, str], str] = field(default_factory=dict)
    # Fields that must come although their type can do without.
    always: Mapping[type[BaseModel], list[str]] = field(default_factory=dict)


# Fields by which a union tells its members apart.
TELLING = {"type", "object", "role"}


class Strange(AssertionError):
    """Something is told that the SDK's types do not say."""

    def __init__(self, complaint: str, told: Any) -> None:
        super().__init__(f"{complaint}, in {told!r:.500}")
        self.complaint = complaint


def check(told: Any, kind: Any, terms: Terms) -> None:
    """Fails unless `told`, as it was read from JSON, is of that kind and nothing more."""
    try:
        read = adapter(kind).validate_json(json.dumps(told), strict=True, extra="allow")
    except ValidationError as error:
        raise Strange(complaints(error), told) from None
    found = dict.fromkeys(one for model in models(read) for one in differences(model, terms))
    if found:
        raise Strange("; ".join(found), told)


def stumbles(call: Callable[[], Any], words: str, over: type[Strange] = Strange) -> None:
    """Fails unless something strange of that very class comes of the call, with those words in its
    complaint."""
    try:
        call()
    except Strange as strange:
        if type(strange) is over and words in strange.complaint:
            return
        raise
    raise AssertionError(f"nobody stumbles over {words}")


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """What reads a kind of thing; made once, because that takes long."""
    return TypeAdapter(kind)


def differences(model: BaseModel, terms: Terms) -> Iterator[str]:
    """What one object has too much, or too little by the terms."""
    name = type(model).__name__.partition("[")[0]
    extra = model.model_extra or {}
    for one in extra:
        if (name, one) not in terms.known:
            yield f"{name}.{one}: not in the type"
    for kind, names in terms.always.items():
        if isinstance(model, kind):
            told = model.model_fields_set | extra.keys()
            yield from (f"{name}.{one}: not told" for one in names if one not in told)


def models(read: Any) -> Iterator[BaseModel]:
    """All objects that have a type, at any depth."""
    if isinstance(read, BaseModel):
        yield read
        yield from models(list(read.__dict__.values()))
    elif isinstance(read, Mapping):
        yield from models(list(read.values()))
    elif isinstance(read, list | tuple):
        for one in read:
            yield from models(one)


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
