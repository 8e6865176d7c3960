"""The SDK's client, which hands on nothing that the SDK's own types do not say.

Every whole answer, every event and every error passes here and is held against its type. The few
things that may differ stand in `excuses.py`, each with its reason.
"""

from typing import Any, Literal

from openai import OpenAI
from openai._legacy_response import LegacyAPIResponse
from openai._models import construct_type
from openai.types.shared import ErrorObject
from strict import check

from suite.excuses import forgiven
from suite.terms import TERMS

REFUSAL = dict[Literal["error"], ErrorObject]
JSON = "application/json"
EVENTS = "text/event-stream"


class Strict(OpenAI):
    """A client with one more demand: what is told is what the types say."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, _strict_response_validation=True)

    def _process_response_data(self, *, data: Any, cast_to: Any, response: Any) -> Any:
        """One answer or one event, on its way from JSON to the SDK's type."""
        streamed = response.headers["content-type"].startswith(EVENTS)
        kept = examined(data, cast_to, streamed)
        if kept == data:
            return super()._process_response_data(data=data, cast_to=cast_to, response=response)
        return construct_type(type_=cast_to, value=data)

    def _process_response(self, **known: Any) -> Any:
        """A case may only look at the head of an answer; the answer is examined all the same."""
        answer = super()._process_response(**known)
        if isinstance(answer, LegacyAPIResponse) and not known["stream"]:
            answer.parse()
        return answer

    def _make_status_error(self, err_msg: str, *, body: Any, response: Any) -> Any:
        """A refusal."""
        if not response.headers["content-type"].startswith(JSON):
            raise AssertionError(f"a refusal that is no JSON: {response.text!r:.300}")
        check(body, REFUSAL, TERMS)
        return super()._make_status_error(err_msg, body=body, response=response)


def examined(told: Any, kind: Any, streamed: bool = True) -> Any:
    """What was told without what is excused; fails where the rest is not of that kind."""
    kept = forgiven(told, streamed)
    if kept is not None:
        check(kept, kind, TERMS)
    return kept


def examined_error(told: Any) -> None:
    """Fails unless that is an error as it may stand within a stream."""
    check(told, ErrorObject, TERMS)
