"""Reading an answer's body inside a deadline and a size cap, whatever the other side does."""

import time
import zlib

import requests
from urllib3.exceptions import HTTPError

from pipeline.github.errors import BadAnswer, ConnectionTrouble, whole

BLOCK = 65_536
MOST_BYTES = 16 * 2**20
ACCEPTED_ENCODING = "gzip"  # requests would also offer what other installed packages can decode, and this can't


def read_body(response: requests.Response, deadline: float, most_bytes: int = MOST_BYTES) -> bytes:
    """The decoded body. `deadline` is a moment of time.monotonic().

    requests' timeout counts the pause between two packets, so one byte every few seconds would never end; and a
    small compressed body may stand for gigabytes. Both are ended here, by ConnectionTrouble and BadAnswer.
    """
    unzip = _decompressor(response.headers.get("Content-Encoding", ""))
    body = bytearray()
    received = 0
    try:
        while block := response.raw.read1(BLOCK, decode_content=False):
            received += len(block)
            body += unzip.decompress(block, most_bytes + 1 - len(body)) if unzip else block
            if len(body) > most_bytes:
                raise BadAnswer(f"the body is larger than {most_bytes:,} bytes")
            if time.monotonic() > deadline:
                raise ConnectionTrouble("the body came too slowly")
    except zlib.error:
        raise BadAnswer("the body is not what its Content-Encoding says") from None
    except (HTTPError, OSError) as error:
        raise ConnectionTrouble(f"the connection broke inside the body ({type(error).__name__})") from None
    if received < (whole(response.headers.get("Content-Length")) or 0) or (unzip and received and not unzip.eof):
        raise ConnectionTrouble("the body ended early")
    return bytes(body)


def _decompressor(encoding: str) -> "zlib._Decompress | None":
    encoding = encoding.strip().lower()
    if encoding in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(wbits=47)
    if encoding in ("", "identity"):
        return None
    raise BadAnswer("the body is in an encoding that was not asked for")
