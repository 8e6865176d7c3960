"""Drives the real Claude Code as a client of Postern. Writes the same report as the other runners."""

import base64
import json
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claude import Claude, Turn

sys.path.append(str(Path(__file__).parents[1] / "runner"))

from runner import holds, parser, proxies, report  # noqa: E402

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Erk"
    "Jggg=="
)
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


@dataclass(frozen=True)
class Sides:
    """Everything a case needs: the program, and where both sides are."""

    program: str
    door: str
    key: str
    admin: str
    folder: Path
    proxies: dict[str, str]

    def claude(self, name: str) -> Claude:
        """A Claude Code of its own for one case."""
        return Claude(self.program, self.folder / name, self.door, self.key, **self.proxies)

    def script(self, answer: dict[str, Any]) -> None:
        """What the stand-in answers once instead of an answer."""
        script = {"path": "/backend-api/codex/responses", "act": "answer", "times": 1, **answer}
        data = json.dumps(script).encode()
        with urllib.request.urlopen(self.admin + "/admin/script", data=data, timeout=30):
            pass

    def received(self, words: str) -> list[dict[str, Any]]:
        """The answers the stand-in was asked for with these words in the body."""
        path = "/admin/received?path=/backend-api/codex/responses"
        with urllib.request.urlopen(self.admin + path, timeout=30) as reply:
            everything = json.load(reply)
        return [one for one in everything if words in json.dumps(one.get("json"))]


def cases(sides: Sides) -> dict[str, Callable[[], None]]:
    """Takes turns through Postern."""

    def turn() -> None:
        answered(sides.claude("turn").turn("[[say portcullis]] first"), "portcullis")
        (asked,) = sides.received("[[say portcullis]] first")
        body = asked["json"]
        holds("x-anthropic-billing-header" not in json.dumps(body), "no billing line", body)
        holds(body["model"].startswith("gpt-"), "a model of the plan", body["model"])
        holds(body["include"] == ["reasoning.encrypted_content"], "thinking", body["include"])

    def tool() -> None:
        prompt = '[[call Bash {"command":"echo from-$((6*7))","description":"Counts"}]] tool'
        holds("from-42" in done(sides.claude("tool").turn(prompt)), "the command's output")
        (_, again) = sides.received("echo from-")
        kinds = [item["type"] for item in again["json"]["input"]]
        holds("reasoning" in kinds, "the thinking is replayed", kinds)
        holds(kinds.index("function_call_output") > kinds.index("function_call"), "order", kinds)

    def parallel() -> None:
        calls = [f'[[call Bash {{"command":"echo {word}-$((6*7))"}}]]' for word in ["one", "two"]]
        said = done(sides.claude("parallel").turn("[[interleave]] " + " ".join(calls)))
        holds("one-42" in said and "two-42" in said, "both outputs", said)

    def image() -> None:
        claude = sides.claude("image")
        (claude.scratch / "a.png").write_bytes(base64.b64decode(PNG))
        said = done(claude.turn(reading(claude, "a.png")))
        holds("I see a PNG image, 1 by 1 pixels." in said, "the picture", said)

    def document() -> None:
        claude = sides.claude("document")
        (claude.scratch / "b.pdf").write_bytes(PDF)
        taken = claude.turn(reading(claude, "b.pdf"))
        holds(taken.code == 0, "the turn ends well", taken.told())
        sent = json.dumps(sides.received("b.pdf")[-1]["json"])
        holds("data:application/pdf;base64," in sent, "the document", taken.told())

    def web_search() -> None:
        claude = sides.claude("search")
        # The tool has to be looked for before it can be called.
        done(claude.turn('[[call ToolSearch {"query":"select:WebSearch","max_results":3}]]'))
        said = done(claude.turn('[[call WebSearch {"query":"green tea"}]] now', "--continue"))
        holds("The tool WebSearch returned" in said, "a result", said)
        searches = [one["json"] for one in sides.received("green tea")]
        kinds = [tool["type"] for body in searches for tool in body.get("tools", [])]
        holds("web_search" in kinds, "the hosted search", kinds)

    def resume() -> None:
        claude = sides.claude("resume")
        answered(claude.turn("[[say yes]] the word is drawbridge"), "yes")
        answered(claude.turn("[[say so]] and now?", "--continue"), "so")
        (asked,) = sides.received("[[say so]] and now?")
        holds("the word is drawbridge" in json.dumps(asked["json"]), "the first turn is replayed")

    def models() -> None:
        answered(sides.claude("models").turn("[[say small]] haiku", "--model", "haiku"), "small")
        (asked,) = sides.received("[[say small]] haiku")
        holds(asked["json"]["model"] == "gpt-5.6-luna", "a small model", asked["json"]["model"])

    def refused() -> None:
        taken = sides.claude("refused").turn("[[http cyber-policy]] refused")
        holds(taken.events[-1].get("is_error"), "it is an error", taken.told())
        holds("cybersecurity risk" in taken.text(), "the backend's words", taken.told())
        holds(taken.events[-1].get("api_error_code") == "cyber_policy", "its code", taken.told())

    def sealed() -> None:
        claude = sides.claude("sealed")
        answered(claude.turn("[[say one]] before"), "one")
        error = {"message": "The encrypted content gAAA... could not be verified."}
        error |= {"type": "invalid_request_error", "code": "invalid_encrypted_content"}
        headers = {"content-type": "application/json"}
        sides.script({"status": 400, "headers": headers, "body": {"error": error}})
        answered(claude.turn("[[say two]] after", "--continue"), "two")
        asked = [one["json"]["input"] for one in sides.received("[[say two]] after")]
        thoughts = [sum(item["type"] == "reasoning" for item in items) for items in asked]
        holds(thoughts == [1, 0], "once with its thinking, then without", thoughts)

    def quota() -> None:
        taken = sides.claude("quota").turn("[[http usage-limit resets=3]] stop")
        holds(taken.events[-1].get("is_error"), "it is an error", taken.told())
        holds("usage limit" in taken.text().lower(), "the limit is told", taken.told())
        holds(len(sides.received("[[http usage-limit resets=3]] stop")) == 1, "one request")

    return {
        "claude-code/turn": turn,
        "claude-code/tool": tool,
        "claude-code/parallel": parallel,
        "claude-code/image": image,
        "claude-code/document": document,
        "claude-code/web-search": web_search,
        "claude-code/resume": resume,
        "claude-code/models": models,
        "claude-code/refused": refused,
        "claude-code/sealed": sealed,
        "claude-code/quota": quota,
    }


def reading(claude: Claude, name: str) -> str:
    """A prompt that makes it read a file."""
    path = json.dumps(str(claude.scratch / name))
    return f'[[call Read {{"file_path":{path}}}]]'


def answered(taken: Turn, text: str) -> None:
    """The turn ended well with that text."""
    holds(done(taken) == text, "the answer", taken.told())


def done(taken: Turn) -> str:
    """What a turn that ended well said last."""
    ended = taken.code == 0 and not taken.events[-1].get("is_error")
    holds(ended, "the turn ends well", taken.told())
    return taken.text()


def main() -> int:
    asked = parser().parse_args()
    package = Path(__file__).parent / "node_modules/@anthropic-ai/claude-code"
    version = json.loads((package / "package.json").read_text())["version"]
    with tempfile.TemporaryDirectory(prefix="postern-claude-") as folder:
        sides = Sides(
            str(package / "bin/claude.exe"),
            asked.base_url.removesuffix("/v1"),
            asked.key,
            asked.admin,
            Path(folder),
            proxies(asked),
        )
        return report(asked, "claude-code", "claude_code", version, cases(sides))


if __name__ == "__main__":
    sys.exit(main())
