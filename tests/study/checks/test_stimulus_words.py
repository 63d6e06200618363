import polars as pl
import pytest

from macroimmune.schema import TABLES
from macroimmune.study import StimulationSettings
from macroimmune.study.checks import check_tables
from macroimmune.study.study import AnalysisSettings


def wells(*rows: dict[str, object], table: str = "cytometry") -> dict[str, pl.DataFrame]:
    """Return a table of files with these wells."""
    usual = {"participant_id": "P1", "sample_id": "S1", "panel": "T", "batch": "B1"}
    full = [
        usual | {"raw_file": f"{k}.fcs", "source_file": "wells.csv", "source_row": k + 2} | row
        for k, row in enumerate(rows)
    ]
    schema = dict(TABLES[table].schema) | {"source_file": pl.String(), "source_row": pl.Int64()}
    kept = [{name: row.get(name) for name in schema} for row in full]
    return {table: pl.DataFrame(kept, schema=schema)}


def told(tables: dict[str, pl.DataFrame], **settings: object) -> dict[str, str]:
    analysis = AnalysisSettings(stimulation=StimulationSettings(**settings))
    return {one.code: one.found for one in check_tables(tables, analysis)}


RESTING = {"stimulus": "none"}
EARLY = {"stimulus_minutes": 15.0}


def test_one_stimulus_under_two_names_is_told_with_both_and_their_rows() -> None:
    found = told(wells(RESTING, EARLY | {"stimulus": "IFN-a"}, EARLY | {"stimulus": "IFNα2b"}))
    assert found == {
        "stimulus-named-two-ways": "'IFNα2b' and 'IFN-a' (1 and 1 rows), which mean the same"
    }


def test_unknown_words_that_differ_in_case_and_dashes_alone_are_one_stimulus() -> None:
    found = told(wells(RESTING, {"stimulus": "Mix 7"}, {"stimulus": "mix-7"}))
    assert set(found) == {"stimulus-named-two-ways", "stimulus-unknown"}
    assert found["stimulus-unknown"] == "'Mix 7' (1 rows), a stimulus that is not known here"


def test_a_word_that_the_study_declares_is_known_and_may_be_another_name() -> None:
    rows = wells(RESTING, EARLY | {"stimulus": "S1"}, EARLY | {"stimulus": "IFN-beta"})
    assert set(told(rows)) == {"stimulus-unknown"}
    assert set(told(rows, stimuli={"s1": "ifn_beta"})) == {"stimulus-named-two-ways"}


def test_a_time_is_asked_for_only_where_it_chooses_the_markers() -> None:
    found = told(wells(RESTING, {"stimulus": "IFN-I"}, {"stimulus": "IL-6"}))
    assert set(found) == {"stimulus-minutes-missing"}
    assert found["stimulus-minutes-missing"].startswith("'IFN-I' without stimulus_minutes in 1")


@pytest.mark.parametrize("word", ["", "none", "REF", "medium"])
def test_unstimulated_wells_need_neither_name_nor_time(word: str) -> None:
    assert told(wells({"stimulus": word})) == {}


def test_a_dose_of_zero_is_an_unstimulated_well() -> None:
    dose = EARLY | {"stimulus": "IFN-I"}
    assert told(wells(dose | {"stimulus_dose": 0.0}, dose | {"stimulus_dose": 10.0})) == {}


def test_everything_wrong_with_the_wells_of_a_study_is_told_at_once() -> None:
    found = told(
        wells(
            RESTING,
            {"stimulus": "IFN-I"},
            {"stimulus": "ifn-I", "batch": "B2"},
            {"stimulus": "cocktail 7", "sample_id": "S2", "participant_id": "P2"},
        )
    )
    assert set(found) >= {
        "stimulus-named-two-ways",
        "stimulus-unknown",
        "stimulus-minutes-missing",
        "partner-in-another-batch",
        "no-unstimulated-well",
    }


def test_a_list_of_stimulated_wells_alone_is_told() -> None:
    found = told(wells(EARLY | {"stimulus": "IFN-I"}))
    assert set(found) == {"only-stimulated-wells", "no-unstimulated-well"}
    assert found["only-stimulated-wells"] == "1 stimulated wells and no unstimulated one"


def test_a_control_that_is_stimulated_in_one_batch_and_not_in_the_other_is_told() -> None:
    control = {"control": "A", "participant_id": None, "sample_id": None}
    found = told(
        wells(
            control | RESTING,
            control | EARLY | {"stimulus": "IFN-I", "batch": "B2"},
            table="cytometry_controls",
        )
    )
    assert "no unstimulated well of A in its batch" in found["no-unstimulated-well"]
