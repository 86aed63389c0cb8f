"""The two set-ups that are compared: a local cluster of two processes with a thread each, and separate processes."""
import contextlib
import os
import socket
import subprocess
import sys
import time


@contextlib.contextmanager
def local_client(saturation=None, **options):
    """A client of a new LocalCluster with these options; `saturation` overrides `distributed.scheduler.worker-saturation`."""
    import dask
    import distributed

    changed = {} if saturation is None else {"distributed.scheduler.worker-saturation": float(saturation)}
    with dask.config.set(changed):
        with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1",
                                      dashboard_address="127.0.0.1:0", **options) as cluster:
            with distributed.Client(cluster) as client:
                yield client


@contextlib.contextmanager
def separate_processes(workers, saturation=None):
    """(client, pid of the scheduler): for figures of the scheduler process alone."""
    import distributed

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    env = dict(os.environ)
    if saturation is not None:
        env["DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION"] = str(saturation)
    module = [sys.executable, "-m"]
    commands = [module + ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port),
                          "--dashboard-address", "127.0.0.1:0"]]
    commands += [module + ["distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny",
                           "--dashboard-address", "127.0.0.1:0"]] * workers
    children = [subprocess.Popen(c, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for c in commands]
    try:
        with distributed.Client(address, timeout=30) as client:
            if workers:
                client.wait_for_workers(workers, timeout=30)
            yield client, children[0].pid
    finally:
        for child in reversed(children):
            child.terminate()
        for child in children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()


def known_tasks(client):
    return client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks))


def settle(client, deadline=60):
    """Waits until the scheduler forgot all tasks, so that the next sample starts from an empty one."""
    end = time.perf_counter() + deadline
    while known_tasks(client):
        if time.perf_counter() > end:
            raise TimeoutError("the scheduler still knows tasks of the last sample")
        time.sleep(0.05)


def cpu_seconds(pid):
    """User and system time that a process has used so far."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid):
    with open(f"/proc/{pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


# How long each side runs before anything is timed, in seconds, as on the other side.
WARM_UP_S = 3


def warm_up(run):
    """Calls run again and again for WARM_UP_S, once at least."""
    end = time.perf_counter() + WARM_UP_S
    run()
    while time.perf_counter() < end:
        run()
