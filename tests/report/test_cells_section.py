import pytest

from macroimmune.report.cells_section import _definition, _scale


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("t_cell: NK1.1+ without gamma_delta_t, mait", "NK1.1+ without gamma-delta T cells, "
         "mucosal-associated invariant T cells"),
        ("leukocytes: CD3+ CD19-", "CD3+ CD19-"),
        ("t_cell or b_cell", "T cells or B cells"),
        ("", ""),
    ],
)  # fmt: skip
def test_definitions_name_populations_and_leave_the_parent_to_its_column(
    words: str, shown: str
) -> None:
    assert _definition(words) == shown


def test_a_scale_is_shown_without_how_it_was_chosen() -> None:
    assert _scale("arcsinh(x / 5), mass cytometry by 9 channels") == "arcsinh(x / 5)"
    assert _scale("logicle") == "logicle"
