from pathlib import Path

import pytest

from macroimmune.errors import InputError
from macroimmune.mechanism.scenarios import (
    Intervention,
    Scenario,
    read_scenario,
)


def test_a_file_reads_as_what_it_states(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        """
        days = 30
        [host]
        species = "human"
        more_GCSF = 2
        [tumour]
        profile = "breast_4T1"
        tumour_days = 15
        growth_Tum = 0.1
        [[interventions]]
        name = "anti_GCSF"
        day = 3
        dose = 5
        every = 7
        times = 2
        """,
        encoding="utf-8",
    )
    assert read_scenario(path) == Scenario(
        "mine",
        species="human",
        tumour="breast_4T1",
        tumour_days=15,
        days=30,
        host={"more_GCSF": 2.0},
        tumour_inputs={"growth_Tum": 0.1},
        interventions=(Intervention("anti_GCSF", day=3, dose=5, every=7, times=2),),
    )


def test_a_section_of_the_tumour_alone_is_the_generic_tumour(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[tumour]\n", encoding="utf-8")
    assert read_scenario(path) == Scenario("mine", tumour="generic")


FAULTS = {
    "dyas = 3": "x.toml: key 'dyas' is unknown. Did you mean 'days'",
    "days = 'ten'": "x.toml: days = 'ten': expected a number",
    "days = true": "x.toml: days = True: expected a number",
    "days = 0": "x.toml: days = 0: outside 1 to 3650 days",
    f"days = 1{'0' * 400}": "x.toml: days = inf: outside 1 to 3650 days",
    f"days = {'1' * 5000}": "x.toml: not TOML",
    f"days = {'[' * 2000}": "x.toml: not TOML",
    "days = nan": "x.toml: days = nan: outside 1 to 3650 days",
    "host = 3": r"x.toml: host = 3: expected a section \[host\]",
    "[interventions]\nname = 'anti_GCSF'": r"expected a section \[\[interventions\]\]",
    "[host]\nspecies = 'rat'": "x.toml: species = 'rat' is unknown. There are: 'mouse', 'human'",
    "[host]\nmore_GCFS = 3": "x.toml: host: 'more_GCFS' is unknown. Did you mean 'more_GCSF'",
    "[host]\nmore_GCSF = -1": "x.toml: host: more_GCSF = -1: outside 0 to 100",
    f"[host]\nmore_GCSF = -1{'0' * 400}": "x.toml: host: more_GCSF = -inf: outside 0 to 100",
    "[host]\nmore_GCSF = nan": "x.toml: host: more_GCSF = nan: outside 0 to 100",
    "[host]\nmore_GCSF = 'much'": "x.toml: host: more_GCSF = 'much': expected a number",
    "[host]\nmore_GCSF = true": "x.toml: host: more_GCSF = True: expected a number",
    "[host]\nstay_HSC = 15": "stay_HSC is not an input of the host but belongs to the immune",
    "[tumour]\nprofile = 'generc'": "tumour profile = 'generc' is unknown. Did you mean 'generic'",
    "[tumour]\nprofil = 'generic'": "x.toml: tumour: 'profil' is unknown. Did you mean 'prof",
    "[tumour]\ngrowth_Tum = 2": "x.toml: tumour: growth_Tum = 2: outside",
    "[tumour]\nprofile = 'none'\ngrowth_Tum = 0.2": "inputs of a tumour .growth_Tum. without a",
    "interventions = [3]": r"intervention 1: expected a section \[\[interventions\]\], found 3",
    "[[interventions]]\nday = 3": "x.toml: intervention 1: name is missing",
}
GIVEN = {
    "name = 'anti_GCFS'": "name = 'anti_GCFS' is unknown. Did you mean 'anti_GCSF'",
    "name = 'anti_GCSF'\ndsoe = 3": "key 'dsoe' is unknown. Did you mean 'dose'",
    "name = 'anti_GCSF'\ndose = -3": "dose = -3: a dose is a number from 0 upwards, in multiples",
    "name = 'anti_GCSF'\ndose = nan": "dose = nan: a dose is a number from 0 upwards",
    "name = 'anti_GCSF'\ndose = 'high'": "dose = 'high': expected a number",
    "name = 'anti_GCSF'\nday = 99": "day = 99: outside the run, which lasts from day -60 to day 20",
    "name = 'anti_GCSF'\nday = -99": "day = -99: outside the run",
    "name = 'anti_GCSF'\nday = nan": "day = nan: outside the run",
    "name = 'anti_GCSF'\ntimes = 2.5": "times = 2.5: expected a whole number",
    "name = 'anti_GCSF'\ntimes = 0": "times = 0: outside 1 to 1000 doses",
    "name = 'anti_GCSF'\ntimes = 3": "times = 3 without every",
    "name = 'anti_GCSF'\nevery = 3": "every = 3 without times or until",
    "name = 'anti_GCSF'\nevery = 0\ntimes = 3": "every = 0: more than 0 days lie between doses",
    "name = 'anti_GCSF'\nevery = nan\ntimes = 3": "every = nan: more than 0 days lie between",
    "name = 'anti_GCSF'\nuntil = 3": "until without every",
    "name = 'anti_GCSF'\nevery = 3\nuntil = nan": "until = nan: before its own day 0",
    "name = 'anti_GCSF'\nevery = 3\nuntil = inf": "more than 1000 doses until day inf",
    "name = 'anti_GCSF'\nday = 5\nevery = 3\nuntil = 2": "until = 2: before its own day 5",
    "name = 'anti_GCSF'\nevery = 3\ntimes = 2\nuntil = 9": "times and until both say when",
    "name = 'anti_GCSF'\nevery = 9\ntimes = 4": "ends on day 27, after the end of the run",
    "name = 'anti_GCSF'\ncompartment = 'blood'": "compartment = 'blood' is not one it is given in",
    "name = 'anti_PDL1'\ncompartment = 'dln'": "not one it is given in. Did you mean 'dLN'",
    "name = 'chemotherapy'\nkind = 'docetaxl'": "kind = 'docetaxl' is unknown. Did you mean 'docet",
    "name = 'resect_tumour'\ndose = 2": "dose = 2: a share removed is 0 to 1",
    "name = 'clamp'\nkind = 'more_GCFS'\ndose = 1": "names no input of host or tumour. Did",
    "name = 'clamp'\nkind = 'more_GCSF'": "dose is missing: the value at which more_GCSF is held",
    "name = 'clamp'\nkind = 'more_GCSF'\ndose = 999": "more_GCSF = 999: outside 0 to 100",
    "name = 'clamp'\nkind = 'more_GCSF'\ndose = 1\nuntil = 44": "ends on day 44, after the end",
}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *FAULTS.items(),
        *((f"days = 20\n[[interventions]]\n{text}", said) for text, said in GIVEN.items()),
    ],
)
def test_a_fault_is_one_line_with_the_nearest_valid_name(
    text: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said) as raised:
        read_scenario(path)
    assert "\n" not in str(raised.value)
    assert str(raised.value).count("x.toml") == 1


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(
        "dyas = 3\n[host]\nspecies = 'rat'\nmore_GCSF = 'x'\n"
        "[[interventions]]\nname = 'anti_GCSF'\ndose = 'x'\n"
        "[[interventions]]\nname = 'anti_PD2'\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as raised:
        read_scenario(path)
    for said in ("dyas", "rat", "more_GCSF = 'x'", "dose = 'x'", "anti_PD2"):
        assert said in str(raised.value)


@pytest.mark.parametrize(
    ("content", "said"), [(b"days = ", "x.toml: not TOML"), (b"\xff", "x.toml: not TOML in UTF-8")]
)
def test_what_is_no_toml_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_scenario(path)


def test_a_file_that_is_not_there_is_refused_with_the_ready_ones(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read .*healthy_mouse"):
        read_scenario(tmp_path / "none.toml")
