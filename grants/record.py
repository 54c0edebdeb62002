"""The record of a sitting: what was decided, and from what, as canonical JSON. Jurors stand in it by their keys, never by name.

Everything in it can be worked out again from the rows: `recompute_decision` does, and names the first line that differs.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from grants.board import DECISION_OF, Board
from grants.models import Seat, Sitting
from grants.states import Result
from workflows import chain

VERSION = 1
DIGITS = 6


def of_sitting(sitting: Sitting, *, left: int | None = None) -> dict[str, Any]:
    """The record of a sitting as its rows have it now; `left` is what the call had left, where that is on record already."""
    board = Board(sitting, left=left)
    call, ranking = sitting.call, board.ranking
    return {
        "v": VERSION,
        "sitting": str(sitting.pk),
        "call": {
            "id": str(call.pk),
            "mode": str(call.decision_mode),
            "currency": call.currency,
            "left": board.budget,
            "pass_mark": call.pass_mark,
            "quorum": call.quorum,
            "criteria": [{"code": one.code, "weight": one.weight} for one in board.criteria],
        },
        "held_on": sitting.held_on.isoformat(),
        "chair": str(sitting.chair_id),
        "seed": sitting.seed,
        "jury": sorted(
            ({"juror": str(one.user_id), "institution": one.institution, "left": one.left_at is not None}
             for one in sitting.members.all()),
            key=lambda one: (one["juror"], one["left"]),
        ),
        "pitches": [_pitch(board, row) for row in board.rows],
        "jurors": [
            {"juror": one.juror, "severity": _rounded(one.severity), "sheets": one.sheets} for one in ranking.jurors
        ],
        "connected": ranking.connected,
        "withheld": ranking.withheld.code if ranking.withheld else None,
        "alpha": {code: _rounded(value) for code, value in ranking.alpha.items()},
        "awarded": board.awarded,
        "rule_awards": board.rule.spent,
        "best": {"pitches": sorted(board.best.pitches), "spent": board.best.spent},
    }  # fmt: skip


def _pitch(board: Board, row: Any) -> dict[str, Any]:
    item, decision, ranked = row.item, row.decision, row.ranked
    sheets: dict[str, dict[str, int | None]] = {}
    for pitch, juror, code, level in board.scores:
        if pitch == item.pitch_id:
            sheets.setdefault(str(juror), {})[code] = level
    return {
        "pitch": str(item.pitch_id),
        "number": item.pitch.number,
        "lot": item.position,
        "absent": item.absent_at is not None,
        "asked": row.asked,
        "sheets": [{"juror": juror, "levels": sheets[juror]} for juror in sorted(sheets)],
        "not_there": sorted(str(user) for user in _absent(board).get(item.pitch_id, ())),
        "raw": _rounded(ranked.raw) if ranked else None,
        "adjusted": _rounded(ranked.adjusted) if ranked else None,
        "rule": row.rule.decision if row.rule else None,
        "decision": {
            "result": DECISION_OF[Result(decision.result)],
            "amount": decision.amount,
            "conditions": len(decision.conditions),
            "reasons": list(decision.reasons),
            "votes": [decision.votes_for, decision.votes_against],
            "leaves_rule": bool(decision.leaves_rule_because),
        }
        if decision
        else None,
    }


def _absent(board: Board) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] | None = board.__dict__.get("_not_there")
    if found is None:
        found = {}
        absent = Seat.objects.held().filter(member__sitting=board.sitting.pk, absent_at__isnull=False)
        for pitch, user in absent.values_list("pitch", "member__user"):
            found.setdefault(pitch, []).append(user)
        board.__dict__["_not_there"] = found
    return found


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS) + 0.0


def canonical(record: dict[str, Any]) -> str:
    """The one text of the record that is kept."""
    return chain.canonical(record)


def digest(text: str) -> str:
    """What names the record in the event."""
    return hashlib.sha256(text.encode()).hexdigest()


def differences(sitting: Sitting) -> Iterator[str]:
    """Where the record of a signed sitting and the one worked out again from its rows differ, in the order of the record."""
    if digest(sitting.record) != sitting.record_digest:
        yield "record: its text does not have its digest"
    kept = json.loads(sitting.record)
    yield from _differ(kept, json.loads(canonical(of_sitting(sitting, left=kept["call"]["left"]))), "record")


def _differ(was: Any, now: Any, place: str) -> Iterator[str]:
    if isinstance(was, dict) and isinstance(now, dict):
        for key in sorted({*was, *now}):
            yield from _differ(was.get(key), now.get(key), f"{place}.{key}")
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for number, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from _differ(one, other, f"{place}[{number}]")
    elif was != now:
        yield f"{place}: {json.dumps(was)} is on record, {json.dumps(now)} follows from the scores"
