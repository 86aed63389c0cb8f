"""Median microseconds of a round at a lock, semaphore, queue, variable or event, one round after the other."""
import contextlib
import statistics
import sys
import time

from dask.distributed import Event, Lock, Queue, Semaphore, Variable

from clusters import local_client, warm_up
from stepwise import run_steps


def rounds(kind):
    if kind == "lock":
        lock = Lock("bench")
        return lambda: (lock.acquire(), lock.release())
    if kind == "semaphore":
        semaphore = Semaphore(max_leases=2, name="bench-semaphore")
        return lambda: (semaphore.acquire(), semaphore.release())
    if kind == "queue":
        queue = Queue("bench")
        return lambda: (queue.put(1), queue.get())
    if kind == "variable":
        variable = Variable("bench")
        return lambda: (variable.set(1), variable.get())
    event = Event("bench")
    return lambda: (event.set(), event.wait(), event.clear())


@contextlib.contextmanager
def session(kind, count):
    with local_client():
        round_of_kind = rounds(kind)

        def one():
            start = time.perf_counter()
            round_of_kind()
            return (time.perf_counter() - start) * 1e6

        warm_up(one)
        yield lambda: statistics.median(one() for _ in range(count))


# Worker processes import this file again: they must not start a session of their own.
if __name__ == "__main__":
    run_steps(session(sys.argv[1], int(sys.argv[2])))
