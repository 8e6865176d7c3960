"""What is told must be what a published schema says, which `derive_schema.py` has written down.

A field that is missing, a field that the schema does not know, a value of another kind and a value
that is in no list are failures, wherever they are.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from strict import TELLING, Strange


class Unpublished(Strange):
    """Something is told that the schema does not say."""


KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


@dataclass(frozen=True)
class Place:
    """Where something stands: in which schema, and how deep in what was told."""

    schema: str
    path: str = ""

    def field(self, name: str) -> "Place":
        """A field of this; what has no name of its own is called after its owner."""
        return Place(f"{self.schema}.{name}", f"{self.path}.{name}".removeprefix("."))

    def at(self, index: int) -> "Place":
        """A thing of this list."""
        return Place(self.schema, f"{self.path}.{index}".removeprefix("."))


@dataclass(frozen=True)
class Schema:
    """The facts of a file, and the fields that may come besides, each with the reason."""

    file: Path
    known: Mapping[str, str]

    @cached_property
    def schemas(self) -> dict[str, Any]:
        """What each schema says, by its name."""
        return json.loads(self.file.read_text())["schemas"]

    def check(self, told: Any, facts: Any) -> None:
        """Fails unless `told`, as it was read from JSON, is what these facts say and no more."""
        found = list(dict.fromkeys(self.differences(told, facts, Place("the whole"))))
        if found:
            raise Unpublished("; ".join(found[:5]), told)

    def idle(self) -> list[str]:
        """The fields that need not be named besides, because their schema knows them."""
        return [one for one in self.known if self.knows(*one.rsplit(".", 1))]

    def knows(self, name: str, field: str) -> bool:
        """True where the schema of that name, or a member of it, has the field."""
        members = [facts for facts, _ in self.members(f"#{name}", Place(name))]
        known = [one.get("properties", {}).keys() for one in members if isinstance(one, dict)]
        return any(not fields.isdisjoint({field, f"{field}?"}) for fields in known)

    def named(self, told: Any, name: str, place: Place) -> Iterator[str]:
        """What differs from the schema of that name."""
        return self.differences(told, self.schemas[name], Place(name, place.path))

    def differences(self, told: Any, facts: Any, place: Place) -> Iterator[str]:
        """What differs from these facts."""
        match facts:
            case "any":
                return
            case str() if facts.startswith("#"):
                yield from self.named(told, facts[1:], place)
            case str():
                if not is_of(told, KINDS[facts]):
                    yield f"{place.schema}: not {facts}, at {place.path}"
            case list():
                yield from self.nearest(told, facts, place)
            case {"enum": values}:
                if not any(is_of(told, (type(one),)) and told == one for one in values):
                    yield f"{place.schema}: {told!r:.100} is not listed, at {place.path}"
            case {"all": parts}:
                for part in parts:
                    yield from self.differences(told, part, place)
            case {"items": item}:
                if not isinstance(told, list):
                    yield f"{place.schema}: not array, at {place.path}"
                    return
                for index, one in enumerate(told):
                    yield from self.differences(one, item, place.at(index))
            case _:
                yield from self.fields(told, facts, place)

    def fields(self, told: Any, facts: Any, place: Place) -> Iterator[str]:
        """What differs from an object."""
        if not isinstance(told, dict):
            yield f"{place.schema}: not object, at {place.path}"
            return
        fields, more = facts.get("properties", {}), facts.get("additionalProperties")
        for name, value in told.items():
            expected = fields.get(name, fields.get(f"{name}?", more))
            if expected is not None:
                yield from self.differences(value, expected, place.field(name))
            elif f"{place.schema}.{name}" not in self.known:
                yield f"{place.schema}.{name}: not in the schema, at {place.path}"
        for name in fields:
            if not name.endswith("?") and name not in told:
                yield f"{place.schema}.{name}: missing, at {place.path}"

    def nearest(self, told: Any, members: list[Any], place: Place) -> Iterator[str]:
        """What differs from the member that was meant: of those that the telling fields do not rule
        out, the one with the least to complain of."""
        meant = [one for one in self.members(members, place) if could_be(told, one[0])]
        if not meant:
            yield f"{place.schema}: {telling(told)!r:.100} is no member, at {place.path}"
            return
        found = [list(self.differences(told, *one)) for one in meant]
        yield from min(found, key=len)

    def members(self, facts: Any, place: Place) -> Iterator[tuple[Any, Place]]:
        """The members of a union, and of the unions in it."""
        if isinstance(facts, list):
            for member in facts:
                yield from self.members(member, place)
        elif isinstance(facts, str) and facts.startswith("#"):
            yield from self.members(self.schemas[facts[1:]], Place(facts[1:], place.path))
        else:
            yield facts, place


def could_be(told: Any, facts: Any) -> bool:
    """False where a telling field, or the kind of the value, rules these facts out."""
    if isinstance(facts, str):
        return facts == "any" or is_of(told, KINDS[facts])
    if "enum" in facts:
        return any(is_of(told, (type(one),)) for one in facts["enum"])
    if "items" in facts:
        return isinstance(told, list)
    if not isinstance(told, dict):
        return False
    fields = facts.get("properties", {})
    listed = {name: fields.get(name, fields.get(f"{name}?")) for name in TELLING & told.keys()}
    return all(
        told[name] in one["enum"]
        for name, one in listed.items()
        if isinstance(one, dict) and "enum" in one
    )


def telling(told: Any) -> Any:
    """What is shown of a value that fits no member."""
    return (
        {one: told[one] for one in sorted(TELLING & told.keys())}
        if isinstance(told, dict)
        else told
    )


def is_of(told: Any, kinds: tuple[type, ...]) -> bool:
    """True where the value is of one of these; a truth is no number."""
    return isinstance(told, kinds) and (not isinstance(told, bool) or bool in kinds)
