"""Small tables on disk for the tests of the readers."""

from pathlib import Path

import pytest

from macroimmune.inputs import RawTable, read_raw_table


@pytest.fixture
def table(tmp_path: Path):
    """Write text or bytes to a file and read it as a raw table."""

    def read(content: str | bytes, name: str = "table.csv", sheet: str | None = None) -> RawTable:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_raw_table(path, sheet=sheet)

    return read
