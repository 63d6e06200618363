"""The study as all later stages see it: declared tables, settings, findings, participant flow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import polars as pl

from macroimmune.results import Finding, FlowStep, InputFile
from macroimmune.schema import ENDPOINTS, Endpoint
from macroimmune.study.cytometry_settings import CytometrySettings
from macroimmune.study.repertoire_settings import RepertoireSettings
from macroimmune.study.stimulation_settings import StimulationSettings

__all__ = ["ALL_FEATURES", "AnalysisSettings", "Study"]

ALL_FEATURES = "all"


@dataclass(frozen=True, slots=True)
class AnalysisSettings:
    """What is decided before outcomes are read; the `[analysis]` section of `study.toml`.

    Parameters
    ----------
    baseline_window_days : (float, float), days from treatment start
        Baseline is the last sample inside this window, ends included.
    landmarks_days : tuple of float, days
        Landmarks at which on-treatment features are tested; none tested where it is empty.
    strata : tuple of str
        Columns of `participants` that stratify every survival model.
    endpoints : tuple of str
        Which endpoints to test; all that the tables hold where it is empty.
    control_arms, treated_arms : tuple of str
        Values of `participants.arm`; with a control arm the interaction is tested.
    randomised : bool
        Whether the arms were assigned at random.
    trajectories_until_days : float or None, days
        Repeated samples up to this day enter mixed models of change; none is fitted where it is
        None.
    event_kinds_from_os : tuple of str
        Of pfs and rfs, those whose events without a kind are told apart by overall survival: an
        event on the day of death is death, any other is progression or relapse.
    adjust_for : tuple of str
        Columns of `participants` in adjusted models, which stand beside the others.
    multiple_imputation : int
        Imputations of missing columns of `adjust_for`; 0: participants who lack one are left out.
        Undetected values are imputed as often, 20 times where it is 0.
    cut_points : mapping from feature id to float or "median"
        Cuts that were fixed beforehand: values above against values up to the cut, by log-rank
        test or Fisher's exact test, beside the continuous effect.
    search_cut_points : tuple of str
        Features whose best cut is searched, with a p-value adjusted for the search; ("all",) for
        every feature without a fixed cut. No search is made where it is empty.
    time_dependent : bool
        Whether features measured after treatment start are also tested as time-dependent
        covariates, beside the landmarks.
    restricted_mean_days : mapping from survival endpoint to float, days
        Horizons that were fixed beforehand: the mean time without the event up to there is
        estimated for every arm and at every cut, and compared between groups.
    added_value_over : tuple of str
        Features, such as a published score, over which every other feature is tested too, beside
        the routine bloods.
    horizon_days : mapping from endpoint to float, days
        The day up to which predictions of an endpoint are judged; a stated rule where there is
        none.
    decision_thresholds : mapping from endpoint to float, in (0, 1)
        The risk of the event at which one would act, for net benefit; the share with the event
        where there is none.
    cytometry : CytometrySettings
        How FCS files become cell populations.
    stimulation : StimulationSettings
        How responses to stimuli become scores.
    repertoires : RepertoireSettings
        What a clonotype is and how repertoires are compared.
    """

    baseline_window_days: tuple[float, float] = (-42.0, 0.0)
    landmarks_days: tuple[float, ...] = ()
    strata: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    control_arms: tuple[str, ...] = ()
    treated_arms: tuple[str, ...] = ()
    randomised: bool = False
    trajectories_until_days: float | None = None
    event_kinds_from_os: tuple[str, ...] = ()
    adjust_for: tuple[str, ...] = ()
    multiple_imputation: int = 0
    cut_points: Mapping[str, float | Literal["median"]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    search_cut_points: tuple[str, ...] = ()
    time_dependent: bool = False
    restricted_mean_days: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    added_value_over: tuple[str, ...] = ()
    horizon_days: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    decision_thresholds: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    cytometry: CytometrySettings = CytometrySettings()
    stimulation: StimulationSettings = StimulationSettings()
    repertoires: RepertoireSettings = RepertoireSettings()

    @property
    def design(self) -> Literal["no control arm", "non-randomised", "randomised"]:
        """The design, as far as a control arm allows a word on prediction."""
        if not self.control_arms:
            return "no control arm"
        return "randomised" if self.randomised else "non-randomised"


@dataclass(frozen=True, slots=True)
class Study:
    """A study, read and checked; nothing in it changes.

    Parameters
    ----------
    name : str
    tables : mapping from table name to polars DataFrame
        Every declared table, without rows where the study has none; canonical units and codes.
        `participants` and all other tables hold only participants who were selected.
    analysis : AnalysisSettings
    findings : tuple of Finding
        From reading and checking, errors first.
    flow : tuple of FlowStep
        From everyone in the files to everyone analysed.
    files : tuple of InputFile
    settings_text : str
        The `study.toml` that describes it, given or inferred.
    folder : Path
        From which its raw files are named.
    """

    name: str
    tables: Mapping[str, pl.DataFrame]
    analysis: AnalysisSettings
    findings: tuple[Finding, ...]
    flow: tuple[FlowStep, ...]
    files: tuple[InputFile, ...]
    settings_text: str
    folder: Path = Path()

    @property
    def participants(self) -> pl.DataFrame:
        """One row per participant."""
        return self.tables["participants"]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop a run."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return the endpoints that hold at least one value, in the declared order."""
        outcomes = self.tables["outcomes"]
        wanted = self.analysis.endpoints or tuple(ENDPOINTS)
        return tuple(
            endpoint
            for endpoint in ENDPOINTS.values()
            if endpoint.id in wanted and outcomes[endpoint.event].is_not_null().any()
        )
