"""A real S3 server of the test run's own: OpenStack Swift from PyPI, with its s3api before it.

Proxy, account, container and object server run on loopback over one folder; two accounts are known (tempauth).
Wrong secrets are refused and pre-signed addresses are checked, as any S3 server would.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.store import S3Store

from tests.servers import die_with_the_tests

KEY, SECRET, REGION = "ledger:writer", "a-secret-of-the-test-run", "us-east-1"
OTHER_KEY, OTHER_SECRET = "archive:keeper", "another-secret-of-the-test-run"
PARTS = ("account", "container", "object")

SWIFT = """
[swift-hash]
swift_hash_path_prefix = tests
swift_hash_path_suffix = tests
[storage-policy:0]
name = one
default = yes
"""

RINGS = """
import sys
from swift.common.ring import RingBuilder
folder, *parts = sys.argv[1:]
for part, port in (each.split("=") for each in parts):
    ring = RingBuilder(part_power=2, replicas=1, min_part_hours=0)
    ring.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1, "ip": "127.0.0.1", "port": int(port), "device": "one"})
    ring.rebalance()
    ring.get_ring().save(f"{folder}/{part}.ring.gz")
"""

STORAGE = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
recon_cache_path = {folder}
log_address = {folder}/no-syslog
[pipeline:main]
pipeline = {part}-server
[app:{part}-server]
use = egg:swift#{part}
fallocate_reserve = 0
"""

PROXY = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
swift_dir = {folder}
log_address = {folder}/no-syslog
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck listing_formats s3api tempauth bulk slo dlo proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = {region}
[filter:tempauth]
use = egg:swift#tempauth
user_{user} = {secret} .admin
user_{other_user} = {other_secret} .admin
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
"""


@dataclass(frozen=True)
class S3Server:
    """Where it listens, and one of the two accounts that it knows."""

    endpoint: str
    key: str = KEY
    secret: str = SECRET
    region: str = REGION

    def other(self) -> "S3Server":
        """The same server for its other account, to which the first one's buckets are closed."""
        return replace(self, key=OTHER_KEY, secret=OTHER_SECRET)

    def make_bucket(self, bucket: str) -> None:
        """As an operator would before the ledger is set up."""
        store = S3Store(
            bucket, endpoint=self.endpoint, access_key_id=self.key, secret_access_key=self.secret, region=self.region,
            client_options={"allow_http": True},
        )
        address = obstore.sign(store, "PUT", "", timedelta(minutes=1))
        urllib.request.urlopen(urllib.request.Request(address, method="PUT"), timeout=20).close()

    def url(self, bucket: str, prefix: str = "") -> str:
        """The EVIDENCE_URL of a bucket, which has to be there (`make_bucket`)."""
        return f"s3://{bucket}/{prefix}?endpoint={self.endpoint}&region={self.region}"


@contextmanager
def serving_s3() -> Iterator[S3Server]:
    """The server, for as long as the block lasts. Its files need a folder with extended attributes (not tmpfs)."""
    folder = Path(tempfile.mkdtemp(prefix="tz-s3-", dir="/var/tmp"))
    ports = dict(zip((*PARTS, "proxy"), _free_ports(4), strict=True))
    _configure(folder, ports)
    servers = []
    try:
        for part in (*PARTS, "proxy"):
            servers.append(_start(folder, part))
        endpoint = f"http://127.0.0.1:{ports['proxy']}"
        _wait_for(f"{endpoint}/healthcheck", folder, servers)
        for part in PARTS:
            _wait_for(f"http://127.0.0.1:{ports[part]}/recon/none", folder, servers)
        yield S3Server(endpoint)
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _configure(folder: Path, ports: dict[str, int]) -> None:
    (folder / "devices" / "one").mkdir(parents=True)
    (folder / "swift.conf").write_text(SWIFT)
    for part in PARTS:
        (folder / f"{part}.conf").write_text(STORAGE.format(folder=folder, part=part, port=ports[part]))
    # In a process of its own: Swift puts eventlet's modules in the place of Python's.
    arguments = [str(folder), *(f"{part}={ports[part]}" for part in PARTS)]
    subprocess.run([sys.executable, "-c", RINGS, *arguments], check=True, capture_output=True, timeout=60)
    (folder / "proxy.conf").write_text(PROXY.format(
        folder=folder, port=ports["proxy"], region=REGION, user=KEY.replace(":", "_"), secret=SECRET,
        other_user=OTHER_KEY.replace(":", "_"), other_secret=OTHER_SECRET,
    ))


def _start(folder: Path, part: str) -> subprocess.Popen:
    with (folder / f"{part}.log").open("wb") as log:
        return subprocess.Popen(
            [str(Path(sys.executable).parent / f"swift-{part}-server"), str(folder / f"{part}.conf")],
            stdout=log, stderr=subprocess.STDOUT, cwd=folder, env={**os.environ, "EVENTLET_NO_GREENDNS": "yes"},
            preexec_fn=die_with_the_tests,
        )


def _wait_for(address: str, folder: Path, servers: list[subprocess.Popen]) -> None:
    """Any answer will do: it then listens."""
    for _ in range(300):
        if any(server.poll() is not None for server in servers):
            break
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    logs = "\n".join(f"{file.name}:\n{_tail(file)}" for file in sorted(folder.glob("*.log")))
    raise RuntimeError(f"the S3 server did not come up\n{logs}")


def _tail(file: Path) -> str:
    return re.sub(r"(?m)^", "  ", file.read_text(errors="replace")[-2000:])


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
