"""Runs the table's Messages rows with the official Anthropic SDK for Python.

Writes {"client", "version", "cases": [{"id", "ok", "note"}]} to the file given by `--out` and
ends with 1 when a case failed. The rows run one after the other; the last one uses up the plan.
"""

import argparse
import json
import sys
import traceback
from pathlib import Path
from typing import Any

import anthropic

from suite import around, talk, tools
from suite.door import Case, Door


def main() -> int:
    asked = arguments()
    table = json.loads(asked.cases.read_text())
    door = Door(asked.base_url.removesuffix("/v1"), asked.key, asked.admin, table["model"])
    cases = talk.CASES | tools.CASES | around.CASES
    if list(cases) != [row["id"] for row in table["anthropic"]]:
        raise SystemExit("the table and the functions differ")
    chosen = {name: run for name, run in cases.items() if asked.only in name}
    results = [attempt(door, *one) for one in chosen.items()]
    report = {"client": "anthropic-python", "version": anthropic.__version__, "cases": results}
    asked.out.write_text(json.dumps(report, indent=2))
    failed = [result for result in results if not result["ok"]]
    passed = len(results) - len(failed)
    print(f"anthropic-python {anthropic.__version__}: {passed} of {len(results)}")
    return 1 if failed else 0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--admin", required=True, help="the stand-in's root")
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", help="a part of the names of the cases to run", default="")
    return parser.parse_args()


def attempt(door: Door, name: str, run: Case) -> dict[str, Any]:
    """One case's result; any exception is its failure."""
    try:
        run(door)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        note = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
        print(f"FAILED {name}: {note}", flush=True)
        return {"id": name, "ok": False, "note": note}
    return {"id": name, "ok": True, "note": ""}


if __name__ == "__main__":
    sys.exit(main())
