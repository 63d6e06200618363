"""The part of `study.toml` that maps a list of count matrices, of cells or of gene activity."""

__all__ = ["matrix_section"]

_SECTION = """
[{table}]
file = "{file}"
sample_id = "Sample"
days_from_treatment_start = "Day"
raw_file = "File"
format = "Format"
sample_column = "Column of samples"
population_column = "Column of populations"
batch = "Batch"
"""
_STIMULI = """stimulus = "Stimulus"
stimulus_minutes = "Minutes"
stimulus_column = "Column of stimuli"
labels = "Labels"
"""


def matrix_section(table: str, file: str) -> str:
    """Return the section that maps `file`, the list of matrices of one table of a study.

    Examples
    --------
    >>> print(matrix_section("chromatin", "chromatin_samples.csv").splitlines()[1])
    [chromatin]
    """
    section = _SECTION.format(table=table, file=file)
    return section + _STIMULI if table == "expression" else section
