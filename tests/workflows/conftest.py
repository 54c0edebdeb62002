"""The toy's own locks: a porter may everything, a guest may only shut; the system may creak."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from tests.toy.models import Door
from workflows import hooks
from workflows.acting import act


@dataclass(frozen=True)
class Hand:
    """Whoever acts on a door. `is_authenticated` as a signed-in user has it."""

    name: str
    pk: UUID = field(default_factory=uuid4)
    is_authenticated: bool = True


@pytest.fixture
def porter() -> Hand:
    return Hand("porter")


@pytest.fixture
def second_porter() -> Hand:
    return Hand("porter")


@pytest.fixture
def guest() -> Hand:
    return Hand("guest")


def toy_authority(actor, verb, obj):
    if not verb.startswith("toy."):
        return "Only doors here."
    if actor.kind == "system":
        return None
    if actor.kind == "link":
        return "A link opens no door."
    if actor.user.name == "guest" and verb != "toy.shut":
        return "The porter does this. Ask him"
    return None


@pytest.fixture(autouse=True)
def toy_locks():
    before, kept = list(hooks._authority), {name: dict(found) for name, found in hooks._listeners.items()}
    objections = {name: list(found) for name, found in hooks._objections.items()}
    hooks.authority(toy_authority)
    yield
    hooks._authority[:] = before
    hooks._listeners.clear()
    hooks._listeners.update(kept)
    hooks._objections.clear()
    hooks._objections.update(objections)


def built(by, **fields) -> Door:
    with act(Door(**fields), "toy.build", by=by) as door:
        pass
    return door


@pytest.fixture
def door(db, porter) -> Door:
    return built(porter)
