"""Clones by population and similar receptors on the page."""

import dataclasses

import polars as pl

from macroimmune.report.repertoires import clone_cells_section, neighbours_section


def with_table(source, name, frame):
    return dataclasses.replace(source, tables={**source.tables, name: frame})


def cells(table, row=0):
    heads = [column.heading for column in table.columns]
    return dict(zip(heads, (cell.text for cell in table.rows[row]), strict=True))


def test_without_tables_there_is_no_section(without):
    assert clone_cells_section(without) is None
    assert neighbours_section(without) is None


def test_the_lead_counts_cells_populations_and_people(measured):
    assert clone_cells_section(measured).lead == (
        "Cells with a clonotype in 3 populations, 16 samples of 4 participants."
    )


def test_sizes_are_medians_over_samples_of_a_compartment(measured):
    part = clone_cells_section(measured).parts[0]
    own = measured.tables["clone_populations"].filter(population="cd8_t", compartment="blood")
    first = cells(part.tables[0])
    assert first["Population"] == "CD8 T cells"
    assert first["In expanded, %"].startswith(f"{100 * own['expanded_share'].median():.1f} (")


def test_indices_stand_beside_shuffled_labels_and_keep_their_status(measured):
    part = clone_cells_section(measured).parts[1]
    assert [one.heading for one in part.figures] == [
        "Expansion by population", "Migration by population", "Transition by population",
    ]  # fmt: skip
    assert "mean with shuffled labels" in part.figures[0].figure.body
    assert "p &lt; 0.05 in 3 of 3" in part.figures[0].figure.body
    first = cells(part.folded[0])
    assert first["Status"] == "12 cells: fewer than 20"
    assert (first["Participants"], first["With a value"]) == ("4", "3")


def test_transitions_name_both_populations(measured):
    part = clone_cells_section(measured).parts[1]
    assert ">CD8 T cells – " in part.figures[2].figure.body


def test_many_pairs_of_populations_are_cut_and_counted(measured):
    own = measured.tables["startrac"].filter(index="transition")
    many = pl.concat([own.with_columns(other=pl.lit(f"C{k}")) for k in range(12)])
    part = clone_cells_section(with_table(measured, "startrac", many)).parts[1]
    assert "16 more rows are in startrac.csv." in part.figures[0].note


def test_novel_clones_of_a_population_are_an_excess_around_zero(measured):
    part = clone_cells_section(measured).parts[2]
    first = cells(part.tables[0])
    assert (first["Pairs"], first["Not seen before"], first["Expected"]) == ("4", "480", "400")
    assert first["Above zero"] == "4"
    assert "4 pairs, median +10.0 %" in part.figures[0].figure.body


def test_receptors_with_a_neighbour_are_compared_at_a_common_size(measured):
    section = neighbours_section(measured)
    shares, clusters = section.parts
    assert section.lead.startswith(
        "Two receptors are neighbours within one substitution, with the same V gene."
    )
    assert "median 5." in shares.figures[0].figure.body
    assert "% of 500<" in shares.figures[0].figure.body
    assert cells(shares.tables[0])["Common size"] == "500"
    assert len(clusters.tables[0].rows) == 19


def test_twenty_clusters_are_shown_and_the_rest_counted(measured):
    own = measured.tables["receptor_clusters"]
    more = pl.concat([own, own.with_columns(cluster=pl.col("cluster") + 19)])
    part = neighbours_section(with_table(measured, "receptor_clusters", more)).parts[1]
    assert len(part.tables[0].rows) == 20
    assert part.tables[0].note == "18 more clusters are in receptor_clusters.parquet."
