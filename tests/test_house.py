"""The house rules, each as a test that says where it is broken. docs/architecture.md is the drawing of the house."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import get_resolver

from accounts.roles import LINK_VERBS, OWN_VERBS, ROLES, SYSTEM_VERBS
from tests.access.test_every_address import patterns
from workflows.machine import AggregateRoot, Verb

BASE = Path(__file__).resolve().parents[1]
# From the top down, as they may import each other.
ROOMS = ("config", "monitoring", "grants", "casework", "accounts", "workflows")
# Those whose verbs all stand; the room of the grants is furnished by its own release.
FURNISHED = ("casework", "accounts", "monitoring")


@cache
def sources() -> dict[str, ast.Module]:
    """Every module of the product but its migrations, as a tree, by its path."""
    files = [file for room in ROOMS for file in (BASE / room).rglob("*.py") if "migrations" not in file.parts]
    return {file.relative_to(BASE).as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in sorted(files)}


def names_called(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, "timezone.now") of everything that is called in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def machines() -> list[tuple[str, Verb]]:
    """Every verb of the furnished rooms: its room, and what its machine knows of it."""
    roots = [one for one in apps.get_models() if issubclass(one, AggregateRoot) and one._meta.app_label in FURNISHED]
    return [(one._meta.app_label, verb) for one in roots for verb in one.known_verbs().values()]


# ——— the drawing ———


def test_the_rooms_are_those_of_the_drawing():
    drawn = re.findall(r"^\| `(\w+)/` \|", (BASE / "docs/architecture.md").read_text(encoding="utf-8"), re.M)
    assert tuple(drawn) == ROOMS
    assert {folder.parent.name for folder in BASE.glob("*/apps.py")} == set(ROOMS)


def test_import_linter_keeps_the_same_stack_without_an_exception():
    linter = tomllib.loads((BASE / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert linter["contracts"][0]["layers"] == list(ROOMS)
    assert not [contract["name"] for contract in linter["contracts"] if contract.get("ignore_imports")]


def test_tests_mirror_the_rooms():
    assert {room for room in ROOMS if not (BASE / "tests" / room).is_dir()} == set()
    beside = ("access", "faults", "journeys", "load", "promises")
    assert {folder for folder in beside if not (BASE / "tests" / folder).is_dir()} == set()


def test_no_module_is_named_for_nothing():
    """`casework/models/services.py` is a word of the work: what one person receives of a measure."""
    nothing = {"utils", "util", "helpers", "helper", "common", "core", "services", "managers", "misc", "base"}
    assert [path for path in sources() if Path(path).stem in nothing] == ["casework/models/services.py"]


def test_nothing_is_left_for_later():
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    endings = {".py", ".html", ".md", ".css", ".js", ".toml", ".yml", ".sh"}
    ours = [BASE / place for place in (*ROOMS, "tests", "tools", "docs", "docker")]
    files = [file for place in ours for file in place.rglob("*") if file.suffix in endings and file.name != Path(__file__).name]
    assert [str(file) for file in files if "vendor" not in file.parts and later.search(file.read_text(encoding="utf-8"))] == []


# ——— one way to do a thing ———


def test_django_fsm_is_known_in_one_place():
    found = {
        path
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Import) and any(one.name.startswith("django_fsm") for one in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django_fsm"))
    }
    assert found == {"workflows/machine.py"}


def test_there_is_one_clock():
    others = re.compile(r"(timezone\.(now|localdate)|datetime\.(now|utcnow|today)|date\.today|time\.time)$")
    found = {f"{path}:{line}" for path, tree in sources().items() for line, name in names_called(tree) if others.search(name)}
    assert {place.split(":")[0] for place in found} == {"workflows/clock.py"}


def test_no_signal_is_ours_and_no_save_is_overridden():
    signals = {
        f"{path}:{line} {name}"
        for path, tree in sources().items()
        for line, name in names_called(tree)
        if name in ("Signal", "receiver", "signals.Signal") or (name.endswith(".connect") and name != "post_migrate.connect")
    }
    assert signals == set()
    saves = {
        f"{path}:{node.lineno} {node.name}"
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name in ("save", "delete", "bulk_create") and "/models" in path
    }
    assert saves == set()


def test_a_transition_touches_its_own_row_alone():
    """No query, no clock, no mail: what it needs is given to it."""
    strange = re.compile(r"(\.objects|_base_manager|_default_manager|clock\.|messages\.|\.save$|\.create$|\.update$)")
    found = []
    for path, tree in sources().items():
        for node in ast.walk(tree):
            declared = isinstance(node, ast.FunctionDef) and any(
                ast.unparse(one).startswith("verb(") for one in node.decorator_list
            )
            if declared:
                found += [f"{path}:{line} {name}" for line, name in names_called(node) if strange.search(name)]
    assert found == []


# ——— one name everywhere ———

# What performs a verb under another name, and why.
UNDER_ANOTHER_NAME = {
    "assign_caseworkers": "the same verb for many files",
    "_open": "somebody new comes with a first file",
    "refer_newcomer": "as above",
    "write": "as above, for a row of a list",
    "refer_many": "as above, in the demo",
    "mark_way_dead": "one change of how somebody is reached",
    "_move_drafts": "drafts that go along with a call that closes",
    "_change_seats": "the seats that a jury gets at once",
    "_sign_each": "every pitch of a sitting that is signed",
    "cancel_open": "what is open of a contract that ends",
    "make_payment_order": "the payments of one order",
    "_read_in": "the lines of a statement, in a transaction of their own",
}


def test_a_verb_is_performed_by_the_function_of_its_name():
    wrong = []
    for path, tree in sources().items():
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            for call in ast.walk(function):
                acts = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("act", "act_each")
                said = call.args[1] if acts and len(call.args) > 1 else None
                other = isinstance(said, ast.Constant) and said.value.partition(".")[2] != function.name
                if other and function.name not in UNDER_ANOTHER_NAME:
                    wrong.append(f"{path}:{call.lineno} {ast.unparse(call.args[1])} in {function.name}")
    assert wrong == []


@pytest.mark.parametrize("room", FURNISHED)
def test_every_verb_is_said_in_its_room_and_given_to_somebody(room):
    given = set().union(*(role.verbs for role in ROLES.values()), SYSTEM_VERBS, OWN_VERBS, *LINK_VERBS.values())
    said = "\n".join(
        (BASE / path).read_text(encoding="utf-8") for path in sources() if path.startswith(f"{room}/") and "/models/" not in path
    )
    for app, verb in machines():
        if app == room:
            assert re.search(rf"\bdef {verb.name}\b|\"{verb.name}\"|\"{room}\.{verb.name}\"|\.{verb.name}\(", said), verb.name
            assert f"{room}.{verb.name}" in given, f"Nobody may {verb.name}."


def test_a_role_is_given_only_verbs_that_exist():
    known = {f"{room}.{verb.name}" for room, verb in machines()}
    given = set().union(*(role.verbs for role in ROLES.values()), SYSTEM_VERBS, OWN_VERBS, *LINK_VERBS.values())
    assert {verb for verb in given - known if verb.startswith(tuple(f"{room}." for room in FURNISHED))} == set()


# Verbs of people without a page of their own name, and where they are pressed instead.
PRESSED_ELSEWHERE = {
    "casework.set_reach": "asked in the talk",
    "monitoring.stop": "follows from a permission that is taken back",
}


def test_the_page_of_a_verb_has_its_name():
    of_people = {f"{room}.{verb.name}" for room, verb in machines()} & set().union(*(role.verbs for role in ROLES.values()))
    views = {name.replace(":", "."): pattern.callback.__name__ for name, _route, pattern in patterns(get_resolver())}
    assert of_people - set(views) == set(PRESSED_ELSEWHERE)
    assert {verb: views[verb] for verb in of_people & set(views) if views[verb] != verb.partition(".")[2]} == {}


def test_every_verb_is_named_in_a_test():
    tested = "\n".join(file.read_text(encoding="utf-8") for file in (BASE / "tests").rglob("test_*.py"))
    assert [f"{room}.{verb.name}" for room, verb in machines() if not re.search(rf"\b{verb.name}\b", tested)] == []


# ——— every read starts from what the reader may see ———

OF_PEOPLE = ("Case", "Person", "Round", "PossibleDuplicate", "ReferralList", "Pitch")
STARTS = {"visible_to", "not_barring", "nameless_to", "opened_by"}
# A row that was found through `visible_to` a line before, asked for what changed on it.
FOUND_BEFORE = {("casework/views/person_verbs.py", "Person", "values_list")}


def test_no_view_reads_people_past_what_its_reader_may_see():
    found = set()
    for path, tree in sources().items():
        if "/views/" not in path:
            continue
        for node in ast.walk(tree):
            manager = node.value if isinstance(node, ast.Attribute) else None
            if isinstance(manager, ast.Attribute) and manager.attr in ("objects", "_base_manager", "_default_manager"):
                model = ast.unparse(manager.value)
                if model in OF_PEOPLE and node.attr not in STARTS:
                    found.add((path, model, node.attr))
    assert found == FOUND_BEFORE


# A partner's file is named by the reference that the partner brings along, and shown to nobody.
NAMED_BY_HAND = {("grants/forms/pitches.py", "Case", "filter")}


def test_no_form_offers_people_past_what_its_reader_may_see():
    found = set()
    for path, tree in sources().items():
        if "/forms/" not in path:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "objects":
                model = ast.unparse(node.value.value)
                if model in OF_PEOPLE and node.attr not in STARTS | {"none"}:
                    found.add((path, model, node.attr))
    assert found <= NAMED_BY_HAND


# ——— what a page is made of ———


def test_styles_know_no_left_and_right():
    """Arabic needs no second style sheet of ours."""
    sided = re.compile(
        r"(?:margin|padding|border)-(?:left|right)\b|text-align:\s*(?:left|right)|(?:^|[{;\s])(?:left|right)\s*:", re.M
    )
    ours = [file for file in (BASE / "config/static/css").rglob("*.css") if not file.name.startswith("bootstrap")]
    assert ours
    assert {file.name: match.group() for file in ours if (match := sided.search(file.read_text(encoding="utf-8")))} == {}


def strings_of_people(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Sentences that a refusal says without asking for a translation."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "Blocker",
            "refuse",
            "PermissionDenied",
            "NotYours",
            "_refuse",
        ):
            for one in node.args:
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and " " in one.value:
                    yield node.lineno, one.value


def test_every_refusal_can_be_translated():
    assert [f"{path}:{line} {words}" for path, tree in sources().items() for line, words in strings_of_people(tree)] == []


def test_every_list_that_people_are_in_has_its_own_way_to_be_read():
    """A model about people that pages list knows `visible_to`."""
    asked = {one.__name__: one for one in apps.get_models() if one.__name__ in OF_PEOPLE}
    assert [name for name, model in asked.items() if not hasattr(model._default_manager.all(), "visible_to")] == []
