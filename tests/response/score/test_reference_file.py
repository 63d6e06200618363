from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.response.score.made_responses import drawn_differences, made_responses, study_of

from macroimmune.errors import FormatError
from macroimmune.response import score_responses
from macroimmune.response.score.reference_file import read_reference

PEOPLE = [f"P{row:03d}" for row in range(30)]


@pytest.fixture(scope="module")
def responses() -> pl.DataFrame:
    _, differences = drawn_differences(30, 1)
    levels = np.random.default_rng(3).standard_normal(differences.shape)
    return made_responses(differences, levels=levels)


@pytest.fixture
def earlier(responses, tmp_path) -> tuple[Path, pl.DataFrame]:
    scored = score_responses(responses, study=study_of(PEOPLE))
    path = tmp_path / "earlier.csv"
    scored.reference.write_csv(path)
    return path, scored.responsiveness


def test_an_earlier_reference_gives_five_new_people_the_scores_they_had(earlier, responses):
    path, before = earlier
    few = responses.filter(pl.col("participant_id").is_in(PEOPLE[:5]))
    scored = score_responses(few, study=study_of(PEOPLE[:5], reference_file=str(path)))
    was = before.filter(pl.col("participant_id").is_in(PEOPLE[:5]))
    for column in ("score", "ci80_low", "unstimulated_level"):
        assert scored.responsiveness[column].to_list() == pytest.approx(was[column].to_list())
    assert scored.responsiveness["group"].to_list() == was["group"].to_list()
    assert scored.reference["reference"].unique().to_list() == [str(path)]
    assert scored.findings == ()


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("stimulus_minutes", 300.0, "holds none of IFN-alpha, 300 min"),
        ("unit", "logicle", "holds none of"),
        ("stimulus_dose", 100.0, "holds none of IFN-alpha, 100"),
        ("population", "em_cd4", "holds none of"),
    ],
)
def test_a_reference_of_other_times_units_doses_or_cells_is_not_used(
    earlier, responses, column, value, says
):
    path, _ = earlier
    other = responses.with_columns(pl.lit(value).alias(column).cast(responses.schema[column]))
    scored = score_responses(other, study=study_of(PEOPLE, reference_file=str(path)))
    assert scored.responsiveness["score"].is_null().all()
    assert says in scored.responsiveness["status"][0]


def test_another_name_of_the_panel_or_the_stimulus_is_read_and_told(earlier, responses):
    path, before = earlier
    other = responses.with_columns(pl.lit("T2").alias("panel"), pl.lit("IFNa2b").alias("stimulus"))
    scored = score_responses(other, study=study_of(PEOPLE, reference_file=str(path)))
    assert scored.responsiveness["score"].to_list() == pytest.approx(before["score"].to_list())
    assert "reference of panel T" in scored.responsiveness["status"][0]


def test_without_a_marker_of_the_reference_there_is_a_score_but_no_group(earlier, responses):
    path, _ = earlier
    fewer = responses.filter(pl.col("marker") != "MX1")
    scored = score_responses(fewer, study=study_of(PEOPLE, reference_file=str(path)))
    assert scored.responsiveness["score"].is_not_null().all()
    assert scored.responsiveness["group"].unique().to_list() == ["uncertain"]
    assert "no tertiles of these markers" in scored.responsiveness["status"][0]


def damaged(path: Path, line: int, column: str, value: str) -> None:
    frame = pl.read_csv(path, infer_schema=False)
    cells = frame[column].to_list()
    cells[line - 2] = value
    frame.with_columns(pl.Series(column, cells, dtype=pl.String)).write_csv(path)


@pytest.mark.parametrize(
    ("line", "column", "value", "says"),
    [
        (3, "scaled_mad", "0", "row 3: scaled_mad = 0; it is above zero"),
        (3, "scaled_mad", "-1", "row 3: scaled_mad = -1"),
        (4, "median", "high", "row 4, median = 'high': no number"),
        (4, "median", "NaN", "row 4, median = 'NaN': no number"),
        (4, "median", "", "row 4: scaled_mad without median"),
        (3, "n_reference", "12", "row 3: n_reference = 12"),
        (3, "n_reference", "30.5", "no whole number"),
        (2, "low_tertile", "9", "row 2: low_tertile and high_tertile"),
        (2, "high_tertile", "", "row 2: low_tertile and high_tertile"),
        (3, "marker_list", "bcr_early", "row 3: marker_list 'bcr_early' is none of type I"),
        (4, "marker", "BST2", "row 4: the same series, population and marker as row 3"),
    ],
)
def test_a_changed_file_is_refused_with_the_row(earlier, line, column, value, says):
    path, _ = earlier
    damaged(path, line, column, value)
    with pytest.raises(FormatError, match="earlier.csv") as error:
        read_reference(path)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no table with commas"),
        (b"a,b\n1,2\n", "no column modality"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe\x00\x00", "expected the responsiveness_reference.csv"),
        (b"a,b\n1,2,3\n", "expected the responsiveness_reference.csv"),
    ],
)
def test_what_is_no_such_table_is_refused(tmp_path, content, says):
    path = tmp_path / "reference.csv"
    path.write_bytes(content)
    with pytest.raises(FormatError, match="reference.csv") as error:
        read_reference(path)
    assert says in str(error.value)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FormatError, match=r"none\.csv: no such file"):
        read_reference(tmp_path / "none.csv")


def test_a_table_without_any_spread_is_refused(earlier):
    path, _ = earlier
    pl.read_csv(path).with_columns(pl.lit(None).alias("scaled_mad")).write_csv(path)
    with pytest.raises(FormatError, match="no marker has a scaled_mad"):
        read_reference(path)
