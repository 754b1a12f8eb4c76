"""The page in a browser without a network: with scripts and without, printed, and by the rules of accessibility."""

import json
import os
import shutil
import subprocess

import pytest
from journals import PEOPLE, Case
from process import ADELE

CHROMIUM = shutil.which("chromium")
needs = pytest.mark.skipif(not (CHROMIUM and shutil.which("node")), reason="chromium or node is not installed")


@pytest.fixture
def case(program, emulator):
    return Case(program, emulator)


def look(case, *more):
    profile, page, pdf = (case.folder / name for name in ("profile", "page.html", "page.pdf"))
    browser = os.path.join(os.path.dirname(__file__), "browser.mjs")
    command = ["node", browser, CHROMIUM, profile, page, pdf, *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), pdf


def case_of_everything(case, emulator):
    case.run(PEOPLE)
    emulator.ask("DELETE", "devices/" + case.devices(ADELE)[0])
    case.verify().page("--list", case.list, "--columns", "Employee ID")


@needs
def test_a_page_works_without_network_and_without_scripts(case, emulator):
    case_of_everything(case, emulator)
    seen, pdf = look(case)
    scripts, plain = seen["scripts"], seen["plain"]
    for view in (scripts, plain):
        assert view["rows"] == len(PEOPLE) and view["complaints"] == []
        assert [url for url in view["requests"] if not url.endswith("/page.html")] == []
    assert not plain["tools"]
    assert scripts["search"] == {"shown": 1, "text": f"1 of {len(PEOPLE)} shown"}
    assert scripts["sorted"] == [["ascending", min(PEOPLE)], ["descending", max(PEOPLE)]]
    assert scripts["filtered"] == {"failed": 1, "gone": 1, "left": 5}
    if shutil.which("pdftotext"):
        # The search hid all but one row when it was printed.
        text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True).stdout.decode()
        assert all(user in "".join(text.split()) for user in PEOPLE)
        pages = text.rstrip("\f").split("\f")
        assert len(pages) > 1
        for number, page in enumerate(pages, 1):
            assert case.sha256() in page and f"{number}/{len(pages)}" in "".join(page.split())
            assert "NOT A MICROSOFT CLOUD" in page


@needs
@pytest.mark.skipif("AXE_CORE" not in os.environ, reason="axe-core is not installed")
def test_a_page_keeps_the_rules_of_accessibility(case, emulator):
    case_of_everything(case, emulator)
    seen, _ = look(case, os.environ["AXE_CORE"])
    assert seen["violations"] == {"light": [], "dark": [], "narrow": []}
