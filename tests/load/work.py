"""The work behind the pages, each kind beside the same rows written by hand: run by `bench.py` on a database of its own.

`python -m tests.load.work KIND` prints one JSON object.
"""

import csv
import datetime as dt
import json
import pickle
import random
import resource
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

django.setup()

from django.apps import apps  # noqa: E402 (models need the settings first)
from django.db import connection, models, transaction  # noqa: E402

from accounts.models import Office, RoleGrant, User  # noqa: E402
from casework import referrals  # noqa: E402
from casework.actions.case import open_intake  # noqa: E402
from casework.actions.referral import COMMIT, hand_in_list, import_referrals, work_through  # noqa: E402
from casework.models import Case, Employer, Person, Placement, Programme, ReferralList, ReferralRow, Session  # noqa: E402
from monitoring.actions.planning import plan_cases  # noqa: E402
from monitoring.models import Answer as Answers  # noqa: E402
from monitoring.models import Round  # noqa: E402
from monitoring.reports import follow_up  # noqa: E402
from workflows import chain, clock  # noqa: E402
from workflows.acting import act_each  # noqa: E402
from workflows.actors import actor_of  # noqa: E402
from workflows.partial import PartialDate  # noqa: E402

ACTS = 150


def referred(many: int) -> list[Case]:
    """Files that nobody has met yet, each with its caseworker."""
    return list(Case.objects.filter(state="referred").select_related("caseworker").order_by("pk")[:many])


def took(what: Callable[[], Any]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    what()
    return (time.perf_counter() - began) * 1000


def described(times: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    return {"median_ms": statistics.median(times), "p95_ms": sorted(times)[int(len(times) * 0.95)]}


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements between here and the end of the block, without BEGIN and COMMIT."""
    said: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        said.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield said


# ——— act ———


def by_hand(case: Case, user: User) -> None:
    """What `open_intake` says to the database, written by hand: no rules, no machine, no listeners."""
    with transaction.atomic():
        row = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        grants = RoleGrant.objects.filter(user=user).order_by("pk").values_list("role", "office_id")
        assert list(grants)
        event = chain.next_event(
            row,
            verb="casework.open_intake",
            actor=actor_of(user),
            at=clock.now(),
            occurred_on=None,
            moved=("referred", "intake"),
            facts={},
        )
        Case.objects.filter(pk=row.pk, version=row.version).update(
            version=row.version + 1,
            state="intake",
            state_since=clock.today(),
            stream_seq=row.stream_seq,
            stream_head=row.stream_head,
        )
        event.save(force_insert=True)


def act() -> dict[str, Any]:
    """One verb through `act` beside its statements by hand, turn about."""
    ours, hand = [], []
    rows = referred(2 * ACTS + 1)
    with counted() as said:
        open_intake(rows[0], by=rows[0].caseworker)
    for one, other in zip(rows[1::2], rows[2::2], strict=False):
        # A fresh user each time: as in a request, the roles are asked for.
        ours.append(took(lambda: open_intake(one, by=User.objects.get(pk=one.caseworker_id))))  # noqa: B023 (called at once)
        hand.append(took(lambda: by_hand(other, User.objects.get(pk=other.caseworker_id))))  # noqa: B023
    return {**described(ours), "queries": len(said), "ratio": statistics.median(ours) / statistics.median(hand)}


def each() -> dict[str, Any]:
    """Rows a second through `act_each`, two hundred at once, each with its event and a row of its own."""
    rows = list(Case.objects.filter(state="intake").order_by("pk")[:1_000])
    by = rows[0].caseworker
    assert by is not None
    RoleGrant.objects.get_or_create(user=by, role="caseworker", office=None, defaults={"since": clock.now()})

    def met(case: Case) -> None:
        case.adds(Session(case=case, held_on=clock.today(), recorded_at=clock.now(), recorded_by=by))
        case.met(clock.today())

    times = [
        took(lambda: act_each(rows[start : start + 200], "casework.record_session", by=by, body=met))  # noqa: B023 (called at once)
        for start in range(0, len(rows), 200)
    ]
    # Two hundred at once is what it takes; its line says how long a hundred of them took.
    halves = [time / 2 for time in times]
    return {**described(halves), "queries": None, "ratio": None, "per_second": 100 / statistics.median(halves) * 1000}


# ——— import ———

_HEADINGS = ("reference", "family name", "given names", "date of birth", "sex", "phone", "nationality")
_PARTS = (
    "ba",
    "cha",
    "dri",
    "fa",
    "gue",
    "ha",
    "ja",
    "ka",
    "lou",
    "ma",
    "na",
    "ou",
    "ra",
    "sa",
    "ta",
    "wa",
    "ya",
    "za",
    "bel",
    "mor",
)


def list_of(many: int, file: Path) -> None:
    """A list of `many` invented people, no two alike on purpose."""
    rng = random.Random(many)

    def name(parts: int) -> str:
        return "".join(rng.choice(_PARTS) for _ in range(parts)).capitalize()

    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(_HEADINGS)
        for n in range(many):
            born = f"{rng.randint(1960, 2004)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
            row = (
                f"BX-{n:06}",
                name(4),
                name(3),
                born,
                rng.choice("MF"),
                f"+216 2{n % 10} {n // 1000 % 1000:03} {n % 1000:03}",
                "TN",
            )
            writer.writerow(row)


def rows_of_all() -> dict[type[models.Model], set[Any]]:
    """The keys of every row that there is."""
    return {model: set(model._base_manager.values_list("pk", flat=True)) for model in apps.get_models() if model._meta.managed}


def import_rows() -> dict[str, Any]:
    """Import a list; what it wrote is kept for `bulk`, and the memory at a tenth of the way is held against that at the end."""
    many, folder = int(sys.argv[2]), Path(sys.argv[3])
    file = folder / "list.csv"
    list_of(many, file)
    before = rows_of_all()
    programme, office = Programme.objects.get(code="LOAD"), Office.objects.get(code="OFFICE01")
    by = User.objects.get(email="caseworker01@load.example")
    reading = referrals.read(file, country="TN", limit_bytes=50_000_000)
    listing = hand_in_list(by=by, programme=programme, office=office, file_name=file.name, sha256="", rows_total=many)
    listing, peaks = import_referrals(listing, by=by), []

    def work() -> None:
        for _done in work_through(listing, reading, by=by):
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

    spent = took(work)
    written = []
    for model, keys in rows_of_all().items():
        new = sorted(keys - before[model])
        parts = [new[start : start + 900] for start in range(0, len(new), 900)]
        if new:
            written.append((model, [row for part in parts for row in model._base_manager.filter(pk__in=part)]))
    (folder / "written.pickle").write_bytes(pickle.dumps(written))
    return {
        "median_ms": spent,
        "p95_ms": spent,
        "queries": None,
        "peak_mb": peaks[-1] / 1024,
        "memory_growth": peaks[-1] / peaks[len(peaks) // 10],
        "rows": {model.__name__: len(some) for model, some in written},
    }


def bulk() -> dict[str, Any]:
    """The rows of an import, on a copy of the database from before it, through `bulk_create` in as many commits."""
    written = pickle.loads((Path(sys.argv[3]) / "written.pickle").read_bytes())
    commits = in_commits(dict(written))

    def write() -> None:
        for commit in commits:
            with transaction.atomic():
                for model, rows in commit.items():
                    model._base_manager.bulk_create(rows)

    return {"median_ms": took(write)}


def in_commits(written: dict[type[models.Model], list[Any]]) -> list[dict[type[models.Model], list[Any]]]:
    """The rows as the import committed them: a hundred lines of the list with all that came of them, parents first."""
    lines = {row.case_id: row.line for row in written[ReferralRow] if row.case_id}
    lines |= {case.person_id: lines[case.pk] for case in written[Case]}
    ranked = sorted(written, key=lambda model: _FIRST.index(model) if model in _FIRST else len(_FIRST) + (model is ReferralRow))
    commits: dict[int, dict[type[models.Model], list[Any]]] = {}
    for model in ranked:
        for row in written[model]:
            line = getattr(row, "line", None) or next((lines[key] for key in _keys_of(row) if key in lines), 0)
            commits.setdefault(line // COMMIT, {}).setdefault(model, []).append(row)
    return [commit for _n, commit in sorted(commits.items())]


_FIRST = [ReferralList, Person, Case]


def _keys_of(row: Any) -> Iterator[Any]:
    yield from (row.pk, getattr(row, "person_id", None), getattr(row, "case_id", None))
    stream = getattr(row, "stream", "")
    if stream:
        yield uuid.UUID(stream.partition(":")[2])


# ——— the rest ———


def verify() -> dict[str, Any]:
    """Events a second that `verify_events` checks, every stream, head and seal with them; how long a thousand take."""
    chain.seal("events")
    done: list[chain.Verified] = []
    times = [took(lambda: done.append(chain.verify())) for _turn in range(5)]
    each = [time / done[0].events * 1000 for time in times]
    more = {"events": done[0].events, "per_second": 1_000 / statistics.median(each) * 1000}
    return {**described(each), "queries": None, "ratio": None, **more}


# ——— the report ———

# The same groups as the report counts, on one's own and without a word about who may see them.
_REPORT_BY_HAND = """
SELECT s.kind, r.months, o.code,
       CASE WHEN r.ended_at IS NOT NULL THEN r.state ELSE 'planned' END AS stands,
       r.asked_at IS NOT NULL AS asked,
       CASE WHEN r.state IN ('answered', 'partly_answered') THEN EXISTS (
           SELECT 1 FROM monitoring_answer a
           WHERE a.round_id = r.id AND a.instrument = 'employment' AND a.item IN ('worked_last_week', 'away_from_work')
             AND a.code = 'yes' AND NOT a.late
       ) ELSE FALSE END AS in_work,
       COUNT(*)
FROM monitoring_round r
JOIN monitoring_schedule s ON s.id = r.schedule_id
JOIN casework_case c ON c.id = r.case_id
JOIN accounts_office o ON o.id = c.office_id
WHERE c.programme_id = %s AND r.due_on <= %s
GROUP BY 1, 2, 3, 4, 5, 6
"""


def follow_up_report() -> dict[str, Any]:
    """The report of a programme whose people were asked, beside SQL by hand that counts the same groups."""
    programme, today = Programme.objects.get(code="LOAD"), clock.today()
    everybody_was_asked(programme)
    key = programme.pk if connection.vendor == "postgresql" else programme.pk.hex

    def hand() -> None:
        with connection.cursor() as cursor:
            cursor.execute(_REPORT_BY_HAND, [key, today])
            cursor.fetchall()

    with counted() as said:
        follow_up.figures(programme)
    pairs = [(took(lambda: follow_up.figures(programme)), took(hand)) for _turn in range(15)]
    ours, theirs = [one for one, _other in pairs], [other for _one, other in pairs]
    rounds = Round.objects.filter(due_on__lte=today).count()
    more = {"rounds": rounds, "by_hand_ms": statistics.median(theirs)}
    return {**described(ours), "queries": len(said), "ratio": statistics.median(ours) / statistics.median(theirs), **more}


def everybody_was_asked(programme: Programme) -> None:
    """Everybody whom somebody has met began to work over a year ago; of three rounds each most were answered."""
    cases = list(Case.objects.filter(programme=programme, state="intake").order_by("pk").only("pk", "office", "caseworker"))
    began, employer, now = PartialDate.of(clock.today() - dt.timedelta(days=400)), Employer.objects.first(), clock.now()
    spell = {"employer": employer, "occupation": "mason", "known_by": "contract", "moved_from": "counselling", "started_on": began}
    Placement.objects.bulk_create(
        (Placement(case_id=case.pk, recorded_at=now, recorded_by_id=str(case.caseworker_id), **spell) for case in cases),
        batch_size=500,
    )
    for start in range(0, len(cases), 100):
        plan_cases([case.pk for case in cases[start : start + 100]])
    due = Round.objects.filter(due_on__lte=clock.today(), state="planned", case__in=Case.objects.filter(state="intake"))
    keys = list(due.values_list("pk", flat=True))
    answered = [key for n, key in enumerate(keys) if n % 5]
    for start in range(0, len(answered), 500):
        some = answered[start : start + 500]
        Round.objects.filter(pk__in=some).update(state="answered", asked_at=now, ended_at=now, how="web")
        Answers.objects.bulk_create(
            Answers(round_id=key, instrument="employment", item="worked_last_week", code=("yes", "no")[n % 2], way="web")
            for n, key in enumerate(some)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    kinds = {"act": act, "act_each": each, "import": import_rows, "bulk": bulk, "verify": verify, "report": follow_up_report}
    sys.stdout.write(json.dumps(kinds[sys.argv[1]]()) + "\n")
