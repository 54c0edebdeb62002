"""The ledger by itself: the identity at every step of any life of a contract, remainders, rates."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from grants.ledger import Balance, Fault, Line, Part, balance, faults, rounding, split, worth

EUR, TND, XOF = 2, 3, 0


# ——— the tranches of an award ———


def test_seventy_and_thirty_percent_of_the_committees_mean_award():
    assert split(4_792_00, [70, 30]) == [3_354_40, 1_437_60]
    assert rounding(4_792_00, [70, 30]) == 0


def test_dinars_have_three_decimals():
    assert split(12_000_000, [70, 30]) == [8_400_000, 3_600_000]
    assert split(12_000_001, [33, 33, 34]) == [3_960_000, 3_960_000, 4_080_001]


def test_what_rounding_leaves_over_goes_to_the_last_tranche_and_is_said():
    assert split(100_01, [33, 33, 34]) == [33_00, 33_00, 34_01]
    assert rounding(100_01, [33, 33, 34]) == 1


@pytest.mark.parametrize("percents", [[], [70, 40], [100, 0], [130, -30]])
def test_percentages_that_are_not_a_hundred_are_refused(percents):
    with pytest.raises(ValueError, match="100"):
        split(100, percents)


percentages = st.lists(st.integers(1, 99), max_size=6).filter(lambda parts: sum(parts) < 100).map(lambda p: [*p, 100 - sum(p)])


@given(st.integers(0, 10**12), percentages)
def test_nothing_is_lost_in_a_split_and_no_part_is_off_by_more_than_the_rounding(amount, percents):
    parts = split(amount, percents)
    assert sum(parts) == amount
    assert all(0 <= amount * percent - part * 100 < 100 for part, percent in zip(parts[:-1], percents[:-1], strict=True))
    assert 0 <= rounding(amount, percents) < len(percents)


# ——— what a payment in another currency is worth ———


def test_a_payment_in_dinars_against_an_award_in_euros():
    assert worth(11_339_549, Decimal("3.3805"), paid_places=TND, places=EUR) == 3_354_40
    assert worth(655_957, Decimal("655.957"), paid_places=XOF, places=EUR) == 1_000_00


def test_a_rate_is_above_zero():
    with pytest.raises(ValueError, match="above zero"):
        worth(1, Decimal(0), paid_places=2, places=2)


# ——— faults are found, each where it is ———

SEVENTY = Part("a", 1, "paid", 70)
THIRTY = Part("b", 2, "cancelled", 30)
LINES = [Line("awarded", 100), Line("paid", 70, "a"), Line("cancelled", 30, "b")]


def found(lines, parts, promised=100):
    return [(one.code, one.number) for one in faults(promised, lines, parts)]


def test_a_right_ledger_has_no_fault():
    assert found(LINES, [SEVENTY, THIRTY]) == []


@pytest.mark.parametrize(
    ("lines", "parts", "first"),
    [
        (LINES[:1] + LINES[2:], [SEVENTY, THIRTY], ("paid is not what its state says", 1)),
        ([*LINES, LINES[1]], [SEVENTY, THIRTY], ("paid is not what its state says", 1)),
        (LINES, [SEVENTY, replace(THIRTY, state="planned")], ("cancelled is not what its state says", 2)),
        (LINES, [replace(SEVENTY, amount=71), THIRTY], ("paid is not what its state says", 1)),
        ([*LINES, Line("paid", 5, "c")], [SEVENTY, THIRTY], ("paid without a tranche", None)),
        ([*LINES, Line("accounted", 5, "a")], [SEVENTY, THIRTY], ("accounted is not what its state says", 1)),
        (LINES[1:], [SEVENTY, THIRTY], ("awarded is not what the contract promises", None)),
    ],
)
def test_the_first_fault_says_where(lines, parts, first):
    assert found(lines, parts)[0] == first


def test_tranches_that_do_not_add_up_are_found():
    assert found([Line("awarded", 100), Line("paid", 70, "a")], [SEVENTY]) == [
        ("tranches do not add up to the contract", None),
        ("awarded is not kept + recovered + open + cancelled", None),
    ]
    assert str(Fault("paid", 2, 10, 0)) == "tranche 2: paid: 10 said, 0 found"


def test_a_recovery_beyond_what_was_paid_is_not_cut_and_carries_over():
    lines = [Line("awarded", 100), Line("paid", 70, "a"), Line("recovered", 90)]
    first = balance(lines, [SEVENTY, replace(THIRTY, state="planned")])
    assert (first.kept, first.recovered, first.out_by) == (-20, 90, 0)
    then = balance([*lines, Line("paid", 30, "b")], [SEVENTY, replace(THIRTY, state="paid")])
    assert (then.kept, then.recovered, then.out_by) == (10, 90, 0)


@given(st.lists(st.builds(Balance, *[st.integers(-(10**9), 10**9)] * 7), max_size=5))
def test_contracts_add_up_to_their_programme(rows):
    total = sum(rows, Balance())
    assert total.out_by == sum(row.out_by for row in rows)
    assert total.kept == sum(row.kept for row in rows)


# ——— any life of a contract ———


class Life(RuleBasedStateMachine):
    """The steps of the payment machine in any order: after each the identity holds, and no fault is found."""

    @initialize(amount=st.integers(1_000, 10**9), percents=percentages)
    def award(self, amount, percents):
        self.amount = amount
        self.parts = [Part(n, n, "planned", part) for n, part in enumerate(split(amount, percents), 1)]
        self.lines = [Line("awarded", amount)]

    def move(self, lot, sources, target):
        there = [place for place, part in enumerate(self.parts) if part.state in sources]
        if not there:
            return None
        place = lot.choice(there)
        self.parts[place] = replace(self.parts[place], state=target)
        return self.parts[place]

    @rule(lot=st.randoms(use_true_random=False), step=st.sampled_from(["requested", "returned", "approved", "ordered"]))
    def a_step_that_moves_no_money(self, lot, step):
        sources = {"requested": ["planned", "returned"], "returned": ["requested"], "approved": ["requested", "bounced"]}
        self.move(lot, sources.get(step, ["approved"]), step)

    @rule(lot=st.randoms(use_true_random=False), gain=st.integers(-500, 500))
    def confirm_payment(self, lot, gain):
        if part := self.move(lot, ["ordered"], "paid"):
            self.lines += [Line("paid", part.amount, part.key)] + ([Line("exchange", gain, part.key)] if gain else [])

    @rule(lot=st.randoms(use_true_random=False), paid=st.booleans())
    def bounce(self, lot, paid):
        if part := self.move(lot, ["paid" if paid else "ordered"], "bounced"):
            self.lines += [Line("paid", -part.amount, part.key)] if paid else []

    @rule(lot=st.randoms(use_true_random=False))
    def account_for(self, lot):
        if part := self.move(lot, ["paid"], "accounted"):
            self.lines.append(Line("accounted", part.amount, part.key))

    @rule(lot=st.randoms(use_true_random=False))
    def cancel(self, lot):
        if part := self.move(lot, ["planned", "requested", "returned", "approved", "bounced"], "cancelled"):
            self.lines.append(Line("cancelled", part.amount, part.key))

    @rule(amount=st.integers(1, 10**9), back=st.booleans())
    @precondition(lambda self: any(line.kind == "paid" for line in self.lines))
    def recover_or_waive(self, amount, back):
        self.lines += [Line("recovered", amount)] + ([Line("recovered", -amount)] if back else [])

    @invariant()
    def the_identity_holds(self):
        if not hasattr(self, "lines"):
            return
        now = balance(self.lines, self.parts)
        assert now.awarded == now.kept + now.recovered + now.open + now.cancelled
        assert now.kept == now.paid - now.recovered
        assert 0 <= now.paid <= self.amount and now.awarded == self.amount
        assert list(faults(self.amount, self.lines, self.parts)) == []


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
