"""Who acts: a user, the system (naming the job) or a link (naming the invitation)."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Actor:
    """`kind` is user, system or link; `id` names the user, the job or the invitation; `user` is the row, for a user."""

    kind: str
    id: str
    user: Any = None

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


def SYSTEM(job: str) -> Actor:  # noqa: N802 (reads as the name of an actor: by=SYSTEM("monitoring.dispatch"))
    """The system itself, doing `job`."""
    return Actor("system", job)


def LINK(kind: str, key: Any) -> Actor:  # noqa: N802 (as above)
    """Somebody without an account who holds a link: LINK("invitation", invitation.pk)."""
    return Actor("link", f"{kind}:{key}")


def actor_of(by: Any) -> Actor:
    """`by` as an Actor: actors stay, a signed-in user becomes one. Raises TypeError for anything else."""
    if isinstance(by, Actor):
        return by
    if getattr(by, "is_authenticated", False) and by.pk:
        return Actor("user", str(by.pk), by)
    raise TypeError(f"{by!r} cannot act: a signed-in user, SYSTEM(job) or LINK(kind, key) can.")
