"""The reader's guess: kept in this browser, beside the answer, and erased on demand."""


def test_guess_is_kept_and_erased(site, page_at):
    page = page_at(site + "chapters/beijing.html")
    box = page.locator(".guess")
    field, said = box.get_by_label("Your guess"), box.locator(".guess-said")
    assert not said.is_visible()
    field.fill("75")
    field.press("Enter")
    assert said.inner_text() == "You said 75." and "77.0" in box.inner_text()
    page.reload()
    assert field.input_value() == "75"
    box.get_by_role("button", name="Erase it").click()
    # Other tests of this browser may have kept a theme.
    assert field.input_value() == "" and page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('guess:'))") == []
    page.reload()
    assert field.input_value() == ""
    assert page.foreign == [] and page.said == []
    page.close()


def test_without_javascript_the_answer_opens(site, page_at):
    page = page_at(site + "chapters/beijing.html", java_script_enabled=False)
    page.locator(".guess summary").click()
    assert "77.0" in page.locator(".guess").inner_text()
    assert page.get_by_label("Your guess").is_disabled()
    page.close()
