"""What waits for a second person: enough to decide by, and a name only for those who see the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.scope import EVERYWHERE, scope_of
from casework.models import Attempt, Case, Plan
from casework.rules import in_money
from casework.states import Outcome, Path, Reached
from casework.story import Reads
from workflows import clock
from workflows.models import Event, Note, Signature

MOST = 50
_OPEN_PROPOSALS = 1000

SIGNED_BY: Mapping[str, tuple[str, Any, Any]] = {
    "close_case": ("sign_closing", gettext_lazy("Closing of a file"), gettext_lazy("Sign the closing")),
    "approve_plan": ("approve_plan", gettext_lazy("Plan above the ceiling"), gettext_lazy("Approve the plan")),
}
"""What is proposed → the verb that signs it, what it is called, and the button."""


@dataclass(frozen=True)
class Waiting:
    """One proposal: what, on which file, by whom, and what there is to decide by. `named`: the reader sees the file itself."""

    proposal: Signature
    case: Case
    title: Any
    label: Any
    proposer: str
    mine: bool
    stands: bool
    named: bool
    facts: Sequence[tuple[Any, Any]]
    reason: str

    @property
    def verb(self) -> str:
        return SIGNED_BY[self.proposal.what][0]

    @property
    def days(self) -> int:
        return (clock.now() - self.proposal.proposed_at).days


def may_sign(user: Any) -> bool:
    """Whether any signature can ever be this user's."""
    scope = scope_of(user)
    return any(scope.may(f"casework.{verb}") for verb, _title, _label in SIGNED_BY.values())


def _proposals(user: Any) -> list[tuple[Signature, Case]]:
    """The open proposals on files where the user holds the verb that signs, the oldest first; two questions."""
    scope = scope_of(user)
    offices = {what: scope.where(f"casework.{verb}") for what, (verb, _title, _label) in SIGNED_BY.items()}
    wanted = [what for what, where in offices.items() if where]
    found = Signature.objects.filter(signed_at=None, withdrawn_at=None, what__in=wanted, stream__startswith="case:")
    rows = list(found.order_by("proposed_at", "pk")[:_OPEN_PROPOSALS])
    keys = {row.stream.partition(":")[2] for row in rows}
    known = Case.objects.filter(pk__in=keys).not_barring(user).select_related("programme", "office", "caseworker", "person")
    cases = {case.stream: case for case in known}
    return [
        (row, cases[row.stream])
        for row in rows
        if row.stream in cases and (offices[row.what] == EVERYWHERE or cases[row.stream].office_id in offices[row.what])
    ]


def number_waiting(user: Any) -> int:
    """How many proposals of others wait for this user."""
    return sum(row.proposed_by != str(user.pk) for row, _case in _proposals(user))


def waiting_for(user: Any) -> list[Waiting]:
    """What waits, the oldest first: one's own proposals too, which another signs. The same number of questions for one and many."""
    pairs = _proposals(user)[:MOST]
    cases = [case for _row, case in pairs]
    names = {str(one.pk): one.name for one in User.objects.filter(pk__in={row.proposed_by for row, _case in pairs})}
    seen = set(Case.objects.visible_to(user).filter(pk__in=[case.pk for case in cases]).values_list("pk", flat=True))
    tries: dict[Any, dict[str, int]] = {}
    counted = Attempt.objects.filter(case__in=cases).order_by().values_list("case", "result").annotate(n=Count("pk"))
    for key, result, number in counted:
        tries.setdefault(key, {})[result] = number
    drafts = {plan.case_id: plan for plan in Plan.objects.drafts().filter(case__in=cases).prefetch_related("lines")}
    reasons = _reasons([row for row, case in pairs if case.pk in seen])
    found = []
    for row, case in pairs:
        _verb, title, label = SIGNED_BY[row.what]
        named = case.pk in seen
        plan = drafts.get(case.pk)
        facts = (
            _closing_facts(row, case, tries.get(case.pk, {})) if row.what == "close_case" else _plan_facts(row, case, plan, named)
        )
        stands = (plan is not None and str(plan.pk) == str(row.payload.get("plan"))) if row.what == "approve_plan" else (
            case.still_stands(row)
        )  # fmt: skip
        may_read = named and Reads.of(scope_of(user), case.office_id).notes
        found.append(
            Waiting(
                row,
                case,
                title,
                label,
                names.get(row.proposed_by, ""),
                row.proposed_by == str(user.pk),
                stands,
                named,
                facts,
                reasons.get(row.pk, "") if may_read else "",
            )
        )
    return found


def one_waiting(user: Any, pk: int) -> Waiting | None:
    """The proposal among those that wait for this user."""
    return next((one for one in waiting_for(user) if one.proposal.pk == pk), None)


def _reasons(rows: Sequence[Signature]) -> dict[int, str]:
    """The words that were written with each proposal."""
    events = Event.objects.filter(stream__in={row.stream for row in rows}, verb="casework.propose_closing").order_by("-seq")
    notes: dict[int, str] = {}
    for event in events:
        facts = event.facts
        if facts.get("proposal") and facts.get("note"):
            notes.setdefault(int(facts["proposal"]), facts["note"])
    words = {
        str(note.pk): note.text
        for note in Note.objects.filter(pk__in=list(notes.values()), audience=Note.FILE, erased_at=None)
    }  # fmt: skip
    return {pk: words[note] for pk, note in notes.items() if note in words}


def _closing_facts(row: Signature, case: Case, tries: Mapping[str, int]) -> list[tuple[Any, Any]]:
    outcome = row.payload.get("outcome", "")
    labels = dict(Reached.choices)
    made = ", ".join(f"{labels.get(result, result)}: {number}" for result, number in sorted(tries.items()))
    return [
        (_("Would end as"), dict(Outcome.choices).get(outcome, outcome)),
        (
            _("Stands at"),
            _("%(state)s, since %(day)s") % {"state": case.get_state_display(), "day": date_format(case.state_since, "j M Y")},
        ),
        (_("Referred on"), date_format(case.referred_on, "j M Y")),
        (_("Last spoken to"), date_format(case.last_contact_on, "j M Y") if case.last_contact_on else _("never")),
        (_("Tries to reach"), made or _("none is noted")),
    ]


def _plan_facts(row: Signature, case: Case, plan: Plan | None, named: bool) -> list[tuple[Any, Any]]:
    currency = row.payload.get("currency", case.programme.currency)
    facts: list[tuple[Any, Any]] = [
        (_("Costs"), in_money(int(row.payload.get("total", 0)), currency)),
        (_("A second person is needed above"), in_money(case.programme.plan_approval_ceiling, case.programme.currency)),
    ]
    if plan:
        facts.append((_("Path"), dict(Path.choices).get(plan.path, plan.path)))
        for line in plan.lines.all():
            # What a line is for is in the caseworker's words: a name may stand there.
            label = f"{line.get_kind_display()}: {line.what}" if named and line.what else line.get_kind_display()
            facts.append((label, in_money(line.amount, currency)))
    return facts


def days_words(days: int) -> str:
    """How long it has waited."""
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days} if days else _("today")
