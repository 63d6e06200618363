"""Association: every feature against every endpoint, and what may be said about it."""

from macroimmune.association.associate import Associations, associate
from macroimmune.association.pooling import Pooled, pool_cohorts
from macroimmune.association.summary import study_summary

__all__ = ["Associations", "Pooled", "associate", "pool_cohorts", "study_summary"]
