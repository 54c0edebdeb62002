"""The pages of lists and of possible repeats, by hand: handed in, looked through, imported, answered, mended, told apart."""

import csv
import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from casework import jobs
from casework.models import Case, PossibleDuplicate, ReferralList, ReferralRow
from tests import factories
from tests.casework.test_import import ARABIC, KHALED, LEILA, again, answers, many, written
from workflows import clock as clocks
from workflows.models import Event, Task

pytestmark = pytest.mark.django_db

REFUSED = again(LEILA, "TUN-26-0005", family_name="Kept-from-nobody", consent="no")
FAULTY = again(LEILA, "TUN-26-0004", sex="Q", notes="=1+1")


@pytest.fixture
def amina(client: Any, db: None) -> Any:
    factories.programme()
    client.force_login(factories.user("amina"))
    return client


def hand_in(client: Any, folder: Path, *rows: dict[str, str], name: str = "list.csv", data: bytes | None = None) -> Any:
    content = written(folder, *rows).read_bytes() if data is None else data
    file = SimpleUploadedFile(name, content)
    form = {"programme": factories.programme().pk, "office": factories.office().pk, "sender": "Agency"}
    return client.post(reverse("casework:hand_in_list"), form | {"file": file})


def text(answer: Any) -> str:
    return answer.content.decode()


def read_out(answer: Any) -> str:
    """The words of a page without its marks."""
    return " ".join(re.sub(r"<[^>]+>", "", text(answer)).replace("\u2068", "").replace("\u2069", "").split())


def kept_files() -> set[Path]:
    return set((Path(settings.DATA) / "referrals").glob("*"))


def imported(client: Any, folder: Path, *rows: dict[str, str]) -> ReferralList:
    assert hand_in(client, folder, *rows).status_code == 302
    listing = ReferralList.objects.order_by("uploaded_at").last()
    client.post(reverse("casework:import_referrals", args=[listing.pk]), {"version": listing.version})
    jobs.run_waiting_imports()
    listing.refresh_from_db()
    return listing


# ——— a list ———


def test_a_list_is_looked_through_before_anything_is_written(amina, tmp_path):
    page = amina.get(hand_in(amina, tmp_path, KHALED, again(KHALED, "TUN-26-0009", **ARABIC), FAULTY, REFUSED).url)

    words = text(page)
    assert "Import 1 person" in words
    assert "Write F, M or X" in words and "The person does not want to be referred" in words
    assert "Kept-from-nobody" not in words
    assert not Case.objects.exists() and not ReferralRow.objects.exists()


def test_decided_the_worker_imports_it_and_each_row_is_answered(amina, tmp_path):
    hand_in(amina, tmp_path, KHALED, again(KHALED, "TUN-26-0009", **ARABIC), FAULTY, REFUSED)
    listing = ReferralList.objects.get()
    where = reverse("casework:referral_list", args=[listing.pk])

    pressed = amina.post(reverse("casework:import_referrals", args=[listing.pk]), {"version": listing.version})
    assert "0 of 4 rows are answered" in read_out(amina.get(pressed.url))
    jobs.run_waiting_imports()

    told = {answer: text(amina.get(f"{where}?answer={answer}")) for answer in ("accepted", "possible_duplicate", "rejected")}
    assert "Khaled Belhadj" in told["accepted"] and Case.objects.get().get_absolute_url() in told["accepted"]
    assert "Could be" in told["possible_duplicate"] and "TUN-26-0001" in told["possible_duplicate"]
    assert "Write F, M or X" in told["rejected"] and "TUN-26-0005" in told["rejected"]


def test_the_bar_says_how_far_it_is_and_the_page_comes_anew_when_it_is_done(amina, tmp_path):
    listing = imported(amina, tmp_path, *many(120))
    bar = amina.get(reverse("casework:referral_list", args=[listing.pk]) + "?part=progress", headers={"HX-Request": "true"})
    assert bar["HX-Refresh"] == "true"
    ReferralList.objects.update(stage="working", rows_done=100, rows_total=120, finished_at=None)
    bar = amina.get(reverse("casework:referral_list", args=[listing.pk]) + "?part=progress", headers={"HX-Request": "true"})
    assert "100 of 120 rows are answered" in read_out(bar) and "HX-Refresh" not in bar


def test_pressed_twice_it_is_imported_once(amina, tmp_path):
    listing = imported(amina, tmp_path, KHALED)
    answer = amina.post(reverse("casework:import_referrals", args=[listing.pk]), {"version": listing.version})
    assert answer.status_code == 409 and "This list is imported already." in text(answer)
    jobs.run_waiting_imports()
    assert Case.objects.count() == 1


def test_rejected_rows_are_downloaded_mended_and_sent_again(amina, tmp_path):
    listing = imported(amina, tmp_path, KHALED, FAULTY, REFUSED)

    download = amina.get(reverse("casework:rejected_rows", args=[listing.pk]))

    lines = list(csv.DictReader(io.StringIO(text(download).removeprefix("\ufeff"))))
    assert [line["reference"] for line in lines] == ["TUN-26-0004"]
    assert lines[0]["notes"] == "'=1+1" and "Write F, M or X" in lines[0]["faults"]
    assert "attachment" in download["Content-Disposition"] and "Kept-from-nobody" not in text(download)
    again_ = hand_in(amina, tmp_path, data=text(download).replace(",Q,", ",F,").encode())
    assert "Import 1 person" in text(amina.get(again_.url))


def test_of_a_refused_consent_the_reference_and_the_code_are_kept_and_nothing_else(amina, tmp_path):
    imported(amina, tmp_path, REFUSED)
    row = ReferralRow.objects.get()
    assert (row.reference, [fault["code"] for fault in row.faults]) == ("TUN-26-0005", ["consent_refused"])
    assert (row.values, row.values_until, row.fingerprint, row.case, row.person) == (None, None, "", None, None)


def test_after_30_days_the_rows_cannot_be_downloaded_and_after_7_the_file_is_gone(clock, amina, tmp_path):
    listing = imported(amina, tmp_path, FAULTY)
    kept, begun = Path(settings.DATA) / listing.path, clocks.now()
    clock.set(begun + dt.timedelta(days=8))
    jobs.forget_old_lists()
    assert not kept.exists()
    assert "TUN-26-0004" in text(amina.get(reverse("casework:rejected_rows", args=[listing.pk])))

    clock.set(begun + dt.timedelta(days=32))
    jobs.forget_old_lists()

    amina.force_login(factories.user("amina"))
    assert "TUN-26-0004" not in text(amina.get(reverse("casework:rejected_rows", args=[listing.pk])))
    assert "not kept any more" in text(amina.get(reverse("casework:referral_list", args=[listing.pk]) + "?answer=rejected"))


def test_a_list_left_alone_is_deleted_and_says_so(clock, amina, tmp_path):
    listing = ReferralList.objects.get(pk=hand_in(amina, tmp_path, KHALED).url.split("/")[-2])
    clock.set(clocks.now() + dt.timedelta(days=8))
    jobs.forget_old_lists()
    amina.force_login(factories.user("amina"))
    assert "Hand it in again" in text(amina.get(reverse("casework:referral_list", args=[listing.pk])))
    assert amina.post(reverse("casework:import_referrals", args=[listing.pk]), {"version": listing.version}).status_code == 409


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("list.csv", b"\x89PNG\r\n\x1a\n" + bytes(200), "Save the list as CSV or .xlsx"),
        ("list.xlsx", b"reference,nom,prenom\n1,a,b\n", "The name says Excel"),
        ("list.csv", b"reference,nom,prenom\n", "no rows"),
        ("list.csv", b"", "empty"),
        ("list.csv", b"colour\nred\n", "No headings that we know"),
    ],
)
def test_a_file_that_is_no_list_is_refused_and_the_rest_of_the_form_is_kept(name, data, sentence, amina, tmp_path):
    before = kept_files()
    answer = hand_in(amina, tmp_path, name=name, data=data)
    assert answer.status_code == 422
    assert sentence in text(answer) and 'value="Agency"' in text(answer) and "Choose the file once more" in text(answer)
    assert not ReferralList.objects.exists() and kept_files() == before


def test_headings_nobody_knows_and_headings_that_stand_twice_are_told(amina, tmp_path):
    data = b"reference,nom,prenom,Colour,nom\nR-1,Gharbi,Ali,red,Chebbi\n"
    words = text(amina.get(hand_in(amina, tmp_path, data=data).url))
    assert "We do not know these headings and pass over them" in words and "Colour" in words
    assert "Another column says the same already" in words and "nom (2)" in words


class TwoHundredMegabytes(io.RawIOBase):
    """A form with a very large file in it, made while it is read."""

    SIZE = 200_000_000

    def __init__(self, head: bytes, tail: bytes) -> None:
        self._parts = [head, *([b"x" * 1_000_000] * (self.SIZE // 1_000_000)), tail]
        self.length, self._rest = len(head) + self.SIZE + len(tail), b""

    def read(self, size: int = -1) -> bytes:
        while self._parts and len(self._rest) < size:
            self._rest += self._parts.pop(0)
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def test_two_hundred_megabytes_are_refused_and_fill_neither_memory_nor_disk(amina, monkeypatch):
    most = []
    from django.core.files.uploadhandler import TemporaryFileUploadHandler

    complete = TemporaryFileUploadHandler.file_complete
    monkeypatch.setattr(TemporaryFileUploadHandler, "file_complete", lambda self, size: most.append(size) or complete(self, size))
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="l.csv"\r\nContent-Type: text/csv\r\n\r\n'
    tail = b'\r\n--b\r\nContent-Disposition: form-data; name="sender"\r\n\r\nAgency\r\n--b--\r\n'
    body = TwoHundredMegabytes(head, tail)

    answer = amina.generic("POST", reverse("casework:hand_in_list"), **{
        "wsgi.input": body, "CONTENT_LENGTH": str(body.length), "CONTENT_TYPE": "multipart/form-data; boundary=b",
    })  # fmt: skip

    assert answer.status_code == 422
    assert "larger than 20 MB" in text(answer) and 'value="Agency"' in text(answer)
    assert max(most) < settings.REFERRAL_FILE_LIMIT + 200_000


# ——— possible repeats ———


@pytest.fixture
def waiting(amina: Any, tmp_path: Path) -> PossibleDuplicate:
    answers(written(tmp_path, KHALED, again(KHALED, "TUN-26-0009", return_date="2026-11-01", **ARABIC)))
    return PossibleDuplicate.objects.get()


def decide(client: Any, duplicate: PossibleDuplicate, decision: str, **more: Any) -> Any:
    return client.post(
        reverse("casework:decide_duplicate", args=[duplicate.pk]), {"decision": decision, "version": duplicate.version, **more}
    )


def test_the_four_answers_stand_under_both_side_by_side_by_the_names_of_the_verb(amina, waiting):
    words = text(amina.get(reverse("casework:duplicate", args=[waiting.pk])))
    assert "خالد" in words and "Khaled" in words
    assert [one for one in PossibleDuplicate.Decision.values if f'name="decision" value="{one}"' not in words] == []


@pytest.mark.parametrize(
    ("decision", "files", "sentence"),
    [
        ("same", 1, "the referral is noted"),
        ("same_new_return", 2, "a new return"),
        ("different", 2, "a file of their own"),
        ("later", 1, "it waits at the end of the line"),
    ],
)
def test_each_answer_does_what_it_says_once(decision, files, sentence, amina, waiting):
    said = text(amina.get(decide(amina, waiting, decision).url))

    assert sentence in said
    assert Case.objects.count() == files
    again_ = decide(amina, waiting, decision)
    assert again_.status_code == 409
    assert Case.objects.count() == files


def test_an_answer_that_is_none_of_the_four_is_refused(amina, waiting):
    for bad in ("same_person", "", "\x00", "x" * 10_000):
        assert decide(amina, waiting, bad).status_code == 422
    waiting.refresh_from_db()
    assert waiting.decision == ""


def test_a_match_one_may_not_see_is_a_file_at_the_office_of_zarzis(amina, tmp_path):
    answers(written(tmp_path, KHALED), by="chen", at="ZARZIS")
    listing = imported(amina, tmp_path, again(KHALED, "TUN-26-0077", **ARABIC))
    duplicate = PossibleDuplicate.objects.get()

    row = text(amina.get(reverse("casework:referral_list", args=[listing.pk]) + "?answer=possible_duplicate"))
    beside = text(amina.get(reverse("casework:duplicate", args=[duplicate.pk])))

    assert "a file at the office of Zarzis" in row
    assert "file at the office of <bdi>Zarzis</bdi>" in beside
    for words in (row, beside):
        assert not any(told in words for told in ("Belhadj", "TUN-26-0001", str(Case.objects.get().pk), "A9513358"))
    assert 'value="same"' not in beside and 'value="different"' in beside
    assert decide(amina, duplicate, "same").status_code == 409
    assert not Event.objects.filter(verb="casework.decide_duplicate").exists()


def test_its_supervisor_is_asked_once(amina, tmp_path):
    answers(written(tmp_path, KHALED), by="chen", at="ZARZIS")
    imported(amina, tmp_path, again(KHALED, "TUN-26-0077", **ARABIC))
    ask = reverse("casework:ask_about_duplicate", args=[PossibleDuplicate.objects.get().pk])
    assert [amina.post(ask).status_code for _press in range(2)] == [302, 409]
    assert Task.objects.filter(kind="casework.ask_about_duplicate").count() == 1
