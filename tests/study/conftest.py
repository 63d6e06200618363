"""Small studies on disk."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from macroimmune.study import Study, load_study

PEOPLE = "ID,Age,OS,dead\np1,61,400,1\np2,70,300,0\np3,55,90,1\n"
SETTINGS = """
file = "people.csv"
participant_id = "ID"
[participants]
age_years = "Age"
[outcomes]
os_time_days = "OS"
os_event = "dead"
"""


@pytest.fixture
def study(tmp_path: Path):
    """Write files and a study.toml and load them; people.csv is there by default."""

    def load(more: str = "", files: Mapping[str, str] | None = None, *, text: str = "") -> Study:
        for name, content in {"people.csv": PEOPLE, **(files or {})}.items():
            (tmp_path / name).write_text(content, encoding="utf-8")
        (tmp_path / "study.toml").write_text(text or SETTINGS + more, encoding="utf-8")
        return load_study(tmp_path)

    return load
