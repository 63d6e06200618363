"""The tables of a study."""

from types import MappingProxyType

from macroimmune.schema.common_columns import COMPARTMENT, DAY, PARTICIPANT, SAMPLE, UNIT, VALUE
from macroimmune.schema.declarations import Column, Table
from macroimmune.schema.raw_tables import RAW_TABLES

__all__ = ["TABLES"]

TABLES = MappingProxyType({
    table.name: table
    for table in (
        Table(
            "participants",
            "participant",
            (
                PARTICIPANT,
                Column("cohort", "text", "study or cohort that the participant belongs to"),
                Column("species", "category", "", categories=("human", "mouse")),
                Column("group", "category", "", categories=("patient", "healthy")),
                Column("arm", "text", "arm as randomised, or the treatment where nobody was"),
                Column("arm_as_treated", "text", "arm by the treatment that was received"),
                Column("immunotherapy", "boolean", "whether immunotherapy was given"),
                Column("cancer_type", "text", "the tumour"),
                Column("stage", "text", "stage as the source writes it"),
                Column("metastatic", "category", "", categories=("M", "NM")),
                Column("prior_therapy", "boolean", "systemic therapy before this one"),
                Column("age_years", "number", "age at start of treatment", "year", 0, 120),
                Column("sex", "category", "", categories=("female", "male")),
                Column("performance_status", "number", "ECOG", "", 0, 5),
            ),
            key=("participant_id",),
        ),
        Table(
            "outcomes",
            "participant",
            (
                PARTICIPANT,
                Column(
                    "best_response", "category", "RECIST", categories=("CR", "PR", "SD", "PD", "NE")
                ),
                Column("response", "boolean", "CR or PR; from best_response where absent"),
                Column("pathological_complete_response", "boolean", "no viable tumour at surgery"),
                Column("durable_clinical_benefit", "boolean", "CR/PR or PFS > 180 days"),
                Column("os_time_days", "number", "to death or last contact", "day", 0, 20000),
                Column("os_event", "boolean", "died"),
                Column(
                    "death_cause",
                    "category",
                    "cause of a death",
                    categories=("cancer", "treatment", "other", "unknown"),
                ),
                Column("pfs_time_days", "number", "to progression or death", "day", 0, 20000),
                Column("pfs_event", "boolean", "progressed or died"),
                Column(
                    "pfs_event_kind",
                    "category",
                    "what came first",
                    categories=("progression", "death", "unknown"),
                ),
                Column("rfs_time_days", "number", "to relapse or death", "day", 0, 20000),
                Column("rfs_event", "boolean", "relapsed or died"),
                Column(
                    "rfs_event_kind",
                    "category",
                    "what came first",
                    categories=("relapse", "death", "unknown"),
                ),
                Column("entry_days", "number", "left truncation: observed from", "day", 0, 20000),
            ),
            key=("participant_id",),
        ),
        Table(
            "tumour_measurements",
            "participant and day",
            (
                PARTICIPANT,
                DAY,
                Column("sum_of_diameters_mm", "number", "of target lesions", "mm", 0, 2000),
                Column("recist", "category", "", categories=("CR", "PR", "SD", "PD", "NE")),
            ),
            key=("participant_id", "days_from_treatment_start"),
        ),
        Table(
            "medications",
            "course of a drug",
            (
                PARTICIPANT,
                Column(
                    "drug_class",
                    "category",
                    "",
                    categories=("antibiotic", "steroid", "g_csf", "other"),
                    required=True,
                ),
                Column("drug", "text", "its name"),
                Column("start_day", "number", "from treatment start", "day", -20000, 20000),
                Column("stop_day", "number", "empty while it goes on", "day", -20000, 20000),
            ),
            key=(),
        ),
        Table(
            "samples",
            "sample",
            (
                Column("sample_id", "text", "which sample", required=True),
                PARTICIPANT,
                DAY,
                Column("timepoint", "text", "its name in the protocol"),
                COMPARTMENT,
                Column("material", "text", "whole blood, PBMC, serum, plasma, ..."),
                Column("batch", "text", "measured together"),
            ),
            key=("sample_id",),
        ),
        Table(
            "blood_counts",
            "sample and analyte",
            (
                SAMPLE,
                PARTICIPANT,
                DAY,
                Column("analyte", "text", "the count or routine value", required=True),
                VALUE,
                UNIT,
                Column("upper_limit_of_normal", "number", "of the local laboratory", low=0),
            ),
            key=("sample_id", "analyte"),
            measured="analyte",
        ),
        Table(
            "proteins",
            "sample, analyte and unit",
            (
                SAMPLE,
                PARTICIPANT,
                DAY,
                Column("analyte", "text", "the protein", required=True),
                VALUE,
                UNIT,
                Column("limit_of_detection", "number", "in the unit of the value"),
                Column("below_limit", "boolean", "undetected; the value is then the limit"),
            ),
            key=("sample_id", "analyte", "unit"),
            measured="analyte",
        ),
        Table(
            "populations",
            "sample, population, parent and unit",
            (
                SAMPLE,
                PARTICIPANT,
                DAY,
                Column("population", "text", "the pre-gated population", required=True),
                Column("parent", "text", "what it is a share of"),
                VALUE,
                UNIT,
            ),
            key=("sample_id", "population", "parent", "unit"),
            measured="population",
        ),
        Table(
            "functional_assays",
            "sample, assay, readout and unit",
            (
                SAMPLE,
                PARTICIPANT,
                DAY,
                Column("stimulus", "text", "PMA and ionomycin, IL-6, none, ..."),
                Column("effector", "text", "the responding population"),
                Column("target", "text", "target cells, if any"),
                Column("effector_target_ratio", "number", "effectors per target", "", 0, 10000),
                Column("readout", "text", "killing, degranulation, IFN-gamma, ...", required=True),
                VALUE,
                UNIT,
            ),
            key=(
                "sample_id",
                "stimulus",
                "effector",
                "target",
                "effector_target_ratio",
                "readout",
                "unit",
            ),
            measured="readout",
        ),
        Table(
            "supplied_features",
            "sample, feature and unit",
            (
                SAMPLE,
                PARTICIPANT,
                DAY,
                Column("feature", "text", "a biomarker that was computed elsewhere", required=True),
                VALUE,
                UNIT,
            ),
            key=("sample_id", "feature", "unit"),
            measured="feature",
        ),
        Table(
            "microbiome",
            "sample, taxon and unit",
            (
                SAMPLE,
                PARTICIPANT,
                DAY,
                Column("taxon", "text", "genus, species, ...", required=True),
                VALUE,
                UNIT,
            ),
            key=("sample_id", "taxon", "unit"),
            measured="taxon",
        ),
        *RAW_TABLES,
    )
})
