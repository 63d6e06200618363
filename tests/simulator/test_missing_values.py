from macroimmune.simulator import StudyPlan
from macroimmune.simulator.missing_values import drawn_missing
from macroimmune.simulator.plan import BloodCountsPlan, PopulationsPlan, ProteinsPlan


def test_what_the_plan_leaves_out_is_missing_in_the_drawn_tables():
    plan = StudyPlan(
        patients=300,
        blood_counts=BloodCountsPlan(missing=0.3),
        proteins=ProteinsPlan(missing=0.1),
        populations=PopulationsPlan(missing=0.0),
    )
    found = drawn_missing(plan)
    assert abs(found.share("platelets", "10^9/L") - 0.3) < 0.06
    # The white cells of a draw are missing together, so their ratio is missing as often.
    assert found.share("nlr", "ratio") == found.share("neutrophils", "10^9/L")
    assert abs(found.share("il6", "pg/mL") - 0.1) < 0.04
    assert found.share("naive_cd4", "%") == 0.0
    assert found.share("age_years", "year") == 0.0
    assert found.share("tumour_mutational_burden", "mutations/Mb") is None
