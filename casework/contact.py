"""Whether somebody may be contacted this way at this hour. Every message, letter, call and visit asks here first.

A safety setting answers with “Safety setting” and no more: the reason itself could put a person in danger.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.models import Guardian, Person, Reach, Safety
from casework.phones import same_number
from workflows import clock
from workflows.machine import Blocker

LETTER = "letter"
"""A channel that is no row: paper to the house."""

SAFETY = Blocker("safety_setting", _("Safety setting"))


def safety_of(people: Iterable[Any]) -> Mapping[Any, list[Safety]]:
    """The settings that bind each of these people (ids), those of records merged into them included. One query."""
    ids = list(people)
    binding: dict[Any, list[Safety]] = defaultdict(list)
    for row in Safety.objects.filter(Q(person__in=ids) | Q(person__merged_into__in=ids)).select_related("person"):
        binding[row.person_id].append(row)
        if row.person.merged_into_id:
            binding[row.person.merged_into_id].append(row)
    return binding


def disputed_among(people: Iterable[Person]) -> set[Any]:
    """The ids of those of these people who may be children and whose guardian is disputed. One query, where one may be a child."""
    children = [person.pk for person in people if person.is_child() is not False]
    if not children:
        return set()
    today = clock.today()
    standing = Guardian.objects.filter(Q(until__isnull=True) | Q(until__gte=today), child__in=children, disputed=True)
    return set(standing.values_list("child", flat=True))


def may_contact(
    person: Person,
    channel: Reach | str,
    at: dt.datetime,
    *,
    leaving_message: bool = False,
    safety: Sequence[Safety] | None = None,
    disputed: bool | None = None,
) -> Blocker | None:
    """None where the person may be contacted by `channel` (a Reach, or LETTER) at `at`; else the one reason against it.

    `safety` and `disputed` spare the queries where many people are asked about: `safety_of(ids).get(person.pk, [])`,
    `person.pk in disputed_among(people)`.
    """
    if safety is None:
        safety = safety_of([person.pk]).get(person.pk, [])
    if disputed is None:
        disputed = person.pk in disputed_among([person])
    local = timezone.localtime(at)
    if disputed or any(_forbids(setting, channel, local, leaving_message) for setting in safety):
        return SAFETY
    return None if isinstance(channel, str) else _not_agreed(channel, local, leaving_message)


def next_moment(
    person: Person,
    channel: Reach,
    after: dt.datetime,
    *,
    safety: Sequence[Safety] | None = None,
    disputed: bool | None = None,
) -> dt.datetime | None:
    """The first quarter of an hour from `after` on, within eight days, at which the channel may be used. None if there is none."""
    if safety is None:
        safety = safety_of([person.pk]).get(person.pk, [])
    if disputed is None:
        disputed = person.pk in disputed_among([person])
    if disputed:
        return None
    if may_contact(person, channel, after, safety=safety, disputed=False) is None:
        return after
    quarter = after.replace(minute=after.minute // 15 * 15, second=0, microsecond=0)
    for _step in range(8 * 24 * 4):
        quarter += dt.timedelta(minutes=15)
        if may_contact(person, channel, quarter, safety=safety, disputed=False) is None:
            return quarter
    return None


def _forbids(setting: Safety, channel: Reach | str, local: dt.datetime, leaving_message: bool) -> bool:
    if setting.no_contact or (leaving_message and setting.never_leave_message):
        return True
    if not _within(local, setting.safe_from, setting.safe_to, setting.safe_days):
        return True
    if channel == LETTER:
        return setting.never_write_letters or setting.safe_channel_id is not None
    assert isinstance(channel, Reach)
    if setting.safe_channel_id and channel.pk != setting.safe_channel_id:
        return True
    if channel.kind == Reach.Kind.VISIT and setting.never_visit_home:
        return True
    # Where a safety setting stands, nobody else is ever told that we look for the person (promise 5.7).
    return channel.whose == Reach.Whose.TRUSTED or _is_feared(setting, channel)


def _is_feared(setting: Safety, channel: Reach) -> bool:
    return any(same_number(channel.value, one.get("phone", "")) for one in setting.feared or [])


def _not_agreed(channel: Reach, local: dt.datetime, leaving_message: bool) -> Blocker | None:
    if not channel.usable:
        return Blocker("channel_dead", _("This way to reach the person no longer works."))
    if channel.whose == Reach.Whose.TRUSTED and not (channel.trusted_name and channel.may_be_said):
        return Blocker("nothing_may_be_said", _("The person has not said who this is and what may be said there."))
    if leaving_message and not channel.leave_message:
        return Blocker("no_message", _("No message is to be left here."))
    if not _within(local, channel.hours_from, channel.hours_to, channel.days):
        return Blocker("agreed_hours", _("Outside the hours that the person agreed to."))
    return None


def _within(local: dt.datetime, since: dt.time | None, until: dt.time | None, days: Sequence[int]) -> bool:
    if days and local.weekday() not in days:
        return False
    if since is None or until is None:
        return True
    hour = local.time()
    # A window may run over midnight.
    return since <= hour <= until if since <= until else hour >= since or hour <= until
