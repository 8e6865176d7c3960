"""Drives aider with Postern as its OpenAI API: messages without a git repository."""

import sys
from importlib.metadata import version
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "runner"))

from runner import Cases, Ended, Sides, drive, holds, same  # noqa: E402

AIDER = str(Path(sys.executable).with_name("aider"))
QUIET = [
    "--no-git",
    "--yes-always",
    "--no-pretty",
    "--no-check-update",
    "--no-show-model-warnings",
    "--no-show-release-notes",
    "--analytics-disable",
]
# What it is answered, and so edits.
EDIT = """[[say a.txt
```
portcullis
```
]]"""


def cases(sides: Sides) -> Cases:
    """Messages as a script sends them."""
    home = sides.home(
        "aider",
        LITELLM_LOCAL_MODEL_COST_MAP="True",
        OPENAI_API_BASE=sides.base_url,
        OPENAI_API_KEY=sides.key,
    )
    # A list of prices that it need not fetch.
    (home.made(".aider/caches") / "model_prices_and_context_window.json").write_text('{"a": {}}')

    def message(text: str, *words: str) -> Ended:
        return home.run(AIDER, "--model", f"openai/{sides.model}", *QUIET, *words, "--message", text)

    def edit(*how: str) -> None:
        written = home.scratch / "a.txt"
        written.write_text("drawbridge\n")
        ended = message(EDIT, "a.txt", *how)
        holds("Applied edit to a.txt" in ended.said, "an edit", ended.told())
        same(written.read_text(), "portcullis\n")
        (asked, *_) = sides.received("drawbridge")
        same(asked["model"], sides.model)

    def refused() -> None:
        ended = message("[[http cyber-policy]] refused")
        holds("This request has been flagged" in ended.said, "the backend's words", ended.told())

    def quota() -> None:
        ended = message("[[http usage-limit resets=3 times=1]] [[say portcullis]]")
        holds("The usage limit has" in ended.said, "the limit is told", ended.told())
        holds("portcullis" in ended.said, "an answer", ended.told())

    return {
        "aider/stream": edit,
        "aider/whole": lambda: edit("--no-stream"),
        "aider/refused": refused,
        "aider/quota": quota,
    }


if __name__ == "__main__":
    sys.exit(drive("aider", "aider", version("aider-chat"), cases))
