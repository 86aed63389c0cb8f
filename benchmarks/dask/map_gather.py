"""Tasks a second of map and gather of trivial tasks. Arguments: tasks, worker saturation or 'default'."""
import contextlib
import sys
import time

from clusters import local_client, settle, warm_up
from stepwise import run_steps


def inc(x):
    return x + 1


@contextlib.contextmanager
def session(tasks, saturation):
    with local_client(saturation) as client:
        def warm():
            client.gather(client.map(inc, range(1000), pure=False))
            settle(client)

        def sample():
            # The other side had the machine for a while: both begin a sample with code and connections in use.
            warm()
            start = time.perf_counter()
            results = client.gather(client.map(inc, range(tasks), pure=False))
            seconds = time.perf_counter() - start
            assert results[-1] == tasks
            settle(client)
            return tasks / seconds

        warm_up(warm)
        yield sample


# Worker processes import this file again: they must not start a session of their own.
if __name__ == "__main__":
    run_steps(session(int(sys.argv[1]), None if sys.argv[2] == "default" else sys.argv[2]))
