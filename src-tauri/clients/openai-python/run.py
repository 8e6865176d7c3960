"""Runs the shared table with the official OpenAI SDK for Python.

Writes {"client", "version", "cases": [{"id", "ok", "note"}]} to the file given by `--out` and
ends with 1 when a case failed. Cases run side by side, except those marked `alone`, which come
first because they look at, or change, what all others share.
"""

import argparse
import json
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openai

sys.path.append(str(Path(__file__).parents[1] / "runner"))

# Importing a file of the suite puts its functions behind their rows.
import suite.audio
import suite.chat_shapes
import suite.chat_stored
import suite.chat_text
import suite.chat_tools
import suite.completions
import suite.doors
import suite.ends
import suite.files
import suite.images
import suite.responses_shapes
import suite.responses_socket
import suite.responses_state
import suite.responses_text
import suite.responses_tools
import suite.responses_wire
import suite.types
import suite.types_published
from suite.door import Door
from suite.faults import failures, invalid, quotas, refusals
from suite.table import Case, cases

SIDE_BY_SIDE = 8


def main() -> int:
    asked = arguments()
    table = json.loads(asked.cases.read_text())
    door = Door(asked.base_url, asked.key, asked.admin, table["model"])
    alone, together = order(table)
    if asked.only:
        alone = {name: run for name, run in alone.items() if asked.only in name}
        together = {name: run for name, run in together.items() if asked.only in name}
    results = [attempt(door, *one) for one in alone.items()]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        results += pool.map(lambda one: attempt(door, *one), together.items())
    report = {"client": "openai-python", "version": openai.__version__, "cases": results}
    asked.out.write_text(json.dumps(report, indent=2))
    failed = [result for result in results if not result["ok"]]
    print(f"openai-python {openai.__version__}: {len(results) - len(failed)} of {len(results)}")
    return 1 if failed else 0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--admin", required=True, help="the stand-in's root")
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", help="a part of the names of the cases to run")
    return parser.parse_args()


def order(table: dict[str, Any]) -> tuple[dict[str, Case], dict[str, Case]]:
    """The functions behind all rows: those that need to be alone, and the others."""
    written = cases()
    rows = {row["id"]: row for row in table["cases"] + table["types"]}
    if written.keys() != rows.keys():
        difference = sorted(written.keys() ^ rows.keys())
        raise SystemExit(f"the table and the functions differ: {difference}")
    alone = {name: written[name] for name, row in rows.items() if row.get("alone")}
    together = {name: run for name, run in written.items() if name not in alone}
    alone |= quotas(table["quotas"])
    together |= invalid(table["invalid"])
    together |= refusals(table["refusals"]) | failures(table["failures"])
    return alone, together


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
