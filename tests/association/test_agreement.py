import numpy as np
import polars as pl
import pytest

from macroimmune.association import associate, response_association, survival_association
from macroimmune.association.agreement import agreement_frame, endpoints_of_line, published_sign
from macroimmune.association.setting import setting_of
from macroimmune.evidence import biomarkers
from macroimmune.features import compute_features
from macroimmune.results import conform, empty


@pytest.mark.parametrize(
    ("direction", "endpoint", "sign"),
    [("low", "os", 1), ("high", "os", -1), ("low", "response", -1), ("high", "response", 1)],
)
def test_the_published_sign_follows_from_what_is_favourable(direction, endpoint, sign):
    assert published_sign(direction, endpoint) == sign


def test_every_line_has_its_endpoints_in_words():
    for line in biomarkers():
        assert all(word for word, _ in endpoints_of_line(line)), line.evidence_id


def row(feature="nlr", endpoint="response", log=-0.5, error=0.1, **said):
    usual = {
        "feature": feature,
        "endpoint": endpoint,
        "landmark_days": None,
        "scale": "",
        "effect": "odds_ratio" if endpoint == "response" else "hazard_ratio",
        **dict.fromkeys(("estimate", "ci_low", "ci_high", "p_value", "q_value"), 1.0),
        **dict.fromkeys(("n", "n_events", "n_excluded"), 50),
        "log_effect_per_sd": log,
        "standard_error_per_sd": error,
        "nonlinearity_p_value": None,
        "mann_whitney_u": None,
        "mann_whitney_p_value": None,
        "proportional_hazards_p_value": None,
        "method": response_association.LOGISTIC
        if endpoint == "response"
        else survival_association.METHOD,
        "status": "",
    }
    return usual | said


def table(*rows):
    frame = pl.DataFrame(rows, schema_overrides={"landmark_days": pl.Float64})
    return conform("associations", frame)


PEOPLE = pl.DataFrame(
    {"cancer_type": ["Melanoma"], "immunotherapy": [True]},
)


@pytest.mark.parametrize(
    ("tumours", "immunotherapy", "setting"),
    [
        (["Melanoma"], [True], "same tumour and therapy"),
        (["pancreatic adenocarcinoma"], [True], "another tumour"),
        (["melanoma", "NSCLC"], [True, True], "this and other tumours"),
        (["colorectal"], [False], "another tumour and therapy"),
        ([None], [True], "not stated"),
    ],
)
def test_the_setting_of_a_line_is_compared_with_that_of_the_study(tumours, immunotherapy, setting):
    people = pl.DataFrame(
        {"cancer_type": tumours, "immunotherapy": immunotherapy},
        schema={"cancer_type": pl.String, "immunotherapy": pl.Boolean},
    )
    assert setting_of(biomarkers()[0], people) == setting


def test_a_verdict_in_another_setting_says_where_the_line_was_published(nlr_only):
    people = PEOPLE.with_columns(cancer_type=pl.lit("colorectal"))
    found = agreement_frame(nlr_only, table(row()), people).filter(evidence_id="nlr-1")
    assert found["setting"].to_list() == ["another tumour"]
    assert found["verdict"].to_list() == ["agrees"]
    assert found["reason"][0].endswith("; in another setting: published for ICI in melanoma")


@pytest.fixture
def nlr_only(make_features, make_definition):
    definition = make_definition("nlr", evidence=("nlr",))
    return make_features(("a", "nlr", 0.0, 2.0), definitions=(definition,))


@pytest.mark.parametrize(
    ("log", "error", "verdict", "observed"),
    [
        (-0.5, 0.1, "agrees", "low"),
        (0.5, 0.1, "contradicts", "high"),
        (-0.1, 0.5, "underpowered", "low"),
        (0.01, 0.05, "no effect of that size", "high"),
    ],
)
def test_the_verdict_compares_with_the_published_direction(nlr_only, log, error, verdict, observed):
    found = agreement_frame(nlr_only, table(row(log=log, error=error)), PEOPLE)
    speaking = found.filter(feature="nlr")
    assert speaking["evidence_id"].to_list() == ["nlr-1", "nlr-2", "nlr-3"]
    assert set(speaking["verdict"]) == {verdict}
    assert set(speaking["observed_direction"]) == {observed}
    assert set(speaking["published_direction"]) == {"low"}


def test_an_effect_that_was_not_estimated_is_not_measured_and_says_why(nlr_only):
    found = agreement_frame(
        nlr_only, table(row(log=None, error=None, status="too few events")), PEOPLE
    )
    first = found.filter(evidence_id="nlr-1").row(0, named=True)
    assert (first["verdict"], first["reason"]) == ("not measured", "too few events")
    assert first["observed_direction"] == ""


@pytest.mark.parametrize("method", ["FIRTH", "FIRTH_ADJUSTED"])
@pytest.mark.parametrize("module", [response_association, survival_association])
def test_a_penalised_estimate_decides_no_verdict_and_its_status_says_why(
    make_features, make_definition, module, method
):
    definition = make_definition("nlr", evidence=("nlr", "nlr_prognosis"))
    features = make_features(("a", "nlr", 0.0, 2.0), definitions=(definition,))
    endpoint = "response" if module is response_association else "os"
    said = row(
        endpoint=endpoint,
        log=None,
        error=None,
        method=getattr(module, method),
        status=module.SEPARATED,
    )
    found = agreement_frame(features, table(said), PEOPLE)
    speaking = found.filter(feature="nlr", endpoint=endpoint)
    assert speaking.height
    assert set(speaking["verdict"]) == {"not measured"}
    assert set(speaking["reason"]) == {module.SEPARATED}


def test_a_standard_error_of_zero_is_no_standard_error(nlr_only):
    found = agreement_frame(nlr_only, table(row(log=200.0, error=0.0)), PEOPLE)
    first = found.filter(evidence_id="nlr-1").row(0, named=True)
    assert (first["verdict"], first["observed_direction"]) == ("not measured", "")
    assert first["reason"] == "the effect could not be estimated"


def test_an_area_under_the_curve_or_a_cut_decides_no_verdict(nlr_only):
    others = [row(method=response_association.DELONG), row(method="log-rank test, other")]
    found = agreement_frame(nlr_only, table(*others), PEOPLE)
    assert set(found.filter(feature="nlr")["verdict"]) == {"not measured"}


def test_a_line_that_nothing_speaks_to_says_what_is_missing(nlr_only, make_definition):
    missing = ((make_definition("serum_il8", evidence=("serum_il8",)), "needs serum IL-8"),)
    features = type(nlr_only)(nlr_only.frame, nlr_only.computed, missing)
    found = agreement_frame(features, empty("associations"), PEOPLE)
    assert found.filter(evidence_id="serum_il8-1")["reason"].to_list() == ["needs serum IL-8"]
    assert set(found["verdict"]) == {"not measured"}
    assert (found["reason"] != "").all()


def test_each_line_has_one_verdict_per_endpoint_feature_and_landmark(draw_study):
    study = draw_study(rng=np.random.default_rng(4))
    features = compute_features(study)
    found = agreement_frame(features, associate(study, features).associations, study.participants)
    keys = ["evidence_id", "feature", "endpoint", "landmark_days"]
    measured = found.filter(pl.col("endpoint") != "")
    assert measured.select(keys).is_duplicated().sum() == 0
    assert list(dict.fromkeys(found["evidence_id"])) == [x.evidence_id for x in biomarkers()]
    spoken = {line for item in features.computed for line in item.evidence}
    for line in biomarkers():
        rows = found.filter(evidence_id=line.evidence_id)
        words = endpoints_of_line(line) if line.feature_id in spoken else [None]
        assert rows.height == len(words), line.evidence_id


REPERTOIRES = {
    "tcr_diversity": ("tcr_diversity", "tcr_diversity_control"),
    "cd4_tcr_diversity": ("cd4_tcr_diversity",),
    "expanded_singletons": ("singleton_expansion",),
    "em_cd8_expanded_clones": ("em_cd8_clonal_expansion",),
}
ENDPOINTS_OF_REPERTOIRES = {
    "tcr_diversity-1": "response",
    "tcr_diversity-2": "response",
    "tcr_diversity_control-1": "pfs",
    "cd4_tcr_diversity-1": "response",
    "singleton_expansion-1": "response",
    "em_cd8_clonal_expansion-1": "response",
}


def test_every_line_on_repertoires_has_a_verdict_where_its_feature_was_tested(
    make_features, make_definition
):
    definitions = tuple(make_definition(name, evidence=ids) for name, ids in REPERTOIRES.items())
    features = make_features(
        *((participant, name, 0.0, 2.0) for name in REPERTOIRES for participant in "ab"),
        definitions=definitions,
    )
    rows = [
        row(feature=name, endpoint=endpoint, log=0.5 if endpoint == "response" else -0.5)
        for name in REPERTOIRES
        for endpoint in ("response", "pfs")
    ]
    found = agreement_frame(features, table(*rows), PEOPLE).filter(
        pl.col("evidence_id").is_in(list(ENDPOINTS_OF_REPERTOIRES))
    )
    assert dict(found.select("evidence_id", "endpoint").iter_rows()) == ENDPOINTS_OF_REPERTOIRES
    assert set(found["verdict"]) == {"agrees"}
    complete = found.filter(evidence_id="singleton_expansion-1")["reason"][0]
    assert "; published for complete response, here response (CR or PR)" in complete


def test_lines_on_repertoires_say_what_a_study_without_any_lacks(draw_study):
    study = draw_study(rng=np.random.default_rng(4))
    features = compute_features(study)
    found = agreement_frame(features, empty("associations"), study.participants)
    for line in ENDPOINTS_OF_REPERTOIRES:
        (reason,) = found.filter(evidence_id=line)["reason"]
        assert reason.startswith("needs ")
        assert "epertoires" in reason
