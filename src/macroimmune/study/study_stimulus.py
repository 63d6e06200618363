"""Which known stimulus a study's word means, by its own declaration first."""

from macroimmune.evidence import Stimulus, find_stimulus, stimuli
from macroimmune.study.stimulation_settings import StimulationSettings, stimulus_key

__all__ = ["study_stimulus"]


def study_stimulus(settings: StimulationSettings, words: str) -> Stimulus | None:
    """Return the stimulus that a word of a study means, None where it is not known.

    Parameters
    ----------
    settings : StimulationSettings
        Its `stimuli` go before the words that are known to everyone.
    words : str
        As the study names it, or the id of a stimulus.

    Notes
    -----
    Convention: a word declared as a family (`tlr`) becomes a stimulus of that family under the
    study's own word, so its marker lists are read though the very ligand is not known.

    Examples
    --------
    >>> settings = StimulationSettings(stimuli={"s1": "ifn_beta", "my ligand": "tlr"})
    >>> study_stimulus(settings, "S1").id, study_stimulus(settings, "My ligand").family
    ('ifn_beta', 'tlr')
    """
    declared = settings.stimuli.get(stimulus_key(words))
    if declared is None:
        return find_stimulus(words)
    by_id = {one.id: one for one in stimuli()}
    return by_id.get(declared) or Stimulus(stimulus_key(words), words, declared, ())
