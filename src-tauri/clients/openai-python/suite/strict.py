"""The SDK's client, which hands on nothing that the SDK's own types and OpenAI's schema do not say.

Every whole answer, every event and every error passes here and is held against its type, and then
against the published schema. The few things that may differ stand in `excuses.py` and
`published_excuses.py`, each with its reason.
"""

from typing import Any

from openai import OpenAI
from openai._legacy_response import LegacyAPIResponse
from openai._models import construct_type
from strict import check

from suite.excuses import EXCUSES, forgiven
from suite.published import REFUSAL, as_published
from suite.terms import TERMS

JSON = "application/json"
EVENTS = "text/event-stream"


class Strict(OpenAI):
    """A client with one more demand: what is told is what types and schema say."""

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
        examined(body, REFUSAL)
        return super()._make_status_error(err_msg, body=body, response=response)


def examined(told: Any, kind: Any, streamed: bool = True) -> Any:
    """What was told without what the types excuse; fails where the rest is not of that kind, and
    where it is not what the schema says of that kind."""
    kept = as_typed(told, kind, streamed)
    as_published(told, kind, streamed)
    return kept


def as_typed(told: Any, kind: Any, streamed: bool = True) -> Any:
    """The same, by the types alone."""
    kept = forgiven(told, EXCUSES, streamed)
    if kept is not None:
        check(kept, kind, TERMS)
    return kept
