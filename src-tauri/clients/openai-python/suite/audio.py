"""Speech to text."""

import openai

from suite.door import Door
from suite.doors import raised
from suite.table import case, holds, same

FILE = ("hi.wav", b"RIFF", "audio/wav")


@case("audio/transcribe")
def transcribe(door: Door) -> None:
    answer = door.client.audio.transcriptions.create(
        model="gpt-4o-transcribe", file=FILE, prompt="the word Postern"
    )
    same(answer.text, "I heard hi.wav, 4 bytes. You said: the word Postern", "text")


@case("audio/formats")
def formats(door: Door) -> None:
    create = door.client.audio.transcriptions.create
    plain = create(
        model="whisper-1", file=FILE, prompt="[[say hello]]", response_format="text"
    )
    same(plain.strip(), "hello", "plain text")
    verbose = create(
        model="whisper-1", file=FILE, prompt="[[say hello]]", response_format="verbose_json"
    )
    same(verbose.text, "hello", "text of `verbose_json`")
    error = raised(
        lambda: create(model="whisper-1", file=FILE, response_format="srt"),
        openai.BadRequestError,
    )
    same((error.code, error.param), ("unsupported_value", "response_format"), "code and field")


@case("audio/stream")
def stream(door: Door) -> None:
    events = list(
        door.client.audio.transcriptions.create(
            model="gpt-4o-transcribe", file=FILE, prompt="[[say hello]]", stream=True
        )
    )
    kinds = ["transcript.text.delta", "transcript.text.done"]
    same([event.type for event in events], kinds, "events")
    same(events[-1].text, "hello", "text")


@case("audio/translations")
def translations(door: Door) -> None:
    error = raised(
        lambda: door.client.audio.translations.create(model="whisper-1", file=FILE),
        openai.NotFoundError,
    )
    same(error.code, "unsupported_endpoint", "code")
    holds("audio/transcriptions" in str(error), "what to use instead", error)
