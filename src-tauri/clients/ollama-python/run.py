"""Drives the official Ollama client for Python against Postern's Ollama door.

Writes {"client", "version", "cases": [{"id", "ok", "note"}]} to the file given by `--out` and
ends with 1 when a case failed. Cases run one after the other.
"""

import argparse
import json
import sys
import traceback
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cases import CASES, Case
from door import Door


def main() -> int:
    asked = arguments()
    table = json.loads(asked.cases.read_text())
    if list(CASES) != [row["id"] for row in table["ollama"]]:
        raise SystemExit("the table and the functions differ")
    door = Door(asked.base_url, asked.key, asked.admin, table["model"])
    chosen = {name: run for name, run in CASES.items() if asked.only in name}
    results = [attempt(door, name, run) for name, run in chosen.items()]
    client = version("ollama")
    report = {"client": "ollama-python", "version": client, "cases": results}
    asked.out.write_text(json.dumps(report, indent=2))
    passed = sum(result["ok"] for result in results)
    print(f"ollama-python {client}: {passed} of {len(results)}")
    return 0 if passed == len(results) else 1


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
