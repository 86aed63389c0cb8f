"""Microseconds of CPU that a trivial task costs the scheduler process, map until all are done. Arguments: tasks, saturation."""
import contextlib
import sys

from clusters import cpu_seconds, separate_processes, settle
from stepwise import run_steps


def inc(x):
    return x + 1


@contextlib.contextmanager
def session(tasks, saturation):
    from distributed import wait

    with separate_processes(2, saturation) as (client, scheduler):
        client.gather(client.map(inc, range(1000), pure=False))
        settle(client)

        def sample():
            before = cpu_seconds(scheduler)
            futures = client.map(inc, range(tasks), pure=False)
            wait(futures)
            used = cpu_seconds(scheduler) - before
            del futures
            settle(client)
            return used / tasks * 1e6

        yield sample


# Worker processes import this file again: they must not start a session of their own.
if __name__ == "__main__":
    run_steps(session(int(sys.argv[1]), None if sys.argv[2] == "default" else sys.argv[2]))
