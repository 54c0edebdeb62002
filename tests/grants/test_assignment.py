"""Who is seated where: examples to read, and every small problem beside a search through all seatings."""

import itertools
import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grants.assignment import Impossible, Juror, Pitch, Problem, Seating, seat


def pitches(*names, **languages):
    return [Pitch(name, frozenset(languages.get(name, "").split())) for name in names]


def jurors(*names, load=None, **languages):
    return [Juror(name, load, frozenset(languages.get(name, "").split())) for name in names]


# ——— what is kept to ———


def test_each_pitch_has_its_jurors_and_the_loads_are_even():
    answer = seat(Problem(pitches(*"abcdef"), jurors("elif", "idris", "karim", "zohra"), per_pitch=2, seed=1))

    assert len(answer.seats) == 12
    assert answer.load == {"elif": 3, "idris": 3, "karim": 3, "zohra": 3}
    assert answer.connected
    assert len(set(answer.seats)) == 12


def test_nobody_sits_on_a_pitch_with_which_they_have_a_conflict():
    conflicts = [("a", "elif"), ("a", "idris"), ("b", "karim")]

    answer = seat(Problem(pitches(*"ab"), jurors("elif", "idris", "karim", "zohra"), 2, conflicts, seed=1))

    assert {juror for pitch, juror in answer.seats if pitch == "a"} == {"karim", "zohra"}
    assert ("b", "karim") not in answer.seats


def test_a_juror_reads_a_language_of_the_pitch_where_both_name_some():
    problem = Problem(
        pitches("a", "b", "c", a="ar", b="ar fr"), jurors("elif", "idris", "karim", idris="fr", karim="ar"), 2, seed=1
    )

    answer = seat(problem)

    assert {juror for pitch, juror in answer.seats if pitch == "a"} == {"elif", "karim"}


def test_a_limit_is_kept_and_the_others_share_the_rest():
    crowd = [Juror("elif", 1), Juror("idris"), Juror("karim")]

    answer = seat(Problem(pitches(*"abcd"), crowd, 2, seed=3))

    assert answer.load["elif"] <= 1
    assert sorted(answer.load.values()) == [1, 3, 4]


def test_the_same_problem_has_the_same_answer_in_whatever_order_it_is_told():
    names = [f"p{number}" for number in range(12)]
    conflicts = [("p3", "j1"), ("p4", "j1"), ("p5", "j2")]
    first = seat(Problem(pitches(*names), jurors("j1", "j2", "j3", "j4", "j5"), 3, conflicts, min_overlap=2, seed=7))
    lot = random.Random(4)

    for _turn in range(5):
        mixed, crowd = lot.sample(pitches(*names), 12), lot.sample(jurors("j1", "j2", "j3", "j4", "j5"), 5)
        assert seat(Problem(mixed, crowd, 3, lot.sample(conflicts, 3), min_overlap=2, seed=7)) == first


def test_another_seed_draws_another_lot():
    seated = {seat(Problem(pitches(*"abcdefgh"), jurors(*"vwxyz"), 2, seed=seed)).seats for seed in range(6)}

    assert len(seated) > 1


def test_no_pitch_needs_nobody():
    assert seat(Problem([], jurors("elif"), 3)) == Seating((), {"elif": 0}, connected=True)


# ——— overlap ———


def shared(seats, one, other):
    of = {name: {pitch for pitch, juror in seats if juror == name} for name in (one, other)}
    return len(of[one] & of[other])


def hang_together(seats, overlap):
    """The definition, word by word: a chain of neighbours between any two who have a seat."""
    sitting = sorted({juror for _pitch, juror in seats})
    reached, new = set(sitting[:1]), set(sitting[:1])
    while new:
        new = {other for other in sitting for one in new if shared(seats, one, other) >= overlap} - reached
        reached |= new
    return len(reached) == len(sitting)


@pytest.mark.parametrize(("overlap", "many"), [(1, 12), (2, 12), (3, 15), (5, 24)])
def test_all_who_sit_hang_together_by_so_many_shared_pitches(overlap, many):
    names = [f"p{number}" for number in range(many)]

    answer = seat(Problem(pitches(*names), jurors("j1", "j2", "j3", "j4", "j5", "j6"), 3, min_overlap=overlap, seed=2))

    assert hang_together(answer.seats, overlap)
    assert answer.connected
    assert max(answer.load.values()) - min(answer.load.values()) <= 1


def test_a_large_jury_hangs_together_too():
    lot = random.Random(5)
    names = [f"p{number}" for number in range(120)]
    conflicts = [(lot.choice(names), f"j{lot.randrange(20)}") for _one in range(200)]

    answer = seat(Problem(pitches(*names), jurors(*(f"j{one}" for one in range(20))), 3, conflicts, min_overlap=6, seed=2))

    assert hang_together(answer.seats, 6)
    assert max(answer.load.values()) - min(answer.load.values()) <= 1
    assert not set(conflicts) & set(answer.seats)


def test_where_overlap_is_not_asked_for_it_costs_no_evenness():
    """With one juror a pitch nobody can be compared, unless one of them reads everything."""
    answer = seat(Problem(pitches(*"abcd"), jurors("elif", "idris"), 1, seed=1))

    assert answer.load == {"elif": 2, "idris": 2}
    assert not answer.connected


# ——— why not ———


def test_too_few_free_jurors_for_one_pitch():
    answer = seat(Problem(pitches(*"ab"), jurors("elif", "idris", "karim"), 3, [("b", "karim")], seed=1))

    assert (answer.code, answer.pitches) == ("few_jurors", ("b",))
    assert str(answer) == (
        "Too few free jurors for pitch b: 3 are needed, 2 can be had. In conflict: karim. "
        "Invite another juror or ask for fewer a pitch."
    )


def test_too_few_read_its_language():
    answer = seat(Problem(pitches("a", "b", a="ti"), jurors("elif", "idris", "karim", idris="fr", karim="fr"), 2, seed=1))

    assert (answer.code, answer.pitches) == ("language", ("a",))
    assert "read a language of pitch a (ti): 2 are needed, 1 can be had" in str(answer)


def test_all_loads_together_are_too_small():
    answer = seat(Problem(pitches(*"abc"), jurors("elif", "idris", "karim", load=1), 2, seed=1))

    assert (answer.code, answer.pitches) == ("total_load", ("a", "b", "c"))
    assert "can take 3 seats together, 6 are needed" in str(answer)


def test_some_pitches_ask_too_much_of_the_few_who_may_score_them():
    """There is room enough, only not where it is needed: a and b have but Elif and Idris, and these have one seat each."""
    crowd = [Juror("elif", 1), Juror("idris", 1), Juror("karim"), Juror("zohra")]
    conflicts = [(pitch, juror) for pitch in "ab" for juror in ("karim", "zohra")]

    answer = seat(Problem(pitches(*"abcd"), crowd, 2, conflicts, seed=1))

    assert (answer.code, answer.pitches, answer.jurors) == ("group_load", ("a", "b"), ("elif", "idris"))
    assert "Pitches a, b need 4 seats; the jurors who may score them (elif, idris) can take 2 of these." in str(answer)


def test_two_languages_and_nobody_who_reads_both():
    problem = Problem(
        pitches("a", "b", "c", a="ar", b="fr", c="fr"),
        jurors("elif", "idris", "karim", "zohra", "yusra", idris="fr", karim="fr", zohra="ar", yusra="ar"),
        2,
        [("b", "elif"), ("c", "elif"), ("a", "elif")],
        min_overlap=1,
    )

    answer = seat(problem)

    assert (answer.code, answer.pitches, answer.jurors) == ("overlap", ("a",), ("yusra", "zohra"))
    assert "Cut off are yusra, zohra with pitch a." in str(answer)


def test_more_overlap_than_there_are_pitches_is_refused():
    answer = seat(Problem(pitches(*"abc"), jurors("elif", "idris", "karim"), 2, min_overlap=4))

    assert isinstance(answer, Impossible)
    assert answer.code == "overlap"


# ——— planning again ———

NAMES = [f"p{number}" for number in range(10)]
CROWD = ("elif", "idris", "karim", "zohra", "yusra")


def test_where_somebody_leaves_only_their_seats_move():
    before = seat(Problem(pitches(*NAMES), jurors(*CROWD), 3, min_overlap=1, seed=3))
    stay = [name for name in CROWD if name != "karim"]

    after = seat(Problem(pitches(*NAMES), jurors(*stay), 3, min_overlap=1, seed=3, seated=before.seats))

    lost = {pair for pair in before.seats if pair[1] == "karim"}
    assert set(after.moved) == lost
    assert set(before.seats) - lost <= set(after.seats)
    assert after.kept == 30 - len(lost)


def test_a_conflict_that_comes_up_late_moves_one_seat():
    before = seat(Problem(pitches(*NAMES), jurors(*CROWD), 3, min_overlap=1, seed=3))

    after = seat(Problem(pitches(*NAMES), jurors(*CROWD), 3, [before.seats[0]], min_overlap=1, seed=3, seated=before.seats))

    assert after.moved == (before.seats[0],)


def test_a_seat_with_a_score_stays_even_above_the_limit():
    seated = [("a", "elif"), ("b", "elif"), ("c", "elif")]
    crowd = [Juror("elif", 1), Juror("idris"), Juror("karim")]

    answer = seat(Problem(pitches(*"abc"), crowd, 1, seated=seated, scored=[("a", "elif"), ("b", "elif")], seed=1, min_overlap=0))

    assert {("a", "elif"), ("b", "elif")} <= set(answer.seats)
    assert answer.moved == (("c", "elif"),)


def test_a_score_by_somebody_in_conflict_keeps_no_seat():
    answer = seat(Problem(pitches("a"), jurors("elif", "idris"), 1, [("a", "elif")], scored=[("a", "elif")], seed=1))

    assert answer.seats == (("a", "idris"),)


# ——— beside a search through everything ———


def every_seating(problem):
    """All seatings of a small problem that bar, read, fill and load as they should."""
    barred = set(problem.conflicts)
    rows = []
    for pitch in problem.pitches:
        may = [
            one.id
            for one in problem.jurors
            if (pitch.id, one.id) not in barred and (not pitch.languages or not one.languages or pitch.languages & one.languages)
        ]
        rows.append([[(pitch.id, juror) for juror in some] for some in itertools.combinations(may, problem.per_pitch)])
    most = {one.id: len(problem.pitches) if one.max_load is None else one.max_load for one in problem.jurors}
    for chosen in itertools.product(*rows):
        seats = [pair for some in chosen for pair in some]
        if all(sum(juror == name for _pitch, juror in seats) <= most[name] for name in most):
            yield seats


def worth(seats, seated):
    load = {}
    for _pitch, juror in seats:
        load[juror] = load.get(juror, 0) + 1
    return len(set(seats) & set(seated)), -sum(number**2 for number in load.values())


@st.composite
def problems(draw):
    rows = [f"p{number}" for number in range(draw(st.integers(1, 4)))]
    columns = [f"j{number}" for number in range(draw(st.integers(1, 4)))]
    spoken = st.frozensets(st.sampled_from(["ar", "fr"]), max_size=1)
    pairs = st.lists(st.tuples(st.sampled_from(rows), st.sampled_from(columns)), max_size=5)
    return Problem(
        [Pitch(name, draw(spoken)) for name in rows],
        [Juror(name, draw(st.one_of(st.none(), st.integers(0, 4))), draw(spoken)) for name in columns],
        draw(st.integers(1, 3)),
        draw(pairs),
        draw(st.sampled_from([0, 1, 1, 2, 3])),
        draw(st.integers(0, 3)),
        draw(pairs),
    )


@given(problems())
@settings(max_examples=150)
def test_every_small_problem_is_solved_as_well_as_it_can_be(problem):
    possible = list(every_seating(problem))
    joined = [seats for seats in possible if not problem.min_overlap or hang_together(seats, problem.min_overlap)]

    answer = seat(problem)

    if joined:
        assert isinstance(answer, Seating), str(answer)
        assert sorted(answer.seats) in [sorted(seats) for seats in possible]
        assert worth(answer.seats, problem.seated) == max(worth(seats, problem.seated) for seats in joined)
        assert answer.connected == hang_together(answer.seats, problem.min_overlap or 1)
    elif possible:
        assert answer.code == "overlap"
    else:
        assert answer.code in ("few_jurors", "language", "total_load", "group_load")


@given(problems())
@settings(max_examples=100)
def test_a_group_that_asks_too_much_is_named_without_a_pitch_too_many(problem):
    answer = seat(problem)
    assume(isinstance(answer, Impossible) and answer.code in ("few_jurors", "language", "group_load"))

    def alone(names):
        chosen = [one for one in problem.pitches if one.id in names]
        few = [pair for pair in problem.conflicts if pair[0] in names]
        return Problem(chosen, problem.jurors, problem.per_pitch, few)

    assert not list(every_seating(alone(answer.pitches)))
    if answer.code == "group_load":
        for left_out in answer.pitches:
            assert list(every_seating(alone(set(answer.pitches) - {left_out})))
    else:
        assert all(not list(every_seating(alone({name}))) for name in answer.pitches)


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_the_lists_plays_no_part(problem, lot):
    mixed = Problem(
        lot.sample(problem.pitches, len(problem.pitches)),
        lot.sample(problem.jurors, len(problem.jurors)),
        problem.per_pitch,
        lot.sample(problem.conflicts, len(problem.conflicts)),
        problem.min_overlap,
        problem.seed,
        lot.sample(problem.seated, len(problem.seated)),
    )

    assert seat(mixed) == seat(problem)
