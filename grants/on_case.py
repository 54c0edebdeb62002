"""What of this room stands beside one file: its pitches, the promises of money, their parts. One question for all of it."""

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from casework.story import Row, as_rows, gathered
from grants.models import Contract, Pitch, PitchMember, Tranche
from grants.states import (
    BEFORE_A_JURY,
    DECIDED,
    OPEN_TRANCHE,
    PAID_TRANCHE,
    UNSETTLED_TRANCHE,
    ContractKind,
    PitchState,
    TrancheState,
)


@dataclass(frozen=True)
class APitch:
    """One pitch of the file."""

    pk: uuid.UUID
    state: PitchState
    title: str
    since: str
    told_on: str
    amount: int

    @property
    def url(self) -> str:
        return reverse("grants:pitch", args=[self.pk])

    @property
    def decided(self) -> bool:
        """Whether a committee has said what becomes of it, and there is a letter."""
        return self.state in (*DECIDED, PitchState.CONTRACTED)

    @property
    def before_a_jury(self) -> bool:
        return self.state in BEFORE_A_JURY

    @property
    def stream(self) -> str:
        return f"{Pitch.stream_kind}:{self.pk}"


@dataclass(frozen=True)
class APart:
    """One tranche."""

    pk: uuid.UUID
    state: TrancheState
    contract: "APromise"
    number: int
    amount: int
    since: str
    paid_on: str

    @property
    def url(self) -> str:
        return f"{self.contract.url}#tranche-{self.number}"

    @property
    def unsettled(self) -> bool:
        return self.state in UNSETTLED_TRANCHE

    @property
    def stream(self) -> str:
        return f"{Tranche.stream_kind}:{self.pk}"


@dataclass(frozen=True)
class APromise:
    """One award under contract, or one support, with its parts; amounts are minor units of `currency`."""

    pk: uuid.UUID
    kind: str
    purpose: str
    currency: str
    amount: int
    pitch: uuid.UUID | None
    parts: list[APart] = field(default_factory=list)

    @property
    def url(self) -> str:
        return reverse("grants:contract", args=[self.pk])

    def __str__(self) -> str:
        return self.purpose or str(ContractKind(self.kind).label)

    @property
    def paid(self) -> int:
        """What reached them."""
        return sum(part.amount for part in self.parts if part.state in PAID_TRANCHE)

    @property
    def left(self) -> int:
        """What is neither paid nor given up."""
        return sum(part.amount for part in self.parts if part.state in OPEN_TRANCHE)

    @property
    def stream(self) -> str:
        return f"{Contract.stream_kind}:{self.pk}"


@dataclass(frozen=True)
class Beside:
    """All of it for one file."""

    pitches: list[APitch]
    promises: list[APromise]

    @property
    def parts(self) -> list[APart]:
        return [part for promise in self.promises for part in promise.parts]

    @property
    def running(self) -> list[APromise]:
        """Contracts of awards that are neither completed nor ended early."""
        under = {pitch.pk for pitch in self.pitches if pitch.state == PitchState.CONTRACTED}
        return [promise for promise in self.promises if promise.pitch in under]


def beside(case_id: uuid.UUID) -> Beside:
    """What stands beside the file now: its own pitches and those it shares in, and the money promised to it or through them."""
    shared = PitchMember.objects.filter(case=case_id)
    through = Exists(shared.filter(pitch=OuterRef("pitch")))
    of_parts = Exists(shared.filter(pitch=OuterRef("contract__pitch")))
    rows = gathered(
        [
            as_rows(
                "pitch", Pitch.objects.of_case(case_id), "state", "title", "state_since", "told_on", "amount", "number"
            ),
            as_rows(
                "contract", Contract.objects.filter(through) | Contract.objects.filter(case=case_id),
                "kind", "purpose", "currency", "amount", "pitch", "signed_on",
            ),
            as_rows(
                "tranche", Tranche.objects.filter(of_parts) | Tranche.objects.filter(contract__case=case_id),
                "state", "contract", "number", "amount", "state_since", "paid_on",
            ),
        ]
    )  # fmt: skip
    kinds: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        kinds[row.kind].append(row)
    pitches = [
        APitch(uuid.UUID(row.key), PitchState(row.a), row.b, row.c[:10], row.d[:10], int(row.e or 0))
        for row in sorted(kinds["pitch"], key=lambda row: (row.c, row.key), reverse=True)
    ]
    promises = {
        uuid.UUID(row.key): APromise(uuid.UUID(row.key), row.a, row.b, row.c, int(row.d), uuid.UUID(row.e) if row.e else None)
        for row in sorted(kinds["contract"], key=lambda row: (row.f, row.key), reverse=True)
    }
    for row in sorted(kinds["tranche"], key=lambda row: int(row.c)):
        promise = promises[uuid.UUID(row.b)]
        promise.parts.append(
            APart(uuid.UUID(row.key), TrancheState(row.a), promise, int(row.c), int(row.d), row.e[:10], row.f[:10])
        )
    return Beside(pitches, list(promises.values()))


def keep(case: Any) -> Beside:
    """Read it for a page that shows it, and lay it beside the row in hand: the verbs of the same page ask for it next."""
    found = beside(case.pk)
    vars(case)["_beside"] = found
    return found


def take(case: Any) -> Beside:
    """What a page laid beside the row, once; else as it stands now. An act holds a row of its own, and always reads."""
    kept: Beside | None = vars(case).pop("_beside", None)
    return beside(case.pk) if kept is None else kept
