"""Any S3-compatible object store as the store, through obstore."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store as Bucket

from evidence.signing import sign_get
from evidence.store import CHUNK, Kept, Missing, Unavailable, hash_in, place_of

OPTIONS = "endpoint=…&region=…&style=path|virtual"
PART = 8 << 20  # bytes of one part of a large upload
AT_ONCE = 2  # parts on their way at the same time: what one upload holds in memory
AHEAD = 4 << 20  # bytes fetched by one request while reading
PATIENCE = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}
WAITS = {"connect_timeout": "5s", "timeout": "120s"}

# Also without a signed address nothing that lies there is ever shown in a browser, or taken for a page.
KEPT_AS = {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment"}


@dataclass(frozen=True)
class S3Address:
    """What an `s3://` address says. `base` is the bucket's own address on the web."""

    bucket: str
    prefix: str
    base: str
    region: str

    @classmethod
    def parse(cls, url: str) -> "S3Address":
        """From `s3://bucket/prefix?endpoint=…&region=…&style=path|virtual`. Raises ValueError."""
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        region = options.pop("region", "") or "us-east-1"
        endpoint = options.pop("endpoint", "").rstrip("/")
        style = options.pop("style", "") or ("path" if endpoint else "virtual")
        host = urlsplit(endpoint or f"https://s3.{region}.amazonaws.com")
        if not parts.netloc or parts.username or options or style not in ("path", "virtual"):
            raise ValueError(f"EVIDENCE_URL: s3://bucket/prefix?{OPTIONS} is understood, not {url!r}")
        if host.scheme not in ("http", "https") or not host.hostname or host.username or host.query:
            raise ValueError(f"EVIDENCE_URL: endpoint: an http:// or https:// address is understood, not {endpoint!r}")
        bucket = parts.netloc
        before = f"{bucket}." if style == "virtual" else ""
        after = "" if style == "virtual" else f"/{bucket}"
        base = f"{host.scheme}://{before}{host.netloc}{host.path}{after}"
        return cls(bucket, unquote(parts.path).strip("/"), base, region)


class S3Store:
    """One bucket, or a prefix in it. Raises ValueError where a key or a secret is missing."""

    def __init__(self, address: S3Address, key: str, secret: str):
        if not key or not secret:
            raise ValueError("EVIDENCE_URL: an S3 store needs EVIDENCE_KEY and EVIDENCE_SECRET")
        self.address, self._key, self._secret = address, key, secret
        self._bucket = Bucket(
            address.bucket, prefix=address.prefix or None, endpoint=address.base, virtual_hosted_style_request=True,
            region=address.region, access_key_id=key, secret_access_key=secret, retry_config=PATIENCE,
            client_options={**WAITS, "allow_http": address.base.startswith("http:")},
        )

    def put(self, source: BinaryIO) -> tuple[str, int]:
        """Read twice: the hash is the name, so it has to be known first. Each part is sent with its own hash."""
        begin, size, digest = source.tell(), 0, hashlib.sha256()
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
        source.seek(begin)
        place = place_of(digest.hexdigest())
        with _answering():
            obstore.put(
                self._bucket, place, _Rest(source), attributes=KEPT_AS, use_multipart=size > PART, chunk_size=PART,
                max_concurrency=AT_ONCE,
            )
            if obstore.head(self._bucket, place)["size"] != size:
                raise Unavailable(f"{place}: kept with another size")
        return digest.hexdigest(), size

    def open(self, sha256: str) -> BinaryIO:
        place = place_of(sha256)
        with _answering(sha256):
            return io.BufferedReader(_Reading(obstore.open_reader(self._bucket, place, buffer_size=AHEAD)), CHUNK)

    def exists(self, sha256: str) -> bool:
        try:
            with _answering(sha256):
                obstore.head(self._bucket, place_of(sha256))
        except Missing:
            return False
        return True

    def contents(self) -> Iterator[Kept]:
        pages = obstore.list(self._bucket, chunk_size=1000)
        while True:
            with _answering():
                page = next(pages, None)
            if page is None:
                return
            for found in page:
                if sha256 := hash_in(found["path"]):
                    yield Kept(found["path"], sha256, found["size"], found["last_modified"])

    def remove(self, name: str) -> None:
        if hash_in(name):
            try:
                with _answering(name):
                    obstore.delete(self._bucket, name)
            except Missing:
                pass  # some stores say so, others do not

    def sign(self, sha256: str, seconds: int, name: str, at: datetime) -> str:
        path = f"{self.address.prefix}/{place_of(sha256)}".lstrip("/")
        return sign_get(
            f"{self.address.base}/{quote(path, safe='/-_.~')}",
            key=self._key, secret=self._secret, region=self.address.region, at=at, seconds=seconds,
            answer={
                "response-content-type": KEPT_AS["Content-Type"],
                "response-content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
                "response-cache-control": "private, no-store",
            },
        )


class _Rest:
    """What a source still gives: obstore would begin at its beginning."""

    def __init__(self, source: BinaryIO):
        self._source, self._begin = source, source.tell()

    def read(self, size: int = -1) -> bytes:
        return self._source.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = self._begin if whence == io.SEEK_SET else 0
        return self._source.seek(begin + offset, whence) - self._begin

    def tell(self) -> int:
        return self._source.tell() - self._begin


class _Reading(io.RawIOBase):
    """An object as Python reads files."""

    def __init__(self, reader):
        self._reader = reader

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        with _answering():
            got = bytes(self._reader.read(len(buffer)))
        buffer[: len(got)] = got
        return len(got)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._reader.seek(offset, whence)

    def tell(self) -> int:
        return self._reader.tell()


@contextmanager
def _answering(sha256: str = "") -> Iterator[None]:
    """What goes wrong over there, in our words. The store's own words never hold the secret."""
    try:
        yield
    except FileNotFoundError as error:
        if not sha256:  # nothing in particular was asked for: the bucket itself is not there, for this key
            raise Unavailable("no such bucket") from error
        raise Missing(sha256) from None
    except (BaseError, OSError) as error:
        raise Unavailable(str(error).splitlines()[0][:300]) from error
