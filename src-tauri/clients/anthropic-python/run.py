"""Runs the table's Messages rows with the official Anthropic SDK for Python.

The rows run one after the other; the last one uses up the plan.
"""

import json
import sys
from functools import partial
from pathlib import Path

import anthropic

sys.path.append(str(Path(__file__).parents[1] / "runner"))

from runner import parser, report  # noqa: E402
from suite import around, talk, tools, types  # noqa: E402
from suite.door import Door  # noqa: E402


def main() -> int:
    asked = parser().parse_args()
    model = json.loads(asked.cases.read_text())["model"]
    door = Door(asked.base_url.removesuffix("/v1"), asked.key, asked.admin, model)
    cases = talk.CASES | tools.CASES | types.CASES | around.CASES
    functions = {name: partial(run, door) for name, run in cases.items()}
    return report(asked, "anthropic-python", "anthropic", anthropic.__version__, functions)


if __name__ == "__main__":
    sys.exit(main())
