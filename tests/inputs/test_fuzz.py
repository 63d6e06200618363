"""Whatever the bytes are, reading ends in a study with findings or in one of our errors."""

import gzip
import io
import tempfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from macroimmune.errors import MacroimmuneError
from macroimmune.inputs import ColumnSpec, TableSpec, map_table, read_raw_table
from macroimmune.schema import TABLES
from macroimmune.study import load_study, parse_settings

CLEAN = (
    "id,day,Age,Sex,OS_days,OS_event,BOR,IL-6,ANC\n"
    'p1,0,61,F,412,1,PR,<0.2,"4,5"\n'
    "p2,0,70,M,98.5,0,SD,3.4,6.1\n"
    "\n"
    'p3,14,ND,F,1e3,1,"CR",12,\n'
)
SPECS = {
    "participants": TableSpec({
        "participant_id": ColumnSpec("id"),
        "age_years": ColumnSpec("Age"),
        "sex": ColumnSpec("Sex"),
    }),
    "outcomes": TableSpec(
        {
            "os_time_days": ColumnSpec("OS_days", unit="month"),
            "os_event": ColumnSpec("OS_event", true=("1",), false=("0",)),
            "best_response": ColumnSpec("BOR"),
        },
        participant_column="id",
    ),
    "proteins": TableSpec(
        {"days_from_treatment_start": ColumnSpec("day")},
        wide={"IL6": ColumnSpec("IL-6", unit="ng/mL")},
        participant_column="id",
    ),
}
STUDY = """
file = "table"
participant_id = "id"
missing = ["ND"]
[participants]
age_years = "Age"
sex = "Sex"
[outcomes]
os_time_days = "OS_days"
os_event = "OS_event"
best_response = "BOR"
[proteins]
days_from_treatment_start = "day"
wide = { IL6 = { column = "IL-6", unit = "pg/mL" } }
[blood_counts]
wide = { anc = { column = "ANC", unit = "10^9/L" } }
[selection]
"Men and women" = { column = "Sex", keep = ["F", "M"] }
"""
ODD = [
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"\r", b"\n\n", b";", b"\t", b"|", b",,,", b"\x8e",
    b"1e400", b"-1e308", b"9" * 400, "≤5µ\u2028\u00a0".encode(), b"\x1f\x8b", b"PK\x03\x04",
    b"PAR1", b"\xd0\xcf\x11\xe0", b"id", b"<", b"nan", b"inf", b"1,5", b"1.234,5", b"=1+1",
]  # fmt: skip
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "mac_roman"]


def many(examples: int):
    """Settings of a fuzz test; the three about tables mangle 2,000 of them."""
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def workbook() -> bytes:
    """A small workbook with the same table."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("one")
    for row, line in enumerate(CLEAN.splitlines()):
        for column, cell in enumerate(line.split(",")):
            sheet.write(row, column, cell)
    book.close()
    return buffer.getvalue()


def parquet() -> bytes:
    """A small Parquet file."""
    buffer = io.BytesIO()
    pl.DataFrame({"id": ["p1", "p2"], "Age": [61.0, None], "OS_days": [4, 5]}).write_parquet(buffer)
    return buffer.getvalue()


SEEDS = [CLEAN.encode(), workbook(), parquet(), gzip.compress(CLEAN.encode())]


@st.composite
def mutated_tables(draw):
    """Bytes of a table, mangled in one of the ways in which files really are."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    if draw(st.booleans()):
        text = CLEAN.replace(",", draw(st.sampled_from([",", ";", "\t", "|", "::"])))
        text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n", "\r", "\n\r"])))
        text = text.replace("IL-6", draw(st.text(max_size=5)) or "IL-6")
        encoding = draw(st.sampled_from(ENCODINGS))
        data = bytearray(text.encode(encoding, errors="ignore"))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        piece = draw(st.one_of(st.sampled_from(ODD), st.binary(max_size=6)))
        cut = draw(st.integers(0, 8))
        data[at : at + cut] = piece
    if draw(st.integers(0, 4)) == 0:
        del data[draw(st.integers(0, len(data))) :]
    return bytes(data)


def refusal(action) -> str:
    """The message of our error that `action` ends in; empty where it does not."""
    try:
        action()
    except MacroimmuneError as error:
        return str(error) or "an error without a message"
    return ""


def read_and_map(path: Path) -> None:
    raw = read_raw_table(path)
    assert len(raw.rows) == raw.frame.height
    assert all(dtype == pl.String for dtype in raw.frame.dtypes)
    for name, spec in SPECS.items():
        frame, _ = map_table(raw, TABLES[name], spec)
        assert frame.schema == pl.Schema(TABLES[name].schema)


def load_and_look(folder: Path) -> None:
    study = load_study(folder)
    assert study.flow[0].n >= study.participants.height > 0
    assert all(finding.sentence() for finding in study.findings)
    for name, frame in study.tables.items():
        assert frame.schema == pl.Schema(TABLES[name].schema)


@pytest.mark.slow
@many(800)
@given(data=mutated_tables())
@example(data=b"")
@example(data=b"\n\n\n")
@example(data=b'id,"')
@example(data=b"id\n" + b"9" * 200_000)
def test_mangled_tables_are_read_or_refused_in_our_words(data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        path.write_bytes(data)
        message = refusal(lambda: read_and_map(path))
        assert not message or "table" in message


@pytest.mark.slow
@many(700)
@given(data=mutated_tables())
def test_a_study_with_a_mangled_table_loads_or_is_refused_in_our_words(data):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "table").write_bytes(data)
        (Path(folder) / "study.toml").write_text(STUDY, encoding="utf-8")
        message = refusal(lambda: load_and_look(Path(folder)))
        assert not message or "table" in message or "study.toml" in message


@pytest.mark.slow
@many(500)
@given(
    cells=st.lists(
        st.lists(st.one_of(st.text(max_size=6), st.sampled_from(["1", "p1", "0,5", "<3"]))),
        max_size=6,
    ),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
def test_any_cells_are_read_or_refused_in_our_words(cells, delimiter):
    head = "id,day,Age,Sex,OS_days,OS_event,BOR,IL-6,ANC".replace(",", delimiter)
    text = "\n".join([head, *(delimiter.join(row) for row in cells)])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
        message = refusal(lambda: read_and_map(path))
        assert not message or "table" in message


TOML_VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-5, 5),
        st.sampled_from([0.5, float("nan"), float("inf")]),
        st.sampled_from(["id", "Age", "table", "../x", "month", "", "os", "é"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["column", "constant", "unit", "values", "true", "file", "wide", "keep", "rename",
                 "prefix", "sheet", "age_years", "missing", "os_time_days", "participant_id", "x"]
            ),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=8,
)  # fmt: skip
SECTIONS = [
    "name", "file", "sheet", "participant_id", "missing", "participants", "outcomes", "proteins",
    "blood_counts", "samples", "selection", "analysis", "wrong",
]  # fmt: skip


def toml(value) -> str:
    """Write a value as TOML, inline."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {toml(item)}' for key, item in value.items()) + "}"
    return str(value)


@pytest.mark.slow
@many(400)
@given(content=st.dictionaries(st.sampled_from(SECTIONS), TOML_VALUES, max_size=6))
def test_any_settings_load_or_are_refused_in_our_words(content):
    text = "\n".join(f"{key} = {toml(value)}" for key, value in content.items())
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "table").write_text(CLEAN, encoding="utf-8")
        (Path(folder) / "study.toml").write_text(text, encoding="utf-8")
        message = refusal(lambda: load_and_look(Path(folder)))
        assert not message or len(message) > 20


@pytest.mark.slow
@many(400)
@given(text=st.text(max_size=60))
def test_any_text_is_settings_or_refused_in_our_words(text):
    message = refusal(lambda: parse_settings(text, Path("study")))
    assert not message or "study.toml" in message


@pytest.mark.parametrize("data", [b"\xd0\xcf\x11\xe0rest", b"PK\x03\x04rest", b"PAR1rest"])
def test_a_file_that_only_begins_like_a_workbook_or_parquet_is_refused(tmp_path, data):
    path = tmp_path / "table.xlsx"
    path.write_bytes(data)
    with pytest.raises(MacroimmuneError, match=r"table\.xlsx"):
        read_raw_table(path)
