"""Work in another process is given up when it falls silent, and tells what went wrong."""

from macroimmune.work import DONE, STEP, run_guarded

ECHO = "import sys; sys.stdout.write(sys.stdin.read())"


def test_what_is_said_after_the_steps_is_the_trouble_or_nothing():
    assert run_guarded(ECHO, f"{STEP}\n{STEP}\n{DONE}\n", seconds=30.0) == ""
    assert run_guarded(ECHO, f"{STEP}\nno such file\n", seconds=30.0) == "no such file"


def test_a_process_that_stops_is_told():
    code = "import os, sys; sys.stdin.read(); os._exit(3)"
    assert run_guarded(code, "", seconds=30.0) == "the process that read it stopped"


def test_a_process_that_falls_silent_is_given_up():
    code = "import sys, time; sys.stdin.read(); print('.', flush=True); time.sleep(600)"
    assert run_guarded(code, "", seconds=0.5) == "no sign of life for 0.5 s"
