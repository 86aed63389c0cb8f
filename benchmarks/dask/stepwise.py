"""Runs one workload step by step, as the bench runner asks: a line on stdin takes one sample, the end of stdin ends it.

Protocol on stdout, one JSON object a line: {"ready": {...versions}} once the cluster is warm, {"sample": number} for
every step, {"error": text} if a step failed. Between two steps nothing is timed and nothing runs, so that the other
side of the comparison has the machine for itself.
"""
import json
import os
import platform
import sys
import traceback

# Only JSON lines may reach the runner: what libraries print goes to stderr, also from child processes.
_OUT = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def _tell(**row):
    print(json.dumps(row), file=_OUT, flush=True)


def run_steps(session):
    """`session` is a context manager whose value is a function that takes one sample and returns a number."""
    import dask
    import distributed

    try:
        with session as sample:
            _tell(ready={"python": platform.python_version(), "dask": dask.__version__, "distributed": distributed.__version__})
            for _ in sys.stdin:
                _tell(sample=sample())
    except BaseException as error:
        traceback.print_exc()
        _tell(error=repr(error)[:300])
        sys.exit(1)
