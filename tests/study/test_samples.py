"""Every measured row belongs to a sample of somebody on some day."""

DAY = "days_from_treatment_start"


def codes(study):
    return [(finding.severity, finding.code) for finding in study.findings]


def rows(study, table="proteins"):
    return study.tables[table].select("sample_id", "participant_id", DAY, "value").rows()


SAMPLES = """
[samples]
file = "samples.csv"
sample_id = "sample"
days_from_treatment_start = "day"
compartment = { constant = "blood" }
[proteins]
file = "proteins.csv"
sample_id = "sample"
analyte = "protein"
value = { column = "value", unit = "NPX" }
"""


def test_measured_rows_take_participant_and_day_from_their_sample(study):
    loaded = study(
        SAMPLES,
        {
            "samples.csv": "sample,ID,day\ns1,p1,-3\ns2,p2,14\ns3,p3,0\n",
            "proteins.csv": "sample,protein,value\ns1,IL6,1\ns2,IL6,2\n",
        },
    )
    assert loaded.findings == ()
    assert rows(loaded) == [("s1", "p1", -3.0, 1.0), ("s2", "p2", 14.0, 2.0)]
    assert loaded.tables["samples"].height == 3


def test_a_row_of_an_unknown_sample_is_left_out_with_a_warning(study):
    loaded = study(
        SAMPLES,
        {
            "samples.csv": "sample,ID,day\ns1,p1,0\n",
            "proteins.csv": "sample,protein,value\ns1,IL6,1\ns9,IL6,2\n",
        },
    )
    assert codes(loaded) == [("warning", "sample-unknown")]
    assert (loaded.findings[0].file, loaded.findings[0].row) == ("proteins.csv", 3)
    assert rows(loaded) == [("s1", "p1", 0.0, 1.0)]


def test_a_sample_of_two_people_is_an_error(study):
    loaded = study(
        SAMPLES,
        {
            "samples.csv": "sample,ID,day\ns1,p1,0\ns1,p2,0\n",
            "proteins.csv": "sample,protein,value\ns1,IL6,1\n",
        },
    )
    assert codes(loaded) == [("error", "sample-conflict")]
    assert loaded.findings[0].row == 3


def test_a_sample_that_is_listed_twice_alike_is_one_sample_in_silence(study):
    loaded = study(
        SAMPLES,
        {
            "samples.csv": "sample,ID,day\ns1,p1,0\ns1,p1,0\n",
            "proteins.csv": "sample,protein,value\ns1,IL6,1\n",
        },
    )
    assert loaded.findings == ()
    assert loaded.tables["samples"].height == 1


def test_participant_and_day_make_a_sample(study):
    more = '[blood_counts]\nfile="c.csv"\ndays_from_treatment_start="day"\nwide={nlr="NLR"}\n'
    loaded = study(more, {"c.csv": "ID,day,NLR\np1,-1,2\np1,21.5,3\n"})
    assert loaded.findings == ()
    assert [row[0] for row in rows(loaded, "blood_counts")] == ["p1@-1", "p1@21.5"]
    samples = loaded.tables["samples"]
    assert samples["compartment"].to_list() == ["blood", "blood"]
    assert samples[DAY].to_list() == [-1.0, 21.5]


def test_without_sample_and_day_there_is_one_baseline_sample_with_a_note(study):
    more = '[blood_counts]\nfile="c.csv"\nwide={nlr="NLR", plr="PLR"}\n'
    loaded = study(more, {"c.csv": "ID,NLR,PLR\np1,2,100\np2,3,200\n"})
    assert codes(loaded) == [("note", "no-day")]
    assert "taken as baseline" in loaded.findings[0].found
    assert sorted({row[0] for row in rows(loaded, "blood_counts")}) == ["p1@0", "p2@0"]


def test_made_up_samples_beside_listed_ones_are_blood_without_a_word(study):
    more = SAMPLES + '[blood_counts]\nfile="c.csv"\ndays_from_treatment_start="day"\n'
    loaded = study(
        more + 'wide={nlr="NLR"}\n',
        {
            "samples.csv": "sample,ID,day\ns1,p1,0\n",
            "proteins.csv": "sample,protein,value\ns1,IL6,1\n",
            "c.csv": "ID,day,NLR\np1,0,2\n",
        },
    )
    assert loaded.findings == ()
    assert loaded.tables["samples"]["compartment"].to_list() == ["blood", "blood"]


def test_a_row_without_day_among_rows_with_one_is_left_out_with_a_warning(study):
    more = '[blood_counts]\nfile="c.csv"\ndays_from_treatment_start="day"\nwide={nlr="NLR"}\n'
    loaded = study(more, {"c.csv": "ID,day,NLR\np1,0,2\np2,,3\n"})
    assert codes(loaded) == [("warning", "no-day")]
    assert loaded.findings[0].row == 3
    assert [row[1] for row in rows(loaded, "blood_counts")] == ["p1"]


def test_several_undated_samples_of_one_person_are_not_taken_as_baseline(study):
    more = '[blood_counts]\nfile="c.csv"\nsample_id="s"\nwide={nlr="NLR"}\n'
    loaded = study(more, {"c.csv": "ID,s,NLR\np1,a,2\np1,b,3\n"})
    assert codes(loaded) == [("warning", "no-day")] * 2
    assert loaded.tables["blood_counts"].is_empty()


def test_days_that_differ_are_warned_of_and_samples_hold(study):
    more = SAMPLES + 'days_from_treatment_start = "day"\n'
    loaded = study(
        more,
        {
            "samples.csv": "sample,ID,day\ns1,p1,0\n",
            "proteins.csv": "sample,protein,value,day\ns1,IL6,1,7\n",
        },
    )
    assert codes(loaded) == [("warning", "sample-day-differs")]
    assert rows(loaded) == [("s1", "p1", 0.0, 1.0)]


def test_a_sample_without_compartment_is_taken_as_blood_with_a_note(study):
    more = SAMPLES.replace('compartment = { constant = "blood" }\n', "")
    loaded = study(
        more,
        {
            "samples.csv": "sample,ID,day\ns1,p1,0\n",
            "proteins.csv": "sample,protein,value\ns1,IL6,1\n",
        },
    )
    assert codes(loaded) == [("note", "compartment-assumed")]
    assert loaded.tables["samples"]["compartment"].to_list() == ["blood"]
