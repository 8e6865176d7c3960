"""Drives the official Ollama client for Python against Postern's Ollama door."""

import json
import sys
from functools import partial
from importlib.metadata import version
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "runner"))

from cases import CASES  # noqa: E402
from door import Door  # noqa: E402
from runner import parser, report  # noqa: E402


def main() -> int:
    asked = parser().parse_args()
    model = json.loads(asked.cases.read_text())["model"]
    door = Door(asked.base_url, asked.key, asked.admin, model)
    functions = {name: partial(run, door) for name, run in CASES.items()}
    return report(asked, "ollama-python", "ollama", version("ollama"), functions)


if __name__ == "__main__":
    sys.exit(main())
