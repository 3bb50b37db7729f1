"""Pre-signed addresses (AWS Signature Version 4, in the query), with the headers of the answer signed in.

obstore signs addresses too, but has no place for `response-content-disposition`, without which a browser
would save the file under its hash, or worse, show it.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


def sign_get(
    address: str, *, key: str, secret: str, region: str, at: datetime, seconds: int, answer: Mapping[str, str]
) -> str:
    """`address` with a signature that lets anybody GET it for so many seconds.

    `answer` are the headers that the server is to answer with, as `response-content-type` and the like.
    """
    parts = urlsplit(address)
    scope = f"{at:%Y%m%d}/{region}/s3/aws4_request"
    asked = {
        **answer,
        "X-Amz-Algorithm": ALGORITHM, "X-Amz-Credential": f"{key}/{scope}", "X-Amz-Date": f"{at:%Y%m%dT%H%M%SZ}",
        "X-Amz-Expires": str(seconds), "X-Amz-SignedHeaders": "host",
    }
    query = "&".join(f"{_quoted(name)}={_quoted(asked[name])}" for name in sorted(asked))
    request = "\n".join(("GET", parts.path, query, f"host:{parts.netloc}", "", "host", "UNSIGNED-PAYLOAD"))
    to_sign = "\n".join((
        ALGORITHM, asked["X-Amz-Date"], scope, hashlib.sha256(request.encode()).hexdigest(),
    ))
    signature = hmac.new(_signing_key(secret, scope), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{parts.scheme}://{parts.netloc}{parts.path}?{query}&X-Amz-Signature={signature}"


def _signing_key(secret: str, scope: str) -> bytes:
    made = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        made = hmac.new(made, part.encode(), hashlib.sha256).digest()
    return made


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")
