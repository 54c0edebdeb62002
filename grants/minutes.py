"""The minutes of a sitting write themselves: who sat, the lot, what was decided and why; and whether the pass fell alike on all.

Open minutes name institutions. Closed ones name jurors and who stepped out, for the chair and the grant officer (promise 5.9).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from grants.board import Board, Row, board_of
from grants.models import AgendaItem, JuryMember, Pitch, Seat, Sitting
from grants.states import PitchState

SMALL = 5
FOUR_FIFTHS = 0.8
PASSED = (PitchState.AWARDED, PitchState.RESERVE, PitchState.CONTRACTED, PitchState.COMPLETED, PitchState.TERMINATED)
HEARD = (*PASSED, PitchState.DECLINED, PitchState.APPEALED)


@dataclass(frozen=True)
class Share:
    """Of one group: how many were heard, and how many passed; None where so few that somebody could be recognised."""

    group: Any
    heard: int | None
    passed: int | None

    @property
    def percent(self) -> int | None:
        return round(100 * self.passed / self.heard) if self.heard and self.passed is not None else None


@dataclass(frozen=True)
class Slice:
    """The pass shares by one trait, and whether the gap asks the committee for a sentence."""

    label: Any
    shares: tuple[Share, ...]

    @property
    def gap(self) -> bool:
        """Whether a group that can be shown passes less than four fifths as often as the best one."""
        known = [one.passed / one.heard for one in self.shares if one.heard and one.passed is not None]
        return len(known) > 1 and min(known) < FOUR_FIFTHS * max(known)


@dataclass(frozen=True)
class Heard:
    """One pitch in the minutes."""

    row: Row
    left: tuple[str, ...]
    """Who stepped out, by name in the closed minutes, by institution in the open ones."""


@dataclass(frozen=True)
class Minutes:
    """Everything that the minutes say."""

    board: Board
    jury: tuple[str, ...]
    pitches: tuple[Heard, ...]
    slices: tuple[Slice, ...]
    sheets_printed: int
    sheets_entered: int

    @property
    def asks_for_a_sentence(self) -> bool:
        return any(one.gap for one in self.slices)


def of_sitting(sitting: Sitting, *, names: bool) -> Minutes:
    """The minutes as they stand now; with juror names only where `names`."""
    board = board_of(sitting)
    members = list(sitting.members.select_related("user"))
    called = {one.pk: f"{one.user.name}, {one.institution}" if names else one.institution for one in members}
    out: dict[Any, list[str]] = {}
    for pitch, member in Seat.objects.filter(member__sitting=sitting).exclude(conflict="").values_list("pitch", "member"):
        out.setdefault(pitch, []).append(called[member])
    sheets = _sheets(sitting)
    return Minutes(
        board=board,
        jury=tuple(sorted(_present(members, called))),
        pitches=tuple(Heard(row, tuple(sorted(out.get(row.item.pitch_id, ())))) for row in board.rows),
        slices=tuple(pass_shares(sitting)),
        sheets_printed=sheets[0],
        sheets_entered=sheets[1],
    )


def _present(members: Iterable[JuryMember], called: dict[int, str]) -> list[str]:
    return [called[one.pk] for one in members if one.left_at is None]


def _sheets(sitting: Sitting) -> tuple[int, int]:
    from grants.models import PaperSheet

    rows = PaperSheet.objects.filter(seat__member__sitting=sitting).values_list("second_at", flat=True)
    return len(rows), sum(at is not None for at in rows) if sitting.signed_at else 0


def pass_shares(sitting: Sitting) -> list[Slice]:
    """How the pass fell by sex, way of return, education and place over the call, small groups hidden (promise 5.11).

    Counted over every pitch of the call that was decided: one sitting alone is too few to say anything of.
    """
    rows = (
        Pitch.objects.filter(call=sitting.call_id, state__in=HEARD)
        .exclude(pk__in=AgendaItem.objects.filter(absent_at__isnull=False, decided_at__isnull=False).values("pitch"))
        .select_related("case__person__profile")
        .order_by("number")
    )
    traits: dict[Any, Counter[tuple[Any, bool]]] = {}
    for pitch in rows:
        person, profile = pitch.case.person, getattr(pitch.case.person, "profile", None)
        passed = pitch.state in PASSED
        for label, value in (
            (_("Sex"), person.get_sex_display()),
            (_("Way of return"), _way(pitch.case)),
            (_("Education"), profile.get_level_display() if profile and profile.level else _("not known")),
            (_("Place"), person.region or person.place or _("not known")),
        ):
            traits.setdefault(label, Counter())[value, passed] += 1
    return [_slice(label, counted) for label, counted in traits.items()]


def _way(case: Any) -> Any:
    return case.get_return_as_sent_display() or _("not known")


def _slice(label: Any, counted: Counter[tuple[Any, bool]]) -> Slice:
    groups = sorted({group for group, _passed in counted}, key=str)
    heard = {group: counted[group, True] + counted[group, False] for group in groups}
    hidden = {group for group in groups if heard[group] < SMALL}
    if len(hidden) == 1 and len(groups) > 1:
        # One hidden group alone could be worked out from the sum: the next smallest hides with it.
        hidden.add(min((group for group in groups if group not in hidden), key=lambda group: (heard[group], str(group))))
    return Slice(
        label,
        tuple(
            Share(group, None, None) if group in hidden else Share(group, heard[group], counted[group, True]) for group in groups
        ),
    )
