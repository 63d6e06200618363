"""Which markers and populations are declared for a stimulus."""

from types import MappingProxyType

from macroimmune.response import declared_markers
from macroimmune.study.stimulation_settings import StimulationSettings

USUAL = StimulationSettings()


def test_minutes_decide_between_phosphorylation_and_induced_proteins():
    assert set(declared_markers("ifn_alpha", 15, USUAL).lists.values()) == {"ifn1_early"}
    assert set(declared_markers("ifn_alpha", 360, USUAL).lists.values()) == {"ifn1_induced"}
    assert len(set(declared_markers("ifn_alpha", None, USUAL).lists.values())) == 2


def test_the_words_of_a_study_are_understood_and_an_unknown_stimulus_has_none():
    assert "pSTAT3" in declared_markers("IL-6", 15, USUAL).lists
    assert not declared_markers("tea", 15, USUAL).lists


def test_settings_go_before_the_usual_markers_and_populations():
    own = StimulationSettings(
        population="cd4_t",
        sensitivity=("cd8_t",),
        markers=MappingProxyType({"ifn1_early": ("pSTAT1",)}),
        populations=MappingProxyType({"il6_early": ("nk",)}),
    )
    assert list(declared_markers("ifn_beta", 15, own).lists) == ["pSTAT1"]
    assert declared_markers("ifn_beta", 15, own).populations["ifn1_early"] == ("cd4_t", "cd8_t")
    assert declared_markers("il6", 15, own).populations["il6_early"] == ("nk",)
    assert declared_markers("bcr", 15, own).populations["bcr_early"][0] == "b_cell"
