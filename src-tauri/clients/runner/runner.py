"""What runners of programs share: the command line, both sides, a home for a program, the report.

A case is a function without arguments that raises when it fails.
"""

import argparse
import json
import os
import subprocess
import tempfile
import traceback
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Cases = dict[str, Callable[[], None]]
DEAD_PROXY = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Ended:
    """What a program said, and how it ended."""

    code: int
    said: str
    complaints: str

    def events(self) -> list[dict[str, Any]]:
        """The lines that are JSON."""
        return [json.loads(line) for line in self.said.splitlines() if line.startswith("{")]

    def told(self) -> str:
        """The end of everything, for a note."""
        return f"{self.code} {self.said[-1500:]!r} {self.complaints[-500:]!r}"


@dataclass(frozen=True)
class Home:
    """A home folder and a folder to work in, for one case."""

    folder: Path
    variables: dict[str, str]

    @property
    def scratch(self) -> Path:
        """Where the program works."""
        return self.made("scratch")

    def made(self, path: str) -> Path:
        """A folder of the home."""
        made = self.folder / path
        made.mkdir(parents=True, exist_ok=True)
        return made

    def run(self, *words: str, keyboard: str = "") -> Ended:
        """Runs a program to its end, with `keyboard` as all that is typed."""
        ended = subprocess.run(
            words,
            cwd=self.scratch,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), **self.variables},
            input=keyboard,
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)


@dataclass(frozen=True)
class Sides:
    """Where both sides are."""

    base_url: str
    key: str
    admin: str
    node: str
    model: str
    folder: Path
    proxies: dict[str, str]

    @property
    def root(self) -> str:
        """The address without `/v1`."""
        return self.base_url.removesuffix("/v1")

    def home(self, name: str, **variables: str) -> Home:
        """A home of its own for one case."""
        return Home(self.folder / name, variables | self.proxies)

    def received(self, words: str) -> list[dict[str, Any]]:
        """The bodies with these words that the stand-in was sent for an answer."""
        path = "/admin/received?path=/backend-api/codex/responses"
        with urllib.request.urlopen(self.admin + path, timeout=30) as reply:
            bodies = [one.get("json") for one in json.load(reply)]
        return [body for body in bodies if words in json.dumps(body)]


def drive(client: str, section: str, version: str, cases: Callable[[Sides], Cases]) -> int:
    """Runs the cases of a client and writes its report; the exit code."""
    asked = parser().parse_args()
    model = json.loads(asked.cases.read_text())["model"]
    with tempfile.TemporaryDirectory(prefix=f"postern-{client}-") as folder:
        where = (asked.base_url, asked.key, asked.admin, asked.node, model)
        sides = Sides(*where, Path(folder), proxies(asked))
        return report(asked, client, section, version, cases(sides))


def report(
    asked: argparse.Namespace, client: str, section: str, version: str, functions: Cases
) -> int:
    """Runs the functions of a section, one after the other, and writes the report; the exit code."""
    table = json.loads(asked.cases.read_text())
    if list(functions) != [row["id"] for row in table[section]]:
        raise SystemExit("the table and the functions differ")
    chosen = {name: run for name, run in functions.items() if asked.only in name}
    results = [attempt(name, run) for name, run in chosen.items()]
    told = {"client": client, "version": version, "cases": results}
    asked.out.write_text(json.dumps(told, indent=2))
    passed = sum(result["ok"] for result in results)
    print(f"{client} {version}: {passed} of {len(results)}")
    return 0 if passed == len(results) else 1


def proxies(asked: argparse.Namespace) -> dict[str, str]:
    """Variables that keep a program from the network where nothing else does."""
    if not asked.dead_proxy:
        return {}
    return {"HTTPS_PROXY": DEAD_PROXY, "HTTP_PROXY": DEAD_PROXY, "NO_PROXY": "127.0.0.1"}


def same(actual: object, expected: object, *evidence: object) -> None:
    """Fails with both values when they differ."""
    holds(actual == expected, f"{actual!r} instead of {expected!r}", *evidence)


def holds(truth: object, what: str, *evidence: object) -> None:
    """Fails with `what` and the evidence when `truth` is not."""
    if not truth:
        raise AssertionError(": ".join([what, *map(str, evidence)]))


def attempt(name: str, run: Callable[[], None]) -> dict[str, Any]:
    """One case's result; any exception is its failure."""
    try:
        run()
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        note = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
        print(f"FAILED {name}: {note}", flush=True)
        return {"id": name, "ok": False, "note": note[:2000]}
    return {"id": name, "ok": True, "note": ""}


def parser() -> argparse.ArgumentParser:
    """The command line that every runner has."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--admin", required=True, help="the stand-in's root")
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--node", default="", help="for programs that need one")
    parser.add_argument("--only", help="a part of the names of the cases to run", default="")
    parser.add_argument(
        "--dead-proxy", action="store_true", help="where no network namespace holds it back"
    )
    return parser
