"""seat_jury, rank_scores and simulate_jury: what goes in, what comes out, and what is refused in one line."""

import json

import pytest
from django.core.management import CommandError, call_command

PROBLEM = {
    "pitches": [{"id": "a"}, {"id": "b", "languages": ["ar"]}, {"id": 3}],
    "jurors": [{"id": "elif"}, {"id": "idris", "max_load": 2, "languages": ["ar", "fr"]}, {"id": "karim", "languages": ["fr"]}],
    "conflicts": [["a", "karim"]],
    "per_pitch": 2,
    "min_overlap": 1,
    "seed": 1,
}


@pytest.fixture
def run(tmp_path, capsys):
    """Run a command on a file with this in it; what it printed."""

    def run(command, given, *options):
        file = tmp_path / "given"
        words = given if isinstance(given, bytes | str) else json.dumps(given)
        file.write_bytes(words if isinstance(words, bytes) else words.encode())
        call_command(command, str(file), *options)
        return json.loads(capsys.readouterr().out)

    return run


def refused(run, command, given, *options):
    with pytest.raises(CommandError) as fault:
        run(command, given, *options)
    assert fault.value.returncode == 2
    assert "\n" not in str(fault.value)
    return str(fault.value)


# ——— seat_jury ———


def test_seats_are_printed_with_the_names_of_the_file(run):
    # a cannot have Karim, b cannot be read by him: Elif and Idris have both, and Idris takes no third.
    assert run("seat_jury", PROBLEM, "--format", "json") == {
        "seats": [[3, "elif"], [3, "karim"], ["a", "elif"], ["a", "idris"], ["b", "elif"], ["b", "idris"]],
        "load": {"elif": 3, "idris": 2, "karim": 1},
        "connected": True,
        "kept": 0,
        "moved": [],
        "gap": 0,
    }


def test_impossible_is_an_answer(run):
    answer = run("seat_jury", {**PROBLEM, "conflicts": [[3, "karim"], ["a", "karim"]], "per_pitch": 3})

    assert answer["impossible"].startswith("Too few free jurors for pitch 3, a, b: 3 are needed, 2 can be had.")
    assert answer["pitches"] == [3, "a", "b"]


def test_planning_again_keeps_what_it_can(run):
    seated = run("seat_jury", PROBLEM)["seats"]

    again = run("seat_jury", {**PROBLEM, "jurors": [*PROBLEM["jurors"], {"id": "zohra"}], "seated": [*seated, ["a", "gone"]]})

    assert again["seats"] == seated
    assert again["moved"] == [["a", "gone"]]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"per_pitch": 0}, "per_pitch: a whole number from 1 is needed, not 0."),
        ({"per_pitch": True}, "per_pitch: a whole number from 1 is needed, not true."),
        ({"per_pitch": 2.5}, "per_pitch: a whole number from 1 is needed, not 2.5."),
        ({"seed": None}, "seed: a whole number from 0 is needed, not null."),
        ({"min_overlap": -1}, "min_overlap: a whole number from 0 is needed, not -1."),
        ({"pitches": {}}, "pitches: a list is needed."),
        ({"pitches": ["a"]}, "pitches[0]: an object with “id” is needed."),
        ({"pitches": [{}]}, "pitches[0].id: is missing."),
        ({"pitches": [{"id": "a"}, {"id": "a"}]}, "pitches[1].id: a is there twice."),
        ({"jurors": [{"id": None}]}, "jurors[0].id: a name or a whole number is needed, not null."),
        ({"jurors": [{"id": "x", "max_load": "3"}]}, 'jurors[0].max_load: a whole number from 0 is needed, not "3".'),
        ({"jurors": [{"id": "x", "languages": "ar"}]}, "jurors[0].languages: a list of language codes is needed."),
        ({"jurors": [{"id": "x", "load": 3}]}, "jurors[0].load: there is no such field; known are id, languages, max_load."),
        ({"conflicts": [["a"]]}, "conflicts[0]: [pitch, juror] is needed."),
        ({"conflicts": [["a", "nobody"]]}, "conflicts[0]: there is no juror nobody."),
        ({"conflicts": "a-elif"}, "conflicts: a list of [pitch, juror] is needed."),
        ({"overlap": 2}, "overlap: there is no such field; known are "),
    ],
)
def test_a_malformed_problem_names_the_field(run, changed, said):
    assert refused(run, "seat_jury", {**PROBLEM, **changed}).startswith(said)


def test_a_missing_field_and_a_broken_file_are_said(run, tmp_path):
    assert refused(run, "seat_jury", {key: value for key, value in PROBLEM.items() if key != "seed"}) == "seed: is missing."
    assert refused(run, "seat_jury", []).startswith("An object with “pitches”")
    assert "is not JSON" in refused(run, "seat_jury", "{")
    assert "it is not UTF-8 text" in refused(run, "seat_jury", b"\xff\xfe")
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("seat_jury", str(tmp_path / "nothing"))


# ——— rank_scores ———

SCORES = """\
pitch,juror,criterion,weight,score,asked
pizzeria,elif,market,60,4,5500
pizzeria,elif,person,40,5,5500
pizzeria,idris,market,60,3,
pizzeria,idris,person,40,cannot judge,
livestock,elif,market,60,3,4000.50
livestock,elif,person,40,3,
livestock,idris,market,60,2,
livestock,idris,person,40,2,
photographer,elif,market,60,5,6000
photographer,elif,person,40,4,
photographer,idris,market,60,4,
photographer,idris,person,40,4,
"""


def test_a_ranking_is_printed_with_its_line(run):
    answer = run("rank_scores", SCORES, "--budget", "12000", "--seed", "3", "--format", "json")

    # Elif 4.4 of 100, Idris 3 of 60: (440 + 180) / 160.
    assert {one["pitch"]: one["raw"] for one in answer["pitches"]} == pytest.approx(
        {"photographer": 4.3, "pizzeria": 3.875, "livestock": 2.5}
    )
    assert [one["pitch"] for one in answer["pitches"]] == ["photographer", "pizzeria", "livestock"]
    assert answer["pitches"][1]["cannot_judge"] == 1
    assert [one["juror"] for one in answer["jurors"]] == ["elif", "idris"]
    assert answer["jurors"][0]["severity"] == pytest.approx(-answer["jurors"][1]["severity"])
    assert set(answer["alpha"]) == {"market", "person"}
    assert (answer["connected"], answer["withheld"], answer["basis"]) == (True, None, "adjusted")
    line = answer["allocation"]
    assert (line["awarded"], line["reserve"]) == (["photographer", "pizzeria"], ["livestock"])
    assert (line["spent"], line["left"]) == (11500, 500)
    assert line["best_total"] == {"pitches": ["photographer", "pizzeria"], "spent": 11500, "score": pytest.approx(8.0608, abs=1e-3)}
    assert line["tie_rule"].startswith("Equal scores: the smaller amount asked goes first")
    for one in answer["pitches"]:
        assert one["low"] <= one["adjusted"] <= one["high"]
        assert 0 <= one["inside"] <= 1


def test_without_a_budget_there_is_no_line(run):
    answer = run("rank_scores", SCORES, "--seed", "3")

    assert answer["allocation"] is None
    assert {one["inside"] for one in answer["pitches"]} == {None}


def test_too_little_to_know_severity_says_so(run):
    answer = run("rank_scores", "pitch,juror,criterion,weight,score\na,x,m,1,4\nb,y,m,1,3\n", "--seed", "1")

    assert answer["connected"] is False
    assert answer["withheld"].startswith("Severity is not estimated: the jurors fall into groups")
    assert [(one["raw"], one["adjusted"]) for one in answer["pitches"]] == [(4.0, None), (3.0, None)]


def changed(number, line):
    lines = SCORES.splitlines()
    lines[number - 1] = line
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (changed(3, "pizzeria,elif,person,40,6,5500"), "Line 3: score 6 is not between 1 and 5."),
        (changed(3, "pizzeria,elif,person,40,0,5500"), "Line 3: score 0 is not between 1 and 5."),
        (changed(3, "pizzeria,elif,person,40,NaN,5500"), "Line 3: score “NaN” is not a number."),
        (changed(3, "pizzeria,elif,person,40,good,5500"), "Line 3: score “good” is not a number."),
        (changed(5, "pizzeria,idris,person,50,4,"), "Line 5: weight 50 of person differs from 40 in line 3."),
        (changed(5, "pizzeria,idris,person,0,4,"), "Line 5: weight 0 is not above zero."),
        (changed(5, "pizzeria,idris,person,inf,4,"), "Line 5: weight “inf” is not a number."),
        (changed(4, "pizzeria,elif,market,60,4,"), "Line 4: elif has scored market of pizzeria already in line 2."),
        (changed(4, ",elif,market,60,4,"), "Line 4: pitch is empty."),
        (changed(4, "pizzeria,idris,market,60"), "Line 4: 4 columns where the first line has 6."),
        (changed(4, "pizzeria,idris,market,60,3,9"), "Line 4: asked 9 for pizzeria differs from 5500 above."),
        (changed(4, "pizzeria,idris,market,60,3,1e9999"), "Line 4: asked “1e9999” is not an amount"),
        (changed(6, "livestock,elif,market,60,3,"), "Line 6: asked is empty for livestock."),
        (changed(1, "pitch,juror,criterion,weight,asked,note"), "Line 1: the column score is missing."),
        (changed(1, "pitch,juror,criterion,weight,score,score"), "Line 1: the column score is there twice."),
        (SCORES.replace(",", ";"), "Line 1: columns are separated by commas, here a semicolon stands between them."),
        (SCORES.replace(",", "\t"), "Line 1: columns are separated by commas, here a tab stands between them."),
        ("", "Line 1: the file is empty; the first line names the columns."),
        ("pitch,juror,criterion,weight,score\n", "Line 2: there are no scores."),
        (SCORES.encode().replace(b"livestock", b"b\xe9tail", 1), "Line 6: this is not UTF-8 text."),
        (changed(3, 'pizzeria,"elif,person,40,5,5500'), "Line "),
    ],
)
def test_a_bad_file_is_refused_with_its_line(run, words, said):
    assert refused(run, "rank_scores", words, "--seed", "1").startswith(said)


def test_a_budget_needs_to_know_what_is_asked(run):
    bare = "pitch,juror,criterion,weight,score\na,x,m,1,4\n"

    assert refused(run, "rank_scores", bare, "--seed", "1", "--budget", "100") == "--budget needs the column asked."
    assert refused(run, "rank_scores", SCORES, "--seed", "1", "--budget", "much").startswith("--budget “much” is not an amount")


def test_a_grid_of_a_hundred_points_is_ranked_too(run):
    words = "pitch,juror,criterion,weight,score\na,x,m,1,65\nb,x,m,1,0\n"

    answer = run("rank_scores", "\ufeff" + words, "--seed", "1", "--least", "0", "--most", "100")

    assert [one["raw"] for one in answer["pitches"]] == [65, 0]


# ——— simulate_jury ———


def test_the_adjusted_order_is_nearer_to_the_truth(capsys):
    call_command("simulate_jury", juries=60, pitches=24, jurors=6, seed=2)

    answer = json.loads(capsys.readouterr().out)
    seatings = answer["seatings"]
    assert seatings["unbalanced"]["difference"] > 2 * seatings["unbalanced"]["standard_error"] > 0
    assert seatings["balanced"]["difference"] >= -0.01
    assert seatings["balanced_alike"]["difference"] >= -0.01
    assert answer["holds"] is True


def test_tau_is_kendalls():
    from scipy.stats import kendalltau

    from grants.management.commands.simulate_jury import tau

    one, other = [3, 1, 2, 5, 4, 4], [1.0, 1.0, 2.0, 5.0, 3.0, 4.0]
    assert tau(one, other) == pytest.approx(kendalltau(one, other).statistic)
    assert tau(one, [1.0] * 6) == 0


@pytest.mark.parametrize("wrong", [{"jurors": 1}, {"per_pitch": 9}, {"severity": -1.0}, {"juries": 1}])
def test_a_jury_that_cannot_be_is_refused(wrong):
    with pytest.raises(CommandError) as fault:
        call_command("simulate_jury", **wrong)
    assert fault.value.returncode == 2
