"""The tables that virtual cytometry is made from: plain CSV beside the code.

`antigens.csv`: what an antigen is for, how it loads on the three things that make markers of one
population go together (staining, differentiation, activation), and how laboratories spell it.
`phenotypes.csv`: the level of each antigen in each leaf population. The populations are those of
`evidence` (populations.csv), and their names there say which markers define them; the levels are
assumed. `levels.csv`: what a level is on the arcsinh scale; assumed, near what public mass
cytometry shows. `bodies.csv`: scatter and autofluorescence of each leaf; assumed. `panels.csv`:
channels; the choice of metals and dyes is assumed. `stimuli.csv`, `responses.csv`: what a stimulus
does to the cells that answer it; assumed.
"""

import csv
from functools import cache
from importlib.resources import files

__all__ = ["cytometry_table"]


@cache
def cytometry_table(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of one table, in file order.

    Parameters
    ----------
    name : str
        Without `.csv`.
    """
    folder = files("macroimmune.simulator.cytometry").joinpath("data")
    text = folder.joinpath(f"{name}.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))
