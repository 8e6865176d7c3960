"""Takes from OpenAI's published schema what an answer must look like.

    python derive_schema.py openapi.json COMMIT DATE

writes `published.json`: of every schema that an answer or an event of Postern's surface can hold,
the facts and no words. One schema is one line, in the order of the names. `openapi.json` is the
file of that name in github.com/openai/openai-openapi; COMMIT and DATE say which.

A schema is written as

- `"string"`, `"integer"`, `"number"`, `"boolean"`, `"null"`, or `"any"`;
- `"#Name"`: the schema of that name;
- `[…]`: any of these;
- `{"all": […]}`: all of these;
- `{"enum": […]}`: one of these values;
- `{"items": …}`: an array;
- `{"properties": {"a": …, "b?": …}, "additionalProperties": …}`: an object; `?` marks what may be
  absent, and without the last nothing else may be there.

Limits of numbers and lengths, patterns and formats are left out; so is that of several members of
a union only one may fit.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("published.json")
REPOSITORY = "github.com/openai/openai-openapi"

# What answers, events and refusals are. What these name comes with them.
ROOTS = [
    "ChatCompletionDeleted",
    "ChatCompletionList",
    "ChatCompletionMessageList",
    "CompactResource",
    "ConversationItem",
    "ConversationItemList",
    "ConversationResource",
    "CreateChatCompletionResponse",
    "CreateChatCompletionStreamResponse",
    "CreateCompletionResponse",
    "CreateTranscriptionResponseJson",
    "CreateTranscriptionResponseStreamEvent",
    "CreateTranscriptionResponseVerboseJson",
    "DeletedConversationResource",
    "ErrorResponse",
    "ImageEditStreamEvent",
    "ImageGenStreamEvent",
    "ImagesResponse",
    "ListFilesResponse",
    "ListModelsResponse",
    "OpenAIFile",
    "Response",
    "ResponseItemList",
    "ResponseStreamEvent",
    "TokenCountsResource",
]

REFERENCE = "#/components/schemas/"
UNIONS = ["anyOf", "oneOf"]
NOTHING_SAID = "any"


def main() -> None:
    published, commit, date = sys.argv[1:]
    schemas = json.loads(Path(published).read_text())["components"]["schemas"]
    source = {"repository": REPOSITORY, "file": "openapi.json", "commit": commit, "date": date}
    lines = [f"{compact(name)}: {compact(facts)}" for name, facts in sorted(derived(schemas))]
    FILE.write_text(
        f'{{"source": {compact(source)},\n"schemas": {{\n' + ",\n".join(lines) + "\n}}\n"
    )


def derived(schemas: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The facts of the roots and of everything that they name, each with its name."""
    names, found = list(ROOTS), set(ROOTS)
    for name in names:
        reader = Reader(schemas, name)
        yield name, reader.facts(schemas[name])
        names += sorted(reader.named - found)
        found |= reader.named


class Reader:
    """Reads one schema and notes which others it names."""

    def __init__(self, schemas: dict[str, Any], name: str) -> None:
        self.schemas = schemas
        self.name = name
        self.named: set[str] = set()

    def facts(self, schema: dict[str, Any]) -> Any:
        """What the file says of a schema."""
        told = self.told(schema)
        return either([told, "null"]) if schema.get("nullable") else told

    def told(self, schema: dict[str, Any]) -> Any:
        """The same, without whether it may be null."""
        if "$ref" in schema or "$recursiveRef" in schema:
            return self.reference(schema)
        for union in UNIONS:
            if union in schema:
                return either([self.facts(member) for member in schema[union]])
        if "allOf" in schema:
            return self.together(schema["allOf"])
        if "enum" in schema or "const" in schema:
            return {"enum": schema.get("enum", [schema.get("const")])}
        match schema.get("type"):
            case "array":
                return {"items": self.facts(schema["items"])}
            case "object":
                return self.object(schema)
            case None if "properties" in schema:
                return self.object(schema)
            case None:
                return NOTHING_SAID
            case kind:
                return kind

    def reference(self, schema: dict[str, Any]) -> str:
        """The name of another schema, or of the one that is being read."""
        name = schema.get("$ref", REFERENCE + self.name).removeprefix(REFERENCE)
        self.named.add(name)
        return f"#{name}"

    def object(self, schema: dict[str, Any]) -> Any:
        """An object, which may hold more only where that is said or nothing is."""
        required = schema.get("required", [])
        fields = {
            name if name in required else f"{name}?": self.facts(field)
            for name, field in schema.get("properties", {}).items()
        }
        facts: dict[str, Any] = {"properties": fields} if fields else {}
        more = schema.get("additionalProperties", not fields)
        if more is not False:
            facts["additionalProperties"] = NOTHING_SAID if more is True else self.facts(more)
        return facts

    def together(self, parts: list[dict[str, Any]]) -> Any:
        """One object of several, because each of them alone would take the others' fields for
        unknown; a field that several have must satisfy all."""
        if len(parts) == 1:
            return self.facts(parts[0])
        opened = [self.opened(part) for part in parts]
        required = {name for part in opened for name in part.get("required", [])}
        fields: dict[str, list[Any]] = {}
        for part in opened:
            for name, field in part["properties"].items():
                fields.setdefault(name, []).append(self.facts(field))
        return {
            "properties": {
                name if name in required else f"{name}?": every(facts)
                for name, facts in fields.items()
            }
        }

    def opened(self, part: dict[str, Any]) -> dict[str, Any]:
        """A part as it is written, where it is only named."""
        while "$ref" in part:
            part = self.schemas[part["$ref"].removeprefix(REFERENCE)]
        return part


def every(facts: list[Any]) -> Any:
    """All of these, without doubles."""
    different = [one for at, one in enumerate(facts) if one not in facts[:at]]
    return different[0] if len(different) == 1 else {"all": different}


def either(members: list[Any]) -> Any:
    """Any of these, without unions in unions and without doubles."""
    flat: list[Any] = []
    for member in members:
        inner = member if isinstance(member, list) else [member]
        flat += [one for one in inner if one not in flat]
    return flat[0] if len(flat) == 1 else flat


def compact(value: Any) -> str:
    """JSON with no space that nobody needs."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


if __name__ == "__main__":
    main()
