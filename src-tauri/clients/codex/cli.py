"""The Codex CLI in a home of its own, with nothing that calls home."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

QUIET = """\
check_for_update_on_startup = false
cli_auth_credentials_store = "file"

[features]
plugins = false
apps = false

[analytics]
enabled = false

[otel]
metrics_exporter = "none"
"""


@dataclass(frozen=True)
class Turn:
    """What one `codex exec` did."""

    code: int
    events: list[dict[str, Any]]
    complaints: str

    def items(self, kind: str) -> list[dict[str, Any]]:
        """The finished items of one kind."""
        ended = [event for event in self.events if event["type"] == "item.completed"]
        return [event["item"] for event in ended if event["item"]["type"] == kind]

    def text(self) -> str:
        """The last message."""
        return self.items("agent_message")[-1]["text"]

    def told(self) -> str:
        """Everything, for a note."""
        return json.dumps(self.events)[-1500:] + self.complaints[-500:]


class Codex:
    """One home folder and one configuration."""

    def __init__(self, program: list[str], folder: Path, settings: str, **variables: str) -> None:
        self._program = program
        self._scratch = folder / "scratch"
        self._home = folder / "home"
        self.config = self._home / ".codex"
        for needed in [self._scratch, self.config]:
            needed.mkdir(parents=True)
        (self.config / "config.toml").write_text(settings + QUIET)
        self._variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._home),
            "CODEX_HOME": str(self.config),
            **variables,
        }

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs it to its end, without a keyboard."""
        return subprocess.run(
            [*self._program, *words],
            cwd=self._scratch,
            env=self._variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def turn(self, prompt: str, *words: str) -> Turn:
        """One turn, free to run commands: the scratch folder is all there is to lose."""
        flags = ["--skip-git-repo-check", "--json", "--dangerously-bypass-approvals-and-sandbox"]
        ended = self.run("exec", *flags, *words, prompt)
        events = [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]
        return Turn(ended.returncode, events, ended.stderr)
