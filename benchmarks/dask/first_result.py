"""A whole program: start a local cluster, run one task, print what came back. The runner times it from outside."""
from distributed import Client, LocalCluster

if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0") as cluster:
        with Client(cluster) as client:
            print("first", client.submit(lambda x: x + 1, 1).result(), flush=True)
