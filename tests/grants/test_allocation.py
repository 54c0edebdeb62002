"""Awards inside a budget: a committee of four to read, and every small purse beside a search through all choices."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.allocation import Decided, Entry, best_total, departures, down_the_line, in_order, on_merit

# Four returnees before a committee, cents of a euro.
COMMITTEE = (
    Entry("pizzeria", 4.2, 5_500_00, lot=1),
    Entry("livestock", 3.9, 4_000_00, lot=2),
    Entry("photographer", 3.4, 6_000_00, lot=3),
    Entry("feed trade", 2.6, 4_500_00, lot=4),
)


def said(allocation):
    return [(one.pitch, one.decision, str(one)) for one in allocation.outcomes]


# ——— competitive ———


def test_down_the_line_until_the_first_that_does_not_fit():
    line = down_the_line(COMMITTEE, 14_000_00)

    assert said(line) == [
        ("pizzeria", "award", "Inside the budget line."),
        ("livestock", "award", "Inside the budget line."),
        # 9,500 are spent, 4,500 are left: the photographer does not fit, and nobody passes her for being cheaper.
        ("photographer", "reserve", "Below the budget line."),
        ("feed trade", "reserve", "Below the budget line."),
    ]
    assert (line.spent, line.left) == (9_500_00, 4_500_00)
    assert [one.total for one in line.outcomes] == [5_500_00, 9_500_00, 9_500_00, 9_500_00]


def test_below_the_pass_mark_is_declined_and_leaves_the_line_open():
    line = down_the_line(COMMITTEE, 100_000_00, pass_mark=3.0)

    assert line.named("award") == ("pizzeria", "livestock", "photographer")
    assert said(line)[-1] == ("feed trade", "decline", "Below the pass mark of 3.0.")


def test_absent_or_not_scored_is_adjourned_never_declined():
    line = down_the_line([Entry("a", 1.0, 10, absent=True), Entry("b", None, 10)], 100, pass_mark=3)

    assert said(line) == [("a", "adjourn", "The candidate was absent."), ("b", "adjourn", "Nobody could score it.")]
    assert line.spent == 0


def test_equal_scores_go_by_the_amount_then_the_lot_then_the_name():
    tied = [Entry("d", 4, 20, lot=1), Entry("c", 4, 10, lot=2), Entry("b", 4, 10, lot=1), Entry("a", 4.0000000001, 10, lot=2)]

    assert [one.pitch for one in in_order(tied)] == ["b", "a", "c", "d"]


def test_a_line_through_equal_scores_names_them():
    line = down_the_line([Entry("a", 5, 10), Entry("b", 4, 10), Entry("c", 4, 10), Entry("d", 3, 10)], 20)

    assert line.named("award") == ("a", "b")
    assert line.tied == ("b", "c")
    assert down_the_line([Entry("a", 5, 10), Entry("b", 4, 10)], 10).tied == ()


def test_the_budget_may_be_reached_to_the_cent():
    assert down_the_line([Entry("a", 5, 10), Entry("b", 4, 10)], 20).left == 0
    assert down_the_line([Entry("a", 5, 10), Entry("b", 4, 10)], 19).named("award") == ("a",)


# ——— on merit ———


def test_on_merit_each_file_by_itself_with_a_running_total():
    """Dakar, 21 July 2016: 18 files, one absent, 15 favourable, 2 adjourned; 54,500 + 17,376 = 71,876, 4,792 each."""
    share = 71_876_00 // 15
    files = [Entry(f"file {n:02}", 70, share, votes=4, against=1, lot=n) for n in range(15)]
    files += [Entry("file 15", 80, share, votes=2, against=2, lot=15), Entry("file 16", None, share, lot=16)]
    files += [Entry("file 17", None, share, absent=True, lot=17)]

    sitting = on_merit(files, 72_000_00, pass_mark=65)

    assert len(sitting.named("award")) == 15
    assert sitting.named("adjourn") == ("file 15", "file 16", "file 17")
    assert str(sitting.outcomes[15]) == "As many for as against."
    assert sitting.spent == 15 * share
    assert round(sitting.spent / 15 / 100) == 4_792


def test_the_order_heard_decides_where_the_money_ends():
    sitting = on_merit(COMMITTEE, 14_000_00, pass_mark=3.0)

    assert said(sitting)[2:] == [
        ("photographer", "reserve", "Favourable, but the budget is used up."),
        ("feed trade", "decline", "Below the pass mark of 3.0."),
    ]
    # On merit a smaller file that comes later still fits.
    later = [*COMMITTEE, Entry("kiosk", 3.1, 4_000_00, lot=5)]
    assert on_merit(later, 14_000_00, pass_mark=3.0).named("award") == ("pizzeria", "livestock", "kiosk")


def test_votes_and_consensus():
    def decided(votes, against, *, consensus=False):
        return on_merit([Entry("a", 80, 10, votes=votes, against=against)], 100, 65, consensus=consensus).outcomes[0].decision

    assert [decided(3, 2), decided(2, 3), decided(2, 2), decided(0, 0)] == ["award", "decline", "adjourn", "adjourn"]
    assert [decided(3, 1, consensus=True), decided(3, 0, consensus=True)] == ["decline", "award"]
    # Without votes the mark alone decides.
    assert decided(None, 0) == "award"


def test_the_pass_mark_is_reached_by_what_equals_it():
    assert on_merit([Entry("a", 0.1 + 0.2, 10)], 100, 0.3).named("award") == ("a",)


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="a: amounts and votes are not below zero"):
        Entry("a", 3, -1)
    with pytest.raises(ValueError, match="a: a score is a number"):
        Entry("a", float("nan"), 1)
    with pytest.raises(ValueError, match="A budget is not below zero"):
        down_the_line([], -1)


# ——— the best use of the money ———


def test_the_best_use_of_the_money_may_skip_a_file():
    best = best_total(COMMITTEE, 14_000_00)

    assert best.pitches == ("pizzeria", "livestock", "feed trade")
    assert (best.spent, best.score) == (14_000_00, pytest.approx(10.7))


purses = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 20)), st.integers(0, 40)).map(
        lambda one: (None if one[0] is None else one[0] / 4, one[1])
    ),
    max_size=9,
)


@given(purses, st.integers(0, 120))
def test_no_other_choice_is_worth_more_or_as_much_for_less(files, budget):
    entries = [Entry(f"p{n}", score, asked) for n, (score, asked) in enumerate(files)]
    scored = [one for one in entries if one.score is not None]

    best = best_total(entries, budget)

    choices = [some for number in range(len(scored) + 1) for some in itertools.combinations(scored, number)]
    within = [some for some in choices if sum(one.asked for one in some) <= budget]
    assert (best.score, -best.spent) == max((sum(one.score for one in some), -sum(one.asked for one in some)) for some in within)
    chosen = [one for one in entries if one.pitch in best.pitches]
    assert (sum(one.score for one in chosen), sum(one.asked for one in chosen)) == (best.score, best.spent)


@given(purses, st.integers(0, 120), st.randoms(use_true_random=False))
def test_both_rules_stay_inside_the_budget_and_do_not_mind_the_order(files, budget, lot):
    entries = [Entry(f"p{n}", score, asked, lot=n % 3) for n, (score, asked) in enumerate(files)]
    mixed = lot.sample(entries, len(entries))

    line, merit = down_the_line(entries, budget, 2.0), on_merit(entries, budget, 2.0)

    assert (line, merit) == (down_the_line(mixed, budget, 2.0), on_merit(mixed, budget, 2.0))
    assert best_total(mixed, budget) == best_total(entries, budget)
    asked = {one.pitch: one.asked for one in entries}
    for allocation in (line, merit):
        assert allocation.spent == sum(asked[name] for name in allocation.named("award")) <= budget
        assert sorted(one.pitch for one in allocation.outcomes) == sorted(asked)
    awarded, reserve = line.named("award"), line.named("reserve")
    scores = {one.pitch: one.score for one in entries}
    assert not awarded or not reserve or min(scores[name] for name in awarded) >= max(scores[name] for name in reserve)
    assert best_total(entries, budget, 2.0).score >= sum(scores[name] for name in awarded) - 1e-9


def test_five_hundred_files_to_the_thousandth():
    lot = random.Random(3)
    entries = [Entry(f"p{n}", lot.uniform(1, 5), lot.randrange(4_000_000, 7_500_000)) for n in range(500)]

    best = best_total(entries, 1_000_000_000)

    assert best.spent <= 1_000_000_000
    assert best.score > sum(one.score for one in entries if one.pitch in down_the_line(entries, 1_000_000_000).named("award"))


# ——— what leaves the rule ———

ASKED = {one.pitch: one.asked for one in COMMITTEE}


def left(rule, **decided):
    named = {name.replace("_", " "): choice for name, choice in decided.items()}
    return [(one.pitch, str(one)) for one in departures(rule, named, ASKED)]


def test_deciding_as_the_rule_says_asks_for_no_reason():
    rule = down_the_line(COMMITTEE, 14_000_00)

    assert (
        left(rule, pizzeria=Decided("award", 5_500_00), livestock=Decided("award", 3_800_00), photographer=Decided("reserve")) == []
    )


def test_passing_a_better_file_names_those_who_were_passed():
    rule = down_the_line(COMMITTEE, 14_000_00)

    found = left(
        rule,
        pizzeria=Decided("award", 5_500_00),
        livestock=Decided("adjourn"),
        photographer=Decided("reserve"),
        feed_trade=Decided("award", 4_500_00),
    )

    assert found == [
        ("livestock", "The rule awards this file, the committee does not."),
        ("feed trade", "Awarded below the budget line, before livestock, photographer."),
    ]


def test_the_other_ways_to_leave_the_rule():
    merit = on_merit(
        [
            Entry("pizzeria", 50, 10),
            Entry("livestock", 80, 10, votes=1, against=3),
            Entry("photographer", None, 10, absent=True),
            Entry("feed trade", 80, 10),
        ],
        100,
        65,
    )

    found = left(
        merit,
        pizzeria=Decided("award", 10),
        livestock=Decided("award", 10),
        photographer=Decided("decline"),
        feed_trade=Decided("award", 4_600_00),
    )

    assert sorted(found) == [
        ("feed trade", "Awarded more than was asked."),
        ("livestock", "Awarded with 1 for and 3 against."),
        ("photographer", "Decided without a score or in the candidate's absence; the rule adjourns it."),
        ("pizzeria", "Awarded below the pass mark of 65."),
    ]


def test_adjourning_instead_of_declining_asks_for_a_reason_too():
    rule = down_the_line(COMMITTEE, 14_000_00, pass_mark=3)

    assert left(rule, feed_trade=Decided("adjourn")) == [("feed trade", "The rule says otherwise about this file.")]
