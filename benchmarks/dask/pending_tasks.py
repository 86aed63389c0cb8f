"""Bytes of resident memory that a task without a worker costs the scheduler process. Argument: tasks."""
import contextlib
import sys
import time

from clusters import known_tasks, resident_bytes, separate_processes, settle
from stepwise import run_steps


def inc(x):
    return x + 1


@contextlib.contextmanager
def session(tasks):
    def sample():
        # A process of its own for every sample, since CPython does not give memory back.
        with separate_processes(workers=0) as (client, scheduler):
            settle(client)
            before = resident_bytes(scheduler)
            futures = client.map(inc, range(tasks), pure=False)
            while known_tasks(client) < tasks:
                time.sleep(0.05)
            used = resident_bytes(scheduler) - before
            del futures
            return used / tasks

    yield sample


# Worker processes import this file again: they must not start a session of their own.
if __name__ == "__main__":
    run_steps(session(int(sys.argv[1])))
