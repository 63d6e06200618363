"""Values of one feature count in one way."""

import polars as pl

from macroimmune.features.one_counting import one_counting


def rows(*given):
    """Return rows of (participant, sample, counted)."""
    names = ("participant_id", "sample_id", "counted")
    frame = pl.DataFrame(given, schema=names, orient="row")
    return frame.with_columns(value=pl.lit(1.0), status=pl.lit(""))


def told(frame, group=()):
    found = one_counting(frame, group, ["value"])
    return {row["sample_id"]: (row["counted"], row["value"]) for row in found.to_dicts()}


def test_what_most_participants_count_is_taken_and_the_others_have_a_status():
    given = rows(("P1", "a", "cells"), ("P2", "b", "cells"), ("P3", "c", "templates"))
    assert told(given) == {"a": ("cells", 1.0), "b": ("cells", 1.0), "c": ("templates", None)}
    status = one_counting(given, [], ["value"])["status"].to_list()
    assert status[:2] == ["", ""]
    assert status[2] == ("templates are counted here, cells in most participants: not comparable")


def test_of_a_sample_with_several_countings_the_usual_one_stands():
    given = rows(
        ("P1", "a", "templates"), ("P1", "a", "cells"), ("P2", "b", "cells"), ("P3", "c", "cells")
    )
    assert told(given)["a"] == ("cells", 1.0)


def test_many_samples_of_one_participant_are_one_voice():
    given = rows(*[("P1", f"a{i}", "cells") for i in range(5)], ("P2", "b", "umis"),
                 ("P3", "c", "umis"))  # fmt: skip
    assert told(given)["b"] == ("umis", 1.0)
    assert told(given)["a0"] == ("cells", None)


def test_reads_are_taken_only_where_nobody_counts_otherwise():
    given = rows(("P1", "a", "reads"), ("P2", "b", "reads"), ("P3", "c", "umis"))
    assert told(given) == {"a": ("reads", None), "b": ("reads", None), "c": ("umis", 1.0)}
    assert told(given.head(2)) == {"a": ("reads", 1.0), "b": ("reads", 1.0)}


def test_counts_of_an_undeclared_kind_are_as_little_as_reads():
    given = rows(("P1", "a", ""), ("P2", "b", ""), ("P3", "c", "cells"))
    assert told(given) == {"a": ("", None), "b": ("", None), "c": ("cells", 1.0)}
    status = one_counting(given, [], ["value"])["status"][0]
    assert status.startswith("undeclared things are counted here, cells")


def test_groups_are_judged_apart():
    given = rows(("P1", "a", "cells"), ("P2", "b", "templates")).with_columns(
        compartment=pl.Series(["tumour", "blood"])
    )
    assert told(given, ["compartment"]) == {"a": ("cells", 1.0), "b": ("templates", 1.0)}
