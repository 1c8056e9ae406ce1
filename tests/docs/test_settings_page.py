"""Does the page of settings say what the code reads, every one with its meaning?"""

from deploy import settings_page
from deploy.containers.compose import Compose
from deploy.embedded.processes import PROCESSES
from deploy.told import told


def test_the_page_is_what_the_code_says() -> None:
    assert settings_page.PAGE.read_text() == settings_page.page(), "`make catalogue` writes it"


def test_every_setting_is_documented_in_words() -> None:
    assert [one.name for one in settings_page.described() if len(one.says) < 10] == []


def test_nothing_is_told_that_no_service_reads() -> None:
    known = {one.name for one in settings_page.described()}
    for process in PROCESSES:
        assert told(process, Compose()).keys() <= known
