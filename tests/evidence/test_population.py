"""One population under its many names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.evidence import find_population, populations
from macroimmune.evidence.population import _by_words
from macroimmune.evidence.wording import words_of


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("Tregs", "treg"),
        ("T regulatory cells", "treg"),
        ("T-regs", "treg"),
        ("regulatory T-lymphocytes", "treg"),
        ("CD4+ CD25+ FoxP3+", "treg"),
        ("CD4+ T cells", "cd4_t"),
        ("CD4⁺ T cells", "cd4_t"),
        ("cd4 t-cell", "cd4_t"),
        ("CD4-positive T cells", "cd4_t"),
        ("CD8 T lymphocytes", "cd8_t"),
        ("Ki-67+ CD8+ T cells", "ki67_cd8"),
        ("CD28− CD57+ KLRG1+ CD8+ T cells", "cd8_senescent"),
        ("CD127low PD-1low CD4 T cells", "cd127lo_pd1lo_cd4"),
        ("naïve CD8+ T cells", "naive_cd8"),
        ("CD8 naive T cells", "naive_cd8"),
        ("CD4 central memory", "cm_cd4"),
        ("effector_memory_cd4", "em_cd4"),
        ("TEMRA CD8+", "temra_cd8"),
        ("γδ T cells", "gamma_delta_t"),
        ("gamma delta T cells", "gamma_delta_t"),
        ("MAIT cells", "mait"),
        ("NK", "nk"),
        ("CD56dim NK cells", "nk_mature"),
        ("CD56bright CD16- NK cells", "nk_cd56_bright"),
        ("B lymphocytes", "b_cell"),
        ("Bregs", "regulatory_b"),
        ("PMN-MDSC", "pmn_mdsc"),
        ("G-MDSCs", "pmn_mdsc"),
        ("M-MDSCs", "m_mdsc"),
        ("CD14+ HLA-DRlo", "m_mdsc"),
        ("CD14+ CD16- monocytes", "classical_monocyte"),
        ("Non-classical monocytes", "non_classical_monocyte"),
        ("Dendritic Cell", "dendritic_cell"),
        ("DCs", "dendritic_cell"),
        ("Hematopoietic stem cells", "hsc"),
        ("PBMCs", "pbmc"),
        ("CD45RA- FOXP3hi Tregs", "treg_cd45ra_neg_foxp3_hi"),
    ],
)
def test_names_as_people_write_them_are_found(name, identity):
    found = find_population(name)
    assert found is not None
    assert found.id == identity


@pytest.mark.parametrize(
    "name",
    [
        "",
        "cell",
        "plasma",
        "T",
        "CD4- T cells",
        "CD8-negative T cells",
        "CD45RA+ FOXP3hi Tregs",
        "CD16 monocytes of unknown kind",
        "CD28+ CD57+ KLRG1+ CD8 T cells",
        "tumour cells",
    ],
)
def test_names_that_mean_something_else_are_not_found(name):
    assert find_population(name) is None


def test_no_name_belongs_to_two_populations():
    owners: dict[tuple[str, ...], set[str]] = {}
    for population in populations():
        for name in (population.id, population.name, *population.aliases):
            owners.setdefault(tuple(sorted(words_of(name))), set()).add(population.id)
    assert {words: ids for words, ids in owners.items() if len(ids) > 1} == {}


def test_shortened_names_belong_to_one_population():
    assert len(_by_words()) >= len(populations())
    for population in populations():
        for name in (population.id, population.name, *population.aliases):
            assert find_population(name) is population, name


names = st.sampled_from([
    (population, name)
    for population in populations()
    for name in (population.name, *population.aliases)
])


@given(
    named=names,
    spelling=st.sampled_from([str.upper, str.lower, str.title, str.swapcase]),
    gap=st.sampled_from([" ", "  ", "\t", "\u00a0"]),
    edge=st.sampled_from(["", " ", "  "]),
)
def test_case_and_spaces_never_change_what_a_name_means(named, spelling, gap, edge):
    population, name = named
    written = edge + spelling(name).replace(" ", gap) + edge
    assert find_population(written) is population


@given(named=names, data=st.data())
def test_the_order_of_words_never_changes_what_a_name_means(named, data):
    population, name = named
    order = data.draw(st.permutations(name.split()))
    assert find_population(" ".join(order)) is population


@given(st.text(max_size=40))
def test_any_text_is_answered(text):
    found = find_population(text)
    assert found is None or found in populations()
