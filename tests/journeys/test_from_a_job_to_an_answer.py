"""The whole story in a browser: Amina records a job; months later a question goes out by itself and is answered on a phone."""

import datetime as dt
import re

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def placed(homeward, browser):
    """Amina finds Khaled by his Arabic name, with the keyboard alone, and records that he has worked for three months."""
    context = browser.new_context(base_url=homeward.url, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto("/")
    page.locator("input[name=login]").fill("amina@homeward.example")
    page.locator("input[type=password]").fill("come-home-safely")
    page.keyboard.press("Enter")
    page.wait_for_url("**/day/")
    page.keyboard.press("/")
    page.keyboard.type("خالد")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Khaled Belhaj").first.click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Khaled Belhaj")

    page.goto(f"{homeward.khaled}record-placement/")
    page.get_by_label("Employer", exact=True).select_option(index=1)
    page.get_by_label("Occupation").fill("Fridge mechanic")
    page.get_by_label("First day").fill("31/02/2026")
    page.get_by_role("radio", name="Contract seen").check()
    page.locator("main form button").last.click()
    assert "If the day is not known, write the month" in page.locator("main").inner_text()
    assert page.get_by_label("Occupation").input_value() == "Fridge mechanic"  # what was typed is kept

    began = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=93)
    page.get_by_label("First day").fill(began.isoformat())
    page.locator("main form button").last.click()
    page.wait_for_url(f"**{homeward.khaled}")
    assert "In work" in page.locator("main").inner_text()
    context.close()
    return homeward


@pytest.fixture(scope="module")
def letter(placed):
    """What reached Khaled's mailbox: neutral words and a link."""

    def invited():
        placed.command("dispatch_follow_ups")
        return [mail for mail in placed.mails() if "/a/" in mail]

    return placed.until(invited)[-1]


def test_the_question_goes_out_by_itself_in_neutral_words(letter):
    for word in ("migra", "return", "Homeward", "عودة", "هجرة"):
        assert word not in letter


def test_it_is_answered_on_a_phone_in_arabic_without_an_account_or_javascript(placed, letter, sit_down):
    link = re.search(r"http://\S+/a/\S+", letter).group().rstrip(".")
    page = sit_down(phone=True, java_script_enabled=False, locale="ar", color_scheme="dark")
    page.goto(link)
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert "197" in page.locator("main").inner_text()  # whom to call now, before the first question
    if page.locator("input[type=radio]").count():
        page.locator("label.choice").first.click()
    page.locator("button[name=do]").first.click()

    for _most in range(60):
        if page.locator("button[name=do][value=send]").count():
            break
        safe = page.locator("input[type=radio][value=no]")
        dangerous = "danger" in page.content() and page.locator("input[name=question]").get_attribute("value").endswith("in_danger")
        if dangerous and safe.count():
            safe.locator("xpath=ancestor::label").click()
        elif page.locator("label.choice").count():
            page.locator("label.choice").first.click()
        page.locator("button[name=do][value=answer]").click()
    page.locator("button[name=do][value=send]").click()

    assert page.locator("form").count() == 0
    page.goto(link)
    assert page.locator("form").count() == 0  # submitting twice is not possible: the link is dead
    status = placed.command("follow_up_status", "--format", "json")
    assert '"answered": 1' in status or '"partly_answered": 1' in status


def test_keys_bring_the_caseworker_to_her_queue_and_say_what_they_are(sit_down):
    page = sit_down("amina")
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/queue/**")
    page.keyboard.press("?")
    assert page.locator("dialog[open]").is_visible()


def test_a_colleague_of_another_office_does_not_find_the_file(homeward, sit_down):
    page = sit_down("chen")
    page.goto("/search/?q=Khaled")
    assert "Nobody by that name in the files you may see" in page.locator("main").inner_text()
    answer = page.context.request.get(f"{homeward.url}{homeward.khaled}")
    assert answer.status == 404


def test_the_record_holds_after_all_that(placed, letter):
    assert "hold" in placed.command("verify_events")
