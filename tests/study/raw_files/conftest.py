"""A study whose tables list raw files."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from macroimmune.study import Study, load_study

PEOPLE = "ID,Age,OS,dead\np1,61,400,1\np2,70,300,0\np3,55,90,1\n"
SETTINGS = """
participant_id = "ID"
[participants]
file = "people.csv"
age_years = "Age"
[outcomes]
file = "people.csv"
os_time_days = "OS"
os_event = "dead"
"""


@pytest.fixture
def listed(tmp_path: Path):
    """Return a function that writes a manifest for a section of a study, and loads the study."""

    def load(section: str, manifest: str, more: str = "", files: Mapping[str, str] = {}) -> Study:
        folder = tmp_path / "study"
        folder.mkdir(exist_ok=True)
        for name, text in {"people.csv": PEOPLE, "files.csv": manifest, **files}.items():
            (folder / name).write_text(text, encoding="utf-8")
        text = f'{SETTINGS}[{section}]\nfile = "files.csv"\nraw_file = "File"\n{more}'
        (folder / "study.toml").write_text(text, encoding="utf-8")
        return load_study(folder)

    return load
