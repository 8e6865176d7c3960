"""Drives OpenCode with Postern as an `openai-compatible` provider and as the base of `openai`."""

import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "runner"))

from runner import Cases, Ended, Sides, drive, holds, same  # noqa: E402

# The program itself: `opencode-ai` only chooses it, from platforms that not every registry has.
PACKAGE = Path(__file__).parent / "node_modules/opencode-linux-x64"
PROGRAM = str(PACKAGE / "bin/opencode")
VERSION = json.loads((PACKAGE / "package.json").read_text())["version"]
QUIET = {
    f"OPENCODE_DISABLE_{what}": "1"
    for what in ["AUTOUPDATE", "DEFAULT_PLUGINS", "LSP_DOWNLOAD", "MODELS_FETCH"]
}


def cases(sides: Sides) -> Cases:
    """Takes turns through Postern."""
    options = {"baseURL": sides.base_url, "apiKey": sides.key}
    common = {"options": options, "models": {sides.model: {"name": "GPT"}}}
    compatible = {"npm": "@ai-sdk/openai-compatible", "name": "Postern"}
    providers = {"postern": compatible | common, "openai": common}

    # One home for all: the first start in a home takes long.
    home = sides.home("opencode", **QUIET)

    def turn(provider: str, prompt: str, *words: str) -> Ended:
        model = f"{provider}/{sides.model}"
        # Its own choice of a small model, for titles, may be one that the plan does not have.
        settings = {"model": model, "small_model": model, "provider": providers}
        written = json.dumps(settings | {"autoupdate": False, "share": "disabled"})
        (home.made(".config/opencode") / "opencode.json").write_text(written)
        # As a word of the command line it would be put in quotes.
        return home.run(PROGRAM, "run", "--format", "json", *words, keyboard=prompt)

    def resume() -> None:
        words = "the word is drawbridge"
        same(done(turn("postern", words)), f"You said: {words}")
        same({asked["model"] for asked in sides.received(words)}, {sides.model})
        same(done(turn("postern", "[[recall]]", "--continue")), words)

    def tool(provider: str) -> None:
        call = '{"command":"echo from-$((6*7))","description":"Counts"}'
        said = done(turn(provider, f"[[call bash {call}]]"))
        holds("from-42" in said, "the model saw the output", said)

    def refused() -> None:
        asked = "[[http cyber-policy]] refused"
        ended = turn("postern", asked)
        holds("cybersecurity risk" in ended.said, "the backend's words", ended.told())

    def quota() -> None:
        asked = "[[http usage-limit resets=3 times=1]] wait"
        same(done(turn("openai", asked)), "You said: wait")

    return {
        "opencode/chat": resume,
        "opencode/chat-tool": lambda: tool("postern"),
        "opencode/responses-tool": lambda: tool("openai"),
        "opencode/refused": refused,
        "opencode/quota": quota,
    }


def done(ended: Ended) -> str:
    """What a turn that ended well said last."""
    same(ended.code, 0, ended.told())
    said = [event["part"]["text"] for event in ended.events() if event["type"] == "text"]
    holds(said, "an answer", ended.told())
    return said[-1].strip()


if __name__ == "__main__":
    sys.exit(drive("opencode", "opencode", VERSION, cases))
