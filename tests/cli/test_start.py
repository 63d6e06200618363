"""What starting the program costs: the help and the version load nothing that computes."""

import pytest

SLOW = ("polars", "numpy", "scipy", "rich", "jinja2", "pandas", "python_calamine", "xlsxwriter")
CODE = """
import sys
sys.argv = ["macroimmune", *sys.argv[1:]]
from macroimmune.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
loaded = {name.partition(".")[0] for name in sys.modules}
print("loaded:", *sorted(loaded & set("SLOW".split())))
""".replace("SLOW", " ".join(SLOW))


@pytest.mark.parametrize(
    "arguments", [("--help",), ("run", "--help"), ("--version",), ("evidence", "--help")]
)
def test_nothing_slow_is_loaded_for_help(process, arguments):
    done = process(CODE, *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == "loaded:"


def test_importing_the_package_loads_nothing_slow(process):
    code = "import sys, macroimmune\nprint(*sorted({*sys.modules} & {*sys.argv[1:]}))"
    assert process(code, *SLOW).stdout.strip() == ""
