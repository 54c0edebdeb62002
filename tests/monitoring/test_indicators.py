"""The figures of the follow-up report, and that what is hidden is nowhere."""

import csv
import io
import json
import random

import openpyxl
import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring import charts, exports, indicators, statistics
from monitoring.indicators import ALL, HIDDEN, AskedRound

KINDS = [("work-6", "Six months"), ("work-12", "Twelve months")]
OFFICES = [("TUNIS", "Tunis"), ("ZARZIS", "=Zarzis")]


def rounds(kind, office, state, number, invited=True, **known):
    return [AskedRound(kind, office, state, invited=invited, **known) for _ in range(number)]


def report(rows, **kwargs):
    return indicators.table(rows, round_kinds=KINDS, offices=OFFICES, **kwargs)


LARGE = [
    *rounds("work-6", "TUNIS", "answered", 74, in_work=True),
    *rounds("work-6", "TUNIS", "answered", 13, in_work=False),
    *rounds("work-6", "TUNIS", "partly_answered", 9, in_work=None),
    *rounds("work-6", "TUNIS", "refused", 6),
    *rounds("work-6", "TUNIS", "missed", 12),
    *rounds("work-6", "TUNIS", "missed", 7, asked=False, invited=False),
]
SMALL = [
    *LARGE,
    *rounds("work-6", "ZARZIS", "answered", 3, in_work=True),
    *rounds("work-6", "ZARZIS", "missed", 1),
    *rounds("work-12", "TUNIS", "answered", 40, in_work=True),
    *rounds("work-12", "TUNIS", "answered", 20, in_work=False),
    *rounds("work-12", "ZARZIS", "answered", 10, in_work=True),
    *rounds("work-12", "ZARZIS", "refused", 8),
]


def values(table, kind, office):
    return {name: cell.value for name, cell in table.line(kind, office).cells.items()}


def test_the_figures_of_one_group():
    figures = values(report(LARGE), "work-6", "TUNIS")

    low, high = statistics.wilson(74, 96)
    assert figures == {
        "rounds": 121,
        "due": 121,
        "invited": 114,
        "reached": 96,
        "answered": 87,
        "partly": 9,
        "refused": 6,
        "missed": 12,
        "not_asked": 7,
        "open": 0,
        "waived": 0,
        "stopped": 0,
        "response_rate": 96 / 121,
        "in_work": 74,
        "in_work_share": 74 / 96,
        "in_work_low": low,
        "in_work_high": high,
        "in_work_worst": 74 / 121,
        "in_work_best": 99 / 121,
    }


def test_waived_and_stopped_stand_apart_and_open_rounds_are_due():
    rows = [
        *rounds("work-6", "TUNIS", "waived", 5),
        *rounds("work-6", "TUNIS", "stopped", 6),
        *rounds("work-6", "TUNIS", "interviewing", 7),
    ]

    figures = values(report(rows), "work-6", ALL)

    assert (figures["rounds"], figures["due"], figures["open"], figures["waived"], figures["stopped"]) == (18, 7, 7, 5, 6)
    assert figures["in_work_share"] is None


def test_no_rounds_make_a_table_of_nothing():
    figures = values(report([]), "work-6", ALL)

    assert {figures[one.id] for one in indicators.INDICATORS if one.kind == "count"} == {0}
    assert {figures[one.id] for one in indicators.INDICATORS if one.kind == "share"} == {None}


def test_a_round_nobody_labelled_is_refused_and_so_is_an_unknown_state():
    with pytest.raises(ValueError, match="No label for the round work-3 in the office TUNIS"):
        report(rounds("work-3", "TUNIS", "answered", 1))
    with pytest.raises(ValueError, match="lost is no state of a round"):
        report(rounds("work-6", "TUNIS", "lost", 1))


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"worked_last_week": "yes"}, True),
        ({"worked_last_week": "no", "away_from_work": "yes"}, True),
        ({"worked_last_week": "no", "away_from_work": "no"}, False),
        ({"worked_last_week": "no"}, None),
        ({"worked_last_week": "prefer_not_to_say"}, None),
        ({}, None),
    ],
)
def test_in_work_is_pay_or_profit_in_the_last_week_or_a_job_to_go_back_to(answers, says):
    assert indicators.in_work(answers) is says


def test_count_share_interval_and_bounds_are_hidden_together():
    cells = report(SMALL).line("work-6", "ZARZIS").cells

    hidden = {name for name, cell in cells.items() if cell.hidden}
    assert {
        "due",
        "reached",
        "in_work",
        "response_rate",
        "in_work_share",
        "in_work_low",
        "in_work_high",
        "in_work_worst",
        "in_work_best",
    } <= hidden
    assert all(cells[name].value is None for name in hidden)


states = st.sampled_from(indicators.STATES)
rows_of = st.lists(
    st.builds(
        AskedRound,
        st.sampled_from(["work-6", "work-12"]),
        st.sampled_from(["TUNIS", "ZARZIS"]),
        states,
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    max_size=120,
)


@given(rows_of)
@settings(max_examples=60, deadline=None)
def test_no_small_group_can_be_worked_out_of_the_report(rows):
    table = report(rows)
    kinds, codes = [kind for kind, _ in KINDS], [code for code, _ in OFFICES]
    axes = indicators.axes(kinds, codes)
    cells = indicators._summed(indicators.counts(rows), kinds, codes)
    hidden = {key for key in cells if key[2] not in indicators.BY_ID or table.line(key[0], key[1]).cells[key[2]].hidden}

    assert statistics.recoverable(cells, axes, hidden) == {}
    for line in table.lines:
        for one in indicators.INDICATORS:
            if any(line.cells[need].hidden for need in one.needs):
                assert line.cells[one.id].hidden
            if one.kind == "count" and not line.cells[one.id].hidden:
                assert line.cells[one.id].value not in range(1, 5)


def test_twenty_offices_are_hidden_while_a_page_waits():
    import time

    some = random.Random(7)
    kinds, offices = [(f"k{number}", "") for number in range(5)], [(f"o{number}", "") for number in range(20)]
    rows = [
        AskedRound(
            some.choice(kinds)[0],
            some.choice(offices)[0],
            some.choice(indicators.STATES),
            some.random() < 0.9,
            True,
            some.random() < 0.6,
        )
        for _ in range(10_000)
    ]

    began = time.perf_counter()
    indicators.table(rows, round_kinds=kinds, offices=offices)

    assert time.perf_counter() - began < 3


# Files


def test_the_csv_opens_in_excel_runs_no_formula_and_hides_the_same():
    told = exports.as_csv(report(SMALL))

    assert told.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(told.decode("utf-8-sig"))))
    assert rows[0][:4] == ["Round", "Office", "Rounds", "Due"]
    assert len(rows) == 1 + 2 * 3
    zarzis = rows[2]
    assert zarzis[:4] == ["Six months", "'=Zarzis", str(HIDDEN), str(HIDDEN)]
    assert rows[4][:2] == ["Twelve months", "Tunis"]
    assert not any(one.startswith(("=", "+", "-", "@")) for row in rows for one in row)


def test_shares_stand_in_per_cent_with_one_decimal():
    heading, tunis, *_rest = csv.reader(io.StringIO(exports.as_csv(report(LARGE)).decode("utf-8-sig")))

    assert dict(zip(heading, tunis, strict=True))["In work, of those reached (%)"] == "77.1"


def test_the_workbook_says_the_same_as_the_csv():
    table = report(SMALL, facts={"programme": "=TN", "as_of": "2026-06-30"})
    target = io.BytesIO()

    exports.write_xlsx(table, target)

    book = openpyxl.load_workbook(target)
    sheet = book.worksheets[0].iter_rows(values_only=True)
    rows = [["" if one is None else one if isinstance(one, str) else f"{one:g}" for one in row] for row in sheet]
    told = csv.reader(io.StringIO(exports.as_csv(table).decode("utf-8-sig")))
    assert [[one.lstrip("'").removesuffix(".0") for one in row] for row in told] == rows
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert book.worksheets[1]["B1"].value == "=TN"


def test_the_json_names_what_is_hidden_and_does_not_carry_it():
    told = json.loads(exports.as_json(report(SMALL, facts={"programme": "TN-RETURN", "as_of": "2026-06-30"})))

    assert (told["programme"], told["as_of"], told["threshold"]) == ("TN-RETURN", "2026-06-30", 5)
    zarzis = next(row for row in told["rows"] if (row["round"], row["office"]) == ("work-6", "ZARZIS"))
    assert zarzis["total"] is False
    assert {"due", "in_work", "in_work_share"} <= set(zarzis["hidden"])
    assert all(zarzis[name] is None for name in zarzis["hidden"])


# Charts


@pytest.mark.parametrize("rtl", [False, True])
def test_the_dot_lies_in_the_shade_and_the_line_inside_the_drawing(rtl):
    chart = charts.interval_chart("work", "In work", charts.shares_of(report(LARGE), "TUNIS"), rtl=rtl)

    assert [(drawing.narrow, drawing.width) for drawing in chart.drawings] == [(False, 560), (True, 320)]
    for drawing in chart.drawings:
        row = drawing.rows[0]
        left, _top, wide, _high = row.shade
        assert left < row.dot[0] < left + wide
        for x in (row.line.x1, row.line.x2, row.dot[0], row.name.x):
            assert 0 <= x <= drawing.width
        assert (row.line.x1 > row.line.x2) is rtl
        assert drawing.rows[1].dot is None


def test_a_mirrored_drawing_is_the_same_from_the_other_side():
    shares = charts.shares_of(report(LARGE), "TUNIS")
    plain, mirrored = (charts.interval_chart("work", "In work", shares, rtl=rtl).drawings[0] for rtl in (False, True))

    assert mirrored.rows[0].dot[0] == pytest.approx(560 - plain.rows[0].dot[0])
    assert mirrored.rows[0].name.x == 560 - plain.rows[0].name.x


def test_a_hidden_row_is_said_and_not_drawn():
    chart = charts.interval_chart("work", "In work", charts.shares_of(report(SMALL), "ZARZIS"))

    assert chart.drawings[0].rows[0].dot is None
    assert chart.body[0] == ("Six months", *[HIDDEN] * 6)
    assert str(HIDDEN) in chart.desc


def test_a_chart_is_drawn_without_style_or_script_and_told_as_a_table():
    chart = charts.interval_chart("work", "In work", charts.shares_of(report(LARGE), "TUNIS"))

    html = render_to_string("monitoring/parts/chart_interval.html", {"chart": chart})

    assert html.count("<svg") == 2
    assert "74 of the 96 we reached are in work; of all 121 due between 61 % and 82 %." in html
    assert "<details" in html
    assert '<td class="num"><bdi>77 %</bdi></td>' in html
    assert "style=" not in html and "<script" not in html and "{{" not in html and ' d=""' not in html


def test_survival_is_drawn_while_enough_people_are_watched():
    spells = [(week, week % 3 != 0) for week in range(1, 60)]
    curves = [
        charts.Curve("Trained", statistics.kaplan_meier(spells)),
        charts.Curve("Not trained", statistics.kaplan_meier([(5, True)] * 3)),
    ]

    chart = charts.survival_chart("first-job", "Still in the first job", curves, (0, 26, 52), "Week")

    assert [one.number for one in chart.drawings[0].curves] == [1]
    assert chart.body[1][:3] == ("26", "34", chart.body[1][2])
    assert chart.body[1][3:] == (HIDDEN, HIDDEN)
    html = render_to_string("monitoring/parts/chart_survival.html", {"chart": chart})
    assert 'class="l1"' in html and "style=" not in html


def test_survival_follows_the_steps():
    steps = statistics.kaplan_meier([(10, True)] * 5 + [(20, False)] * 5)
    drawn = charts.survival_chart("s", "S", [charts.Curve("All", steps)], (0, 20), "Week").drawings[0].curves[0]

    assert drawn.line == "M44.0 20.0H44.0V20.0H242.0V108.0H440.0V108.0H440.0"
