"""Many cohorts on the command line."""


def test_results_folders_are_pooled_and_one_study_is_still_one_study(command, cohort, tmp_path):
    for number, rows in enumerate((cohort.head(30), cohort.slice(25, 30), cohort.tail(30))):
        rows.write_csv(tmp_path / f"{number}.csv")
        words = ("--os-time", "OS_days", "--os-event", "OS_event=1", "--out", f"r{number}")
        assert command("run", f"{number}.csv", *words).code == 0
    done = command("associate", "--meta", "r0", "r1", "r2", "--out", "pooled")
    assert done.code == 0, done.talk
    assert "Meta-analysis of 3 cohorts: 90 participants" in done.talk
    assert (tmp_path / "pooled" / "meta_analysis.csv").exists()
    refused = command("associate", "r0", "r1")
    assert refused.code == 1
    assert "2 studies given" in refused.talk
