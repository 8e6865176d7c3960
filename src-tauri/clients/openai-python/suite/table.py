"""The functions behind the rows of the shared table."""

from collections.abc import Callable
from typing import Any

from suite.door import Door

Case = Callable[[Door], None]

_CASES: dict[str, Case] = {}


def case(name: str) -> Callable[[Case], Case]:
    """Puts a function behind the row `name`."""

    def put(function: Case) -> Case:
        if name in _CASES:
            raise ValueError(f"two functions for {name}")
        _CASES[name] = function
        return function

    return put


def cases() -> dict[str, Case]:
    """All of them, by the name of their row."""
    return dict(_CASES)


def same(actual: Any, expected: Any, what: str = "value") -> None:
    """Fails with both values when they differ."""
    if actual != expected:
        raise AssertionError(f"{what}: {shown(actual)} instead of {shown(expected)}")


def holds(truth: Any, what: str, *evidence: Any) -> None:
    """Fails with `what` and the evidence when `truth` is not."""
    if not truth:
        raise AssertionError(": ".join([what, *map(shown, evidence)]))


def shown(value: Any) -> str:
    """A value, short enough for a table."""
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}…"
