"""Everything that a virtual study is made from."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from macroimmune.closest import did_you_mean
from macroimmune.errors import InputError
from macroimmune.simulator.plan.assays_plan import FunctionalAssaysPlan, ScoresPlan
from macroimmune.simulator.plan.chromatin_plan import ChromatinPlan
from macroimmune.simulator.plan.clinic_plan import ClinicPlan
from macroimmune.simulator.plan.cytometry_plan import CytometryPlan
from macroimmune.simulator.plan.expression_plan import ExpressionPlan
from macroimmune.simulator.plan.mechanism_plan import MechanismPlan
from macroimmune.simulator.plan.microbiome_plan import MicrobiomePlan
from macroimmune.simulator.plan.outcomes_plan import ArmPlan, EffectPlan, OutcomesPlan
from macroimmune.simulator.plan.reading import read_section
from macroimmune.simulator.plan.repertoires_plan import RepertoiresPlan
from macroimmune.simulator.plan.samples_plan import SamplesPlan
from macroimmune.simulator.plan.setting import setting
from macroimmune.simulator.plan.tables_plan import (
    BloodCountsPlan,
    MedicationsPlan,
    PopulationsPlan,
    ProteinsPlan,
    VisitPlan,
)
from macroimmune.simulator.plan.tumour_plan import TumourPlan
from macroimmune.simulator.plan.writing import section_text
from macroimmune.simulator.troubles.catalogue import TROUBLES

__all__ = ["StudyPlan", "plan_text", "read_plan"]


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """A virtual study before it is drawn; every field states its meaning."""

    name: str = setting("Virtual study", "as it stands in the report")
    seed: int = setting(2021, "same plan, same bytes", low=0)
    source: str = setting(
        "statistical",
        "of people, blood and outcomes: drawn, or from the mechanistic model",
        choices=("statistical", "mechanism"),
    )
    patients: int = setting(300, "enrolled", low=1, high=1_000_000)
    healthy: int = setting(0, "healthy controls", low=0, high=1_000_000)
    troubles: tuple[str, ...] = setting(
        (), "planted faults of the files, by name", choices=tuple(TROUBLES)
    )
    is_randomised: bool = setting(default=True, meaning="arms by permuted blocks, else by chance")
    truth_patients: int = setting(
        1_000_000, "generated to state what univariable models see", low=1000, high=10_000_000
    )
    arms: tuple[ArmPlan, ...] = setting((ArmPlan(),), "the arms; the first is the reference")
    clinic: ClinicPlan = setting(ClinicPlan(), "who the patients are")
    mechanism: MechanismPlan = setting(MechanismPlan(), "patients of the mechanistic model")
    outcomes: OutcomesPlan = setting(OutcomesPlan(), "outcomes of patients")
    effects: tuple[EffectPlan, ...] = setting(
        (
            EffectPlan("nlr", 1.25, 0.78),
            EffectPlan("serum_ldh", 1.30, 0.70),
            EffectPlan("serum_il8", 1.12, 0.90),
            EffectPlan("m_mdsc", 1.15, 0.85),
            EffectPlan("nk_mature", 0.87, 1.15),
            EffectPlan("rel_eosinophils", 0.88, 1.20),
            EffectPlan("cd8_senescent", 1.00, 0.75),
            EffectPlan("ifn_responsiveness", 1.30, 0.80),
        ),
        "what acts on outcome, each by itself",
    )
    visits: tuple[VisitPlan, ...] = setting(
        (
            VisitPlan("baseline", -7, 7, 0.0),
            VisitPlan("week 3", 21, 2, 0.08),
            VisitPlan("week 6", 42, 3, 0.08),
        ),
        "blood draws of patients; the first is before treatment",
    )
    samples: SamplesPlan = setting(SamplesPlan(), "batches, and change between draws")
    blood_counts: BloodCountsPlan = setting(BloodCountsPlan(), "blood counts")
    proteins: ProteinsPlan = setting(ProteinsPlan(), "proteins in serum")
    populations: PopulationsPlan = setting(PopulationsPlan(), "pre-gated populations")
    tumour: TumourPlan = setting(TumourPlan(), "scans of the tumour")
    medications: MedicationsPlan = setting(MedicationsPlan(), "other medication")
    functional_assays: FunctionalAssaysPlan = setting(
        FunctionalAssaysPlan(), "assays of living cells"
    )
    scores: ScoresPlan = setting(ScoresPlan(), "scores that another laboratory computed")
    cytometry: CytometryPlan = setting(CytometryPlan(), "FCS files")
    repertoires: RepertoiresPlan = setting(RepertoiresPlan(), "T cell receptor repertoires")
    expression: ExpressionPlan = setting(ExpressionPlan(), "single-cell RNA")
    chromatin: ChromatinPlan = setting(ChromatinPlan(), "gene activity")
    microbiome: MicrobiomePlan = setting(MicrobiomePlan(), "taxa of the gut")

    def __post_init__(self) -> None:
        """Refuse settings that do not fit together.

        Raises
        ------
        ValueError
            In one line, with the nearest name where one is wrong.
        """
        if not self.arms or not self.visits:
            msg = "a study has at least one of arms and of visits"
            raise ValueError(msg)
        names = [arm.name for arm in self.arms]
        _refuse_repeats("arms", names)
        _refuse_repeats("visits", [visit.slug for visit in self.visits])
        _refuse_repeats("effects of the feature", _places(self.effects, names))
        if not sum(arm.share for arm in self.arms) > 0:
            msg = "arms: the shares add up to 0; give at least one arm a share"
            raise ValueError(msg)
        for effect in self.effects:
            for arm in effect.arms:
                if arm not in names:
                    msg = f"effect of {effect.feature}: no arm {arm!r}. {did_you_mean(arm, names)}"
                    raise ValueError(msg)
        first = self.visits[0]
        if first.day + first.window_days > 0:
            msg = (
                f"visit {first.name!r} is the first and before treatment, but its window reaches "
                f"day {first.day + first.window_days}; the last day may be 0"
            )
            raise ValueError(msg)


def _places(effects: Iterable[EffectPlan], arms: list[str]) -> list[str]:
    """Return each feature with each arm in which it acts."""
    return [f"{effect.feature} in {arm}" for effect in effects for arm in effect.arms or arms]


def _refuse_repeats(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            msg = f"{what}: {name!r} stands there twice"
            raise ValueError(msg)
        seen.add(name)


def read_plan(path: Path) -> StudyPlan:
    """Return the plan that a TOML file states; what it leaves out has its default.

    Raises
    ------
    InputError
        With every problem: where, what was found, what was expected, the nearest name.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = (
            f"{path}: cannot be read ({error.strerror}); correct the path, or print a plan to "
            "edit: macroimmune simulate plan"
        )
        raise InputError(msg) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{path.name}: not TOML in UTF-8: {error}"
        raise InputError(msg) from error
    problems: list[str] = []
    plan = read_section(StudyPlan, table, path.name, problems)
    if plan is None:
        raise InputError("; ".join(problems))
    return plan


def plan_text(plan: StudyPlan) -> str:
    """Return the plan as TOML in which every setting stands with its meaning.

    Examples
    --------
    >>> print(plan_text(StudyPlan()).splitlines()[1])
    seed = 2021  # same plan, same bytes
    """
    return section_text(plan)
