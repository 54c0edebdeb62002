"""What people are promised (docs/promises.md) and what is tested are the same list."""

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs/promises.md"

# The gravest promises of the file and of the follow-up, and the others that they reach; the jury and the money add theirs.
OF_THIS_RELEASE = {
    "5.1",
    "5.2",
    "5.3",
    "5.4",
    "5.5",
    "5.6",
    "5.7",
    "5.8",
    "5.9",
    "5.10",
    "5.11",
    "5.12",
    "5.13",
    "5.15",
    "5.17",
    "5.18",
    "5.21",
}


def promised() -> dict[str, tuple[str, str]]:
    """number → (what is said to people, the file that keeps it)."""
    rows = re.findall(r"^\| (5\.\d+) \| (.+?) \| `(\S+)` \|$", PAGE.read_text(encoding="utf-8"), re.M)
    return {number: (words, file) for number, words, file in rows}


def test_every_line_names_a_test_that_is_there_and_every_test_is_promised():
    files = {path.name for path in HERE.glob("test_5_*.py")}
    assert {file for _words, file in promised().values()} == files


def test_a_test_bears_the_number_of_its_promise_and_says_it():
    for number, (_words, file) in promised().items():
        assert file.startswith(f"test_{number.replace('.', '_')}_"), file
        assert f"romise {number}:" in (HERE / file).read_text(encoding="utf-8").split("\n", 1)[0], file


def test_no_promise_of_this_release_is_missing():
    assert set(promised()) >= OF_THIS_RELEASE
