"""Claude Code in a home of its own, with nothing that calls home."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Turn:
    """What one `claude -p` did."""

    code: int
    events: list[dict[str, Any]]
    complaints: str

    def text(self) -> str:
        """The last word."""
        return self.events[-1].get("result", "")

    def told(self) -> str:
        """Everything, for a note."""
        return json.dumps(self.events[-3:])[-1500:] + self.complaints[-500:]


class Claude:
    """One home folder, one folder to work in."""

    def __init__(self, program: str, folder: Path, door: str, key: str, **variables: str) -> None:
        self._program = program
        self.scratch = folder / "scratch"
        home = folder / "home"
        for needed in [self.scratch, home]:
            needed.mkdir(parents=True)
        self._variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "ANTHROPIC_BASE_URL": door,
            "ANTHROPIC_AUTH_TOKEN": key,
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            **variables,
        }

    def turn(self, prompt: str, *words: str) -> Turn:
        """One turn, free to use the tools that the cases use: the scratch folder is all there is."""
        flags = ["--output-format", "stream-json", "--verbose"]
        tools = ["--allowedTools", "Bash,Read,WebSearch"]
        ended = subprocess.run(
            [self._program, "-p", prompt, *flags, *tools, *words],
            cwd=self.scratch,
            env=self._variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        events = [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]
        return Turn(ended.returncode, events or [{}], ended.stderr)
