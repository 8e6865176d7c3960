"""Images: made, changed, streamed."""

import base64
import struct

import openai

from suite.door import Door
from suite.doors import raised
from suite.table import case, holds, same
from suite.things import png


@case("images/generate")
def generate(door: Door) -> None:
    answer = door.client.images.generate(model="gpt-image-2", prompt="a cat", size="1024x1024")
    same(size(answer.data[0].b64_json), (1024, 1024), "the picture's own size")
    same((answer.size, answer.output_format), ("1024x1024", "png"), "what is told of it")
    holds(answer.created > 0, "a time", answer.created)


@case("images/real-size")
def real_size(door: Door) -> None:
    raw = door.client.images.with_raw_response.generate(
        model="dall-e-3", prompt="[[size 96x64]] a cat", size="1024x1024", style="vivid"
    )
    same(raw.parse().size, "96x64", "size")
    same(raw.headers["x-postern-ignored"], "model, style, size", "named fields")


@case("images/several")
def several(door: Door) -> None:
    answer = door.client.images.generate(model="gpt-image-2", prompt="a cat", n=3)
    same(len(answer.data), 3, "pictures")


@case("images/stream")
def stream(door: Door) -> None:
    events = list(
        door.client.images.generate(
            model="gpt-image-2", prompt="a cat", stream=True, partial_images=2
        )
    )
    kinds = ["image_generation.partial_image"] * 2 + ["image_generation.completed"]
    same([event.type for event in events], kinds, "events")
    same([event.partial_image_index for event in events[:2]], [0, 1], "partial images")
    same(size(events[-1].b64_json), (1024, 1024), "the picture's own size")
    holds(events[-1].usage.total_tokens > 0, "usage", events[-1].usage)


@case("images/edit")
def edit(door: Door) -> None:
    files = [("a.png", picture()), ("b.png", picture())]
    answer = door.client.images.edit(model="gpt-image-2", image=files, prompt="join them", n=2)
    same(len(answer.data), 2, "pictures")


@case("images/edit-mask")
def edit_mask(door: Door) -> None:
    answer = door.client.images.edit(
        model="gpt-image-2",
        image=("a.png", picture()),
        mask=("mask.png", picture()),
        prompt="python paints a hat",
    )
    same(size(answer.data[0].b64_json), (1024, 1024), "the picture's own size")
    tool = door.received("python paints a hat")[0]["json"]["tools"][0]
    holds(tool["input_image_mask"]["image_url"].startswith("data:image/png"), "the mask", tool)


@case("images/url")
def url(door: Door) -> None:
    error = raised(
        lambda: door.client.images.generate(
            model="gpt-image-2", prompt="a cat", response_format="url"
        ),
        openai.BadRequestError,
    )
    same((error.code, error.param), ("unsupported_value", "response_format"), "code and field")
    holds("b64_json" in str(error), "what to use instead", error)


def picture() -> bytes:
    """A small PNG."""
    return base64.b64decode(png(2, 3).partition(",")[2])


def size(data: str) -> tuple[int, int]:
    """The size that a PNG tells in its header."""
    return struct.unpack(">II", base64.b64decode(data)[16:24])
