"""Responsiveness against outcome: naive and corrected effects, and what could have been seen."""

import dataclasses

from macroimmune.report.response import outcome_section


def with_table(source, name, frame):
    return dataclasses.replace(source, tables={**source.tables, name: frame})


def test_without_tested_scores_there_is_no_section(plain):
    assert outcome_section(plain) is None


def test_every_model_is_a_line_of_the_forest_and_of_the_table(stimulated):
    section = outcome_section(stimulated)
    (forest,) = section.figures
    assert forest.heading == "Hazard ratio of overall survival by responsiveness"
    for model in ("naive", "corrected", "corrected+adjusted"):
        assert f">{model}<" in forest.figure.body
    assert section.effects.rows[1][3].text == "HR 1.70 (1.21 to 2.38)"
    assert section.effects.rows[0][0].link == "#biomarker-nlr"


def test_the_sample_size_is_told_in_words(stimulated):
    (words,) = outcome_section(stimulated).sizes
    assert words == (
        "Nlr and overall survival: with 6 participants and 3 events, a hazard ratio of 1.80 or "
        "more, or of 0.56 or less per SD is found with 80 % power at 5 %; smaller effects can "
        "well be missed. Since the score is measured with error, this is a ratio of 2.10 of the "
        "true value."
    )


def test_published_lines_of_the_feature_stand_with_their_verdict(stimulated):
    section = outcome_section(stimulated)
    assert [line.verdict for line in section.evidence] == [
        row["verdict"] for row in stimulated.agreement["nlr"]
    ]
    assert [link.value for link in section.links] == ["biomarker-nlr"]


def test_an_effect_without_an_estimate_is_a_row_with_its_reason(stimulated, made):
    rows = [{"feature": "score", "endpoint": "os", "model": "corrected",
             "effect": "hazard_ratio", "status": "no measurement error is known"}]  # fmt: skip
    sizes = [{"feature": "score", "endpoint": "os", "effect": "odds_ratio",
              "status": "no events"}]  # fmt: skip
    source = with_table(stimulated, "corrected_effects", made.frame("corrected_effects", rows))
    source = with_table(source, "detectable_effects", made.frame("detectable_effects", sizes))
    section = outcome_section(source)
    assert section.figures == ()
    assert section.effects.rows[0][-1].text == "no measurement error is known"
    assert section.sizes == ("score and overall survival: no events.",)
    assert section.links == ()
