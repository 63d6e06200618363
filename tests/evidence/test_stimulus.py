import pytest

from macroimmune.evidence import (
    find_antigen,
    find_population,
    find_stimulus,
    marker_lists,
    stimuli,
)
from macroimmune.evidence.stimulus import _key

AS_LABORATORIES_WRITE = {
    "ifn_1": ["IFN-I", "Type I IFN", "universal type I interferon", "uIFN", "ifn_1"],
    "ifn_alpha": [
        "IFN-α", "IFNα2b", "IFNα-2a", "IFN-a", "IFNalpha", "IFN alpha", "rhIFN-alpha2a", "IFN-α 2b",
        "IFNa 1000 U/mL", "IFN-a (1,000 IU/ml)", "interferon alfa-2b", "hIFN-a", "IFNa 10ng/ml",
        "IFN-alpha 15 min", "IFNa_15min", "Human IFN-alpha", "recombinant human IFN-a2b",
        "peg-IFN-α", "IFN-alpha 24h",
    ],
    "ifn_beta": ["IFN-β", "IFNb", "IFN-beta1a", "IFN-β1a", "interferon beta-1b", "rhIFNβ"],
    "ifn_gamma": ["IFN-γ", "IFNg", "IFN-gamma", "type II IFN"],
    "ifn_lambda": ["IFN-λ1", "IFNL1", "IL-29"],
    "il2": ["IL-2", "IL2 (100 U/ml)", "rhIL-2"],
    "il6": ["IL-6", "IL6", "rhIL-6 (20 ng/mL)", "IL 6", "interleukin 6", "IL-6 100 ng/ml 15 min"],
    "il10": ["IL-10", "IL10"],
    "il21": ["IL-21"],
    "gm_csf": ["GM-CSF", "rhGM-CSF"],
    "pma_ionomycin": [
        "PMA/Iono", "PMA + Ionomycin", "PMA-Iono", "P/I", "PI", "PMA/Ionomycin 4h",
        "Cell Stimulation Cocktail",
    ],
    "t_cell_receptor": ["anti-CD3/CD28", "αCD3/CD28", "aCD3/aCD28", "OKT3"],
    "k562": ["K562", "K-562 cells"],
    "bcr": ["BCRXL", "BCR-XL", "BCR/FcR-XL", "anti-IgM", "α-IgM", "F(ab')2 anti-IgM"],
    "lps": ["LPS", "E. coli LPS", "LPS 100 ng/ml", "LPS (1 µg/mL)"],
    "r848": ["R848", "R-848", "Resiquimod", "R848 1 uM"],
    "cpg": ["CpG-B", "ODN 2006", "CpG"],
    "poly_ic": ["poly I:C", "poly(I:C)", "pIC"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("identity", "word"),
    [(identity, word) for identity, words in AS_LABORATORIES_WRITE.items() for word in words],
)
def test_a_stimulus_is_known_as_laboratories_write_it(identity: str, word: str) -> None:
    found = find_stimulus(word)
    assert found is not None
    assert found.id == identity


@pytest.mark.parametrize(
    "word", ["", "tea", "IFN", "PMA", "ionomycin", "cocktail 7", "none", "15 min", "IL", "IL-61"]
)
def test_words_that_say_too_little_are_not_guessed(word: str) -> None:
    assert find_stimulus(word) is None


def test_no_word_means_two_stimuli() -> None:
    meant: dict[str, str] = {}
    for one in stimuli():
        for name in (one.id, one.name, *one.aliases):
            assert meant.setdefault(_key(name), one.id) == one.id, name
            found = find_stimulus(name)
            assert found is not None
            assert found.id == one.id, name


def test_every_marker_of_a_list_is_a_state_marker_and_every_population_is_known() -> None:
    families = {one.family for one in stimuli()}
    for one in marker_lists():
        assert one.family in families
        for marker in one.markers:
            antigen = find_antigen(marker)
            assert antigen is not None
            assert (antigen.id, antigen.role) == (marker, "state")
        for name in one.populations:
            population = find_population(name)
            assert population is not None
            assert population.id == name


def test_lists_of_one_family_are_read_after_different_times() -> None:
    early, induced = marker_lists("type_1_interferon")
    assert (early.kind, induced.kind) == ("early", "induced")
    assert not set(early.markers) & set(induced.markers)
    for minutes in (0.5, 15.0, 120.0, 121.0, 1440.0):
        assert early.covers(minutes) != induced.covers(minutes)
    assert early.covers(None)
    assert induced.covers(None)
