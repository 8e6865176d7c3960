"""The SDK's client, which hands on nothing that the SDK's own types do not say."""

from typing import Any

from anthropic import Anthropic, APIResponse
from anthropic.types import ErrorResponse, Message
from anthropic.types.shared import error_object
from strict import Terms, check

ERRORS = [name for name in vars(error_object) if name.endswith("ErrorObject")]
TOLD = ["code", "details", "hint", "param", "upstream_request_id"]
AT_THE_LIMIT = ["plan_type", "resets_at", "resets_in_seconds"]

# Fields that their type does not know, and what says that they come.
KNOWN = {
    (error, field): "Postern's own; docs/translation.md says what it is"
    for error in ERRORS
    for field in TOLD + AT_THE_LIMIT
}

# Fields that Anthropic tells in every message, as `null` where there is nothing to tell.
ALWAYS = {Message: ["stop_reason", "stop_sequence"]}

TERMS = Terms(KNOWN, ALWAYS)


class Strict(Anthropic):
    """A client with one more demand: what is told is what the types say."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, _strict_response_validation=True)

    def _process_response_data(self, *, data: Any, cast_to: Any, response: Any) -> Any:
        """One answer or one event, on its way from JSON to the SDK's type."""
        check(data, cast_to, TERMS)
        return super()._process_response_data(data=data, cast_to=cast_to, response=response)

    def _process_response(self, **known: Any) -> Any:
        """A case may only look at the head of an answer; the answer is examined all the same."""
        answer = super()._process_response(**known)
        if isinstance(answer, APIResponse) and not known["stream"]:
            answer.parse()
        return answer

    def _make_status_error(self, err_msg: str, *, body: Any, response: Any) -> Any:
        """A refusal, or the end of a stream that failed."""
        check(body, ErrorResponse, TERMS)
        return super()._make_status_error(err_msg, body=body, response=response)
