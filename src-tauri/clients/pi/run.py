"""Drives the coding agent Pi with Postern in its `models.json`, once for each dialect it speaks."""

import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "runner"))

from runner import Cases, Ended, Home, Sides, drive, holds, same  # noqa: E402

PACKAGE = Path(__file__).parent / "node_modules/@earendil-works/pi-coding-agent"
ABOUT = json.loads((PACKAGE / "package.json").read_text())
PROGRAM = str(PACKAGE / ABOUT["bin"]["pi"])
APIS = {
    "chat": "openai-completions",
    "responses": "openai-responses",
    "messages": "anthropic-messages",
}
ENOUGH = 9


def cases(sides: Sides) -> Cases:
    """Takes turns through Postern."""
    roots = {"messages": sides.root}

    def pi(name: str) -> Home:
        home = sides.home(name)
        providers = {
            provider: {
                "baseUrl": roots.get(provider, sides.base_url),
                "apiKey": sides.key,
                "api": api,
                "models": [{"id": sides.model}],
            }
            for provider, api in APIS.items()
        }
        written = json.dumps({"providers": providers})
        (home.made(".pi/agent") / "models.json").write_text(written)
        return home

    def turn(home: Home, provider: str, *words: str) -> Ended:
        chosen = ["--provider", provider, "--model", sides.model]
        return home.run(sides.node, PROGRAM, "-p", *chosen, *words)

    def turns(provider: str) -> None:
        home = pi(provider)
        words = f"the word is {provider}"
        same(done(turn(home, provider, words)), f"You said: {words}")
        (asked,) = sides.received(words)
        same(asked["model"], sides.model)
        same(done(turn(home, provider, "--continue", "[[recall]]")), words)

    def tool(provider: str) -> None:
        calls = [f'[[call bash {{"command":"echo {word}-$((6*7))"}}]]' for word in ["one", "two"]]
        said = done(turn(pi(f"{provider}-tool"), provider, " ".join(calls)))
        holds("one-42" in said and "two-42" in said, "both outputs", said)

    def edit() -> None:
        home = pi("edit")
        written = json.dumps({"path": "a.txt", "content": "portcullis\n"})
        done(turn(home, "responses", f"[[call write {written}]]"))
        same((home.scratch / "a.txt").read_text(), "portcullis\n")

    def refused_once(provider: str, number: int) -> bool:
        asked = f"[[http cyber-policy]] refused {provider} {number}."
        ended = turn(pi(f"{provider}-refused-{number}"), provider, asked)
        same(ended.code, 1, ended.told())
        holds("cybersecurity risk" in ended.complaints, "the backend's words", ended.told())
        return len(sides.received(asked)) == 1

    def refused() -> None:
        # Pi repeats whatever has a status like 500 anywhere in its message, be it within an id, and
        # tells only the last message. With ids of chance that is one turn in ten.
        for provider in APIS:
            once = any(refused_once(provider, number) for number in range(ENOUGH))
            holds(once, f"one request of {ENOUGH} that is not repeated")

    def quota() -> None:
        ended = turn(pi("quota"), "responses", "[[http usage-limit resets=3 times=1]] wait")
        same(done(ended), "You said: wait")

    both = {
        f"pi/{provider}{what}": (lambda run=run, provider=provider: run(provider))
        for provider in APIS
        for what, run in [("", turns), ("-tool", tool)]
    }
    return both | {"pi/edit": edit, "pi/refused": refused, "pi/quota": quota}


def done(ended: Ended) -> str:
    """What a turn that ended well said last."""
    same(ended.code, 0, ended.told())
    return ended.said.strip()


if __name__ == "__main__":
    sys.exit(drive("pi", "pi", ABOUT["version"], cases))
