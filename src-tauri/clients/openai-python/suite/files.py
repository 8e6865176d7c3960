"""Files that requests refer to."""

import openai

from suite.door import Door, user
from suite.doors import raised
from suite.table import case, holds, same


@case("files/create")
def create(door: Door) -> None:
    file = door.client.files.create(file=("notes.txt", b"hello"), purpose="user_data")
    same((file.bytes, file.filename, file.purpose), (5, "notes.txt", "user_data"), "the file")
    same(door.client.files.retrieve(file.id), file, "the file again")
    holds(file.id in [one.id for one in door.client.files.list()], "the file is listed")
    answer = door.respond([user([{"type": "input_file", "file_id": file.id}])])
    holds(f"I read the file {file.id}." in answer.output_text, "it is read", answer.output_text)


@case("files/delete")
def delete(door: Door) -> None:
    file = door.client.files.create(file=("notes.txt", b"hello"), purpose="assistants")
    error = raised(lambda: door.client.files.delete(file.id), openai.NotFoundError)
    same(error.code, "unsupported_endpoint", "code")
    holds("no way to delete" in str(error), "the reason", error)


@case("files/unknown")
def unknown(door: Door) -> None:
    error = raised(lambda: door.client.files.retrieve("file-nobody"), openai.NotFoundError)
    same(error.code, "file_not_found", "code")
