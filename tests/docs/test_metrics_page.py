"""Does the page of metrics say what the code counts, and is every label bounded?"""

import re

from deploy import metrics_page
from services.runtime.labels import LABELS


def test_the_page_is_what_the_code_says() -> None:
    assert metrics_page.PAGE.read_text() == metrics_page.page(), "`make catalogue` writes it again"


def test_every_metric_of_the_source_is_on_the_page_once() -> None:
    named = re.findall(r'"(rw_[a-z_]+)"', metrics_page.SOURCE.read_text())
    assert named == [one.name for one in metrics_page.described()]


def test_every_label_is_one_whose_values_are_bounded_and_said() -> None:
    used = {label for one in metrics_page.described() for label in one.labels}
    assert used == LABELS.keys()
