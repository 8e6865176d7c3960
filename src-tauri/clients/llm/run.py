"""Drives Simon Willison's `llm` with Postern in its `extra-openai-models.yaml`."""

import sys
from importlib.metadata import version
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "runner"))

from runner import Cases, Ended, Sides, drive, holds, same  # noqa: E402

LLM = str(Path(sys.executable).with_name("llm"))
WEATHER = '''
def weather(city: str) -> str:
    """Gives the weather."""
    return f"rain in {city}"
'''


def cases(sides: Sides) -> Cases:
    """Prompts as a person types them."""
    home = sides.home("llm")
    model = f"""\
- model_id: postern
  model_name: {sides.model}
  api_base: {sides.base_url}
  api_key_name: postern
  supports_tools: true
  supports_schema: true
  vision: true
"""
    (home.made(".config/io.datasette.llm") / "extra-openai-models.yaml").write_text(model)
    same(home.run(LLM, "keys", "set", "postern", "--value", sides.key).code, 0)

    def prompt(*words: str) -> Ended:
        return home.run(LLM, "-m", "postern", *words)

    def stream() -> None:
        answered(prompt("the word is drawbridge"), "You said: the word is drawbridge")
        (asked,) = sides.received("drawbridge")
        same(asked["model"], sides.model)

    def resume() -> None:
        answered(prompt("--continue", "[[recall]]"), "the word is drawbridge")

    def whole() -> None:
        answered(prompt("--no-stream", "[[words 3]]"), "word1 word2 word3")

    def tool() -> None:
        asked = '[[call weather {"city":"Bern"}]] now'
        for how in [(), ("--no-stream",)]:
            answered(prompt("--functions", WEATHER, *how, asked), "rain in Bern")

    def schema() -> None:
        answered(prompt("--schema", "name, age int", "a dog"), '{"name":"name","age":1}')

    def refused() -> None:
        told(prompt("[[http cyber-policy]] refused"), "Error: ", "cybersecurity risk")

    def quota() -> None:
        told(prompt("[[http usage-limit resets=3]] stop"), "429", "The usage limit has been")
        same(len(sides.received("] stop")), 1, "one request")

    return {
        "llm/stream": stream,
        "llm/resume": resume,
        "llm/whole": whole,
        "llm/tool": tool,
        "llm/schema": schema,
        "llm/refused": refused,
        "llm/quota": quota,
    }


def answered(ended: Ended, text: str) -> None:
    """It ended well, and that text came last."""
    holds(ended.code == 0, "it ends well", ended.told())
    holds(ended.said.rstrip().endswith(text), "the answer", ended.told())


def told(ended: Ended, *words: str) -> None:
    """It ended badly and complained in these words."""
    same(ended.code, 1, ended.told())
    for word in words:
        holds(word in ended.complaints, f"`{word}`", ended.told())


if __name__ == "__main__":
    sys.exit(drive("llm", "llm", version("llm"), cases))
