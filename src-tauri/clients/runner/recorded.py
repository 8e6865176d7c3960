"""What the tests of the translations have recorded, as a client gets it.

A case lies in a folder of its own; `whole.snap` and `stream.snap` are what became of the backend's
answer.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parents[2] / "crates/translate/fixtures"


@dataclass(frozen=True)
class Recorded:
    """A whole answer, or one event or line of a stream."""

    case: str
    streamed: bool
    told: dict[str, Any]


def recorded(dialect: str) -> Iterator[Recorded]:
    """What clients of a dialect are told; not Codex, which is told what no SDK knows."""
    for case in sorted((FIXTURES / dialect).iterdir()):
        if not is_codex(case):
            name = f"{dialect}/{case.name}"
            yield from (Recorded(name, False, told) for told in wholes(case / "whole.snap"))
            yield from (Recorded(name, True, told) for told in events(case / "stream.snap"))


def is_codex(case: Path) -> bool:
    """True where a Codex client asks."""
    given = case / "given.json"
    return given.exists() and json.loads(given.read_text()).get("codex_client", False)


def wholes(file: Path) -> Iterator[dict[str, Any]]:
    """The answer, which begins at the first brace; none where the request is refused."""
    said = content(file)
    if "{" in said:
        yield json.loads(said[said.index("{") :])


def events(file: Path) -> Iterator[dict[str, Any]]:
    """The data of each event, or each line."""
    for line in content(file).replace("\r\n", "\n").split("\n"):
        data = line.removeprefix("data:").strip()
        if data.startswith("{"):
            yield json.loads(data)


def content(file: Path) -> str:
    """What was recorded, without the head of the file."""
    if not file.exists():
        return ""
    return file.read_bytes().decode().split("---\n", 2)[2]
