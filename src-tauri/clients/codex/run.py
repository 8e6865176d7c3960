"""Drives the real Codex CLI: as the judge of the stand-in, and as a client of Postern.

As judge it signs in to the stand-in by device code and takes turns with it as its backend: what
satisfies the original satisfies us. As client it takes turns through Postern, in the two ways
people set it up. Writes the same report as the other runners.
"""

import json
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cli import Codex, Turn
from relay import Relay

sys.path.append(str(Path(__file__).parents[1] / "runner"))

from runner import holds, parser, proxies, report  # noqa: E402


@dataclass(frozen=True)
class Sides:
    """Everything a case needs: the programs, and where both sides are."""

    program: list[str]
    base_url: str
    key: str
    admin: str
    second: str
    postern: list[str]
    ollama: str
    folder: Path
    proxies: dict[str, str]

    def codex(self, name: str, settings: str, **variables: str) -> Codex:
        """A Codex of its own for one case."""
        return Codex(self.program, self.folder / name, settings, **variables, **self.proxies)

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """One call to the stand-in's administration."""
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(self.admin + path, data=data, timeout=30) as reply:
            return json.load(reply)

    def received(self, words: str) -> list[dict[str, Any]]:
        """The answers the stand-in was asked for with these words in the body."""
        everything = self.ask("/admin/received?path=/backend-api/codex/responses")
        return [one for one in everything if words in json.dumps(one.get("json"))]


def judge(sides: Sides) -> dict[str, Callable[[], None]]:
    """Signs in to the stand-in, takes turns with it, and signs out."""
    # Two origins over plain http, and a workspace that names an https origin: the only way in
    # which 0.169.0 takes a backend on loopback without TLS. The seat is not the one that Postern
    # signs in with, which would follow that origin.
    sides.ask("/admin/knobs", {"auto_person": "pro@example.test"})
    sides.ask("/admin/seat", {"account_id": "acct_pro", "origin": "https://chatgpt.com"})
    settings = (
        f'chatgpt_base_url = "{sides.admin}/backend-api"\n'
        f'openai_base_url = "{sides.second}/backend-api/codex"\n'
    )
    tokens = {
        "CODEX_REFRESH_TOKEN_URL_OVERRIDE": f"{sides.admin}/oauth/token",
        "CODEX_REVOKE_TOKEN_URL_OVERRIDE": f"{sides.admin}/oauth/revoke",
    }
    codex = sides.codex("judge", settings, **tokens)
    stored = codex.config / "auth.json"

    def login() -> None:
        ended = codex.run("login", "--device-auth", "--experimental_issuer", sides.admin)
        holds(ended.returncode == 0, "it signs in", ended.stdout, ended.stderr)
        signed_in = json.loads(stored.read_text())["tokens"]
        holds(signed_in["account_id"] == "acct_pro", "the account", signed_in["account_id"])

    def turn() -> None:
        taken = codex.turn("judge, say hello")
        answered(taken, "You said: judge, say hello")
        (asked,) = sides.received("judge, say hello")
        holds(asked["compressed"], "a compressed request", asked["headers"])

    def tool() -> None:
        prompt = 'judge [[call functions.exec_command {"cmd":"echo from-$((6*7))"}]]'
        ran(codex.turn(prompt))

    def renewal() -> None:
        before = json.loads(stored.read_text())["tokens"]
        sides.ask("/admin/expire", {"token": before["access_token"]})
        answered(codex.turn("judge, once more"), "You said: judge, once more")
        after = json.loads(stored.read_text())["tokens"]
        holds(after["refresh_token"] != before["refresh_token"], "a rotated refresh token")

    def logout() -> None:
        ended = codex.run("logout")
        holds(ended.returncode == 0, "it signs out", ended.stdout, ended.stderr)
        holds(not stored.exists(), "the stored tokens are gone")
        holds(sides.ask("/admin/received?path=/oauth/revoke"), "the token was revoked")

    return {
        "codex/judge/login": login,
        "codex/judge/turn": turn,
        "codex/judge/tool": tool,
        "codex/judge/renewal": renewal,
        "codex/judge/logout": logout,
    }


def client(sides: Sides) -> dict[str, Callable[[], None]]:
    """Takes turns through Postern, set up in each of the two ways."""
    door = urlsplit(sides.base_url)

    def custom_provider() -> None:
        settings = (
            'model = "gpt-5.5"\nmodel_provider = "postern"\n'
            '[model_providers.postern]\nname = "Postern"\n'
            f'base_url = "{sides.base_url}"\nenv_key = "POSTERN_KEY"\nwire_api = "responses"\n'
        )
        codex = sides.codex("custom", settings, POSTERN_KEY=sides.key)
        ran(codex.turn('custom [[call exec_command {"cmd":"echo from-$((6*7))"}]]'))

    def command_provider() -> None:
        command, *words = sides.postern
        settings = (
            'model = "gpt-5.5"\nmodel_provider = "postern"\n'
            '[model_providers.postern]\nname = "Postern"\n'
            f'base_url = "{sides.base_url}"\nwire_api = "responses"\n'
            "[model_providers.postern.auth]\n"
            f"command = {json.dumps(command)}\nargs = {json.dumps([*words, 'token'])}\n"
        )
        codex = sides.codex("command", settings)
        ran(codex.turn('command [[call exec_command {"cmd":"echo from-$((6*7))"}]]'))

    def built_in(name: str, address: str) -> Codex:
        settings = f'model = "gpt-5.5"\nopenai_base_url = "http://{address}/v1"\n'
        return sides.codex(name, settings, CODEX_API_KEY=sides.key)

    def built_in_provider() -> None:
        with Relay(door.hostname, door.port) as relay:
            codex = built_in("built-in", relay.address)
            ran(codex.turn('built-in [[call exec_command {"cmd":"echo from-$((6*7))"}]]'))
        holds(relay.statuses == [101], "one WebSocket", relay.statuses)
        holds(relay.posts == 0, "no request beside it", relay.posts)

    def turned_away() -> None:
        settings = 'model = "gpt-5.5"\nopenai_base_url = "http://{}/v1"\n'
        with Relay(door.hostname, door.port) as relay:
            settings = settings.format(relay.address)
            codex = sides.codex("turned-away", settings, CODEX_API_KEY="pk-postern-wrong")
            taken = codex.turn("turned away")
        holds(taken.code == 1, "it gives up", taken.told())
        holds("the local key is not known" in taken.told(), "it says why", taken.told())
        holds(relay.statuses == [426], "one WebSocket attempt, answered 426", relay.statuses)

    def lite() -> None:
        settings = f'model = "gpt-5.6-sol"\nopenai_base_url = "{sides.base_url}"\n'
        codex = sides.codex("lite", settings, CODEX_API_KEY=sides.key)
        # This model's one tool takes a program, which it gets as it stands here.
        program = 'text((await tools.exec_command({cmd: "echo from-$((6*7))"})).output)'
        ran(codex.turn(f"{program} [[call functions.exec]]"))
        (asked, _) = sides.received("tools.exec_command({cmd")
        holds(asked["json"]["input"][0]["type"] == "additional_tools", "the Lite shape", asked)

    def long_talk() -> None:
        codex = built_in("talk", door.netloc)
        answered(codex.turn("the word is portcullis"), "You said: the word is portcullis")
        answered(codex.turn("and now?", "resume", "--last"), "You said: and now?")
        (asked,) = sides.received("and now?")
        holds("the word is portcullis" in json.dumps(asked["json"]), "the first turn is replayed")

    def quota() -> None:
        with Relay(door.hostname, door.port) as relay:
            taken = built_in("quota", relay.address).turn("[[http usage-limit resets=3]] codex")
        holds(taken.code == 1, "it gives up", taken.told())
        holds("usage limit" in taken.told().lower(), "the limit is told", taken.told())
        holds(relay.statuses == [101] and relay.posts == 0, "one WebSocket", relay.statuses)
        holds(len(sides.received("[[http usage-limit resets=3]] codex")) == 1, "no retries")

    def oss() -> None:
        flags = ["--oss", "--local-provider", "ollama", "--model", "gpt-5.5"]
        codex = sides.codex("oss", "", CODEX_OSS_BASE_URL=f"{sides.ollama}/v1")
        ran(codex.turn('oss [[call exec_command {"cmd":"echo from-$((6*7))"}]]', *flags))

    return {
        "codex/client/custom-provider": custom_provider,
        "codex/client/command-provider": command_provider,
        "codex/client/built-in-provider": built_in_provider,
        "codex/client/turned-away": turned_away,
        "codex/client/lite": lite,
        "codex/client/resume": long_talk,
        "codex/client/oss": oss,
        # Last, because its stop outlives it.
        "codex/client/quota": quota,
    }


def answered(taken: Turn, text: str) -> None:
    """The turn ended well with that text."""
    holds(taken.code == 0, "the turn ends well", taken.told())
    holds(taken.text() == text, "the answer", taken.told())


def ran(taken: Turn) -> None:
    """The turn ran the command it was told to, and the model saw the output."""
    holds(taken.code == 0, "the turn ends well", taken.told())
    (command,) = taken.items("command_execution")
    holds(command["exit_code"] == 0, "the command ends well", command)
    holds("from-42" in command["aggregated_output"], "the command's output", command)
    holds("from-42" in taken.text(), "the model saw the output", taken.told())


def main() -> int:
    options = parser()
    options.add_argument("--second", required=True, help="the stand-in's second origin")
    options.add_argument("--postern", required=True, help="the command `postern`")
    options.add_argument("--postern-home", required=True, help="and its `--home`")
    options.add_argument("--ollama", required=True, help="the root of its Ollama door")
    asked = options.parse_args()
    package = Path(__file__).parent / "node_modules/@openai/codex"
    version = json.loads((package / "package.json").read_text())["version"]
    with tempfile.TemporaryDirectory(prefix="postern-codex-") as folder:
        sides = Sides(
            [asked.node, str(package / "bin/codex.js")],
            asked.base_url,
            asked.key,
            asked.admin,
            asked.second,
            [asked.postern, "--home", asked.postern_home],
            asked.ollama,
            Path(folder),
            proxies(asked),
        )
        return report(asked, "codex", "codex", version, judge(sides) | client(sides))


if __name__ == "__main__":
    sys.exit(main())
