"""http_client.py URL SECRET: what Python's HTTP clients can do with a request.

Prints a line for each way: its name, the delivery, the status of each answer.  https trusts
what $SSL_CERT_FILE has.
"""
import hashlib
import hmac
import http.client
import itertools
import re
import socket
import ssl
import sys
import urllib.parse
import urllib.request

url, secret = sys.argv[1:]
place = urllib.parse.urlsplit(url)
where, path = place.netloc, place.path
trust = ssl.create_default_context() if place.scheme == "https" else None
number = itertools.count(1)


def signed(body, **more):
    """The delivery's name and its headers."""
    delivery = f"python-{next(number)}"
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return delivery, {
        "Content-Type": "application/json",
        "X-GitHub-Event": "push",
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": f"sha256={digest}",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }


def ask(connection, body, pieces=None, **more):
    delivery, headers = signed(body, **more)
    connection.request("POST", path, pieces or body, headers, encode_chunked=bool(pieces))
    answer = connection.getresponse()
    answer.read()
    return delivery, answer.status


def say(name, *answers):
    print(name, *(f"{delivery}:{status}" for delivery, status in answers), flush=True)


def new():
    if trust:
        return http.client.HTTPSConnection(where, timeout=20, context=trust)
    return http.client.HTTPConnection(where, timeout=20)


def pieces_of(body, size):
    return (body[at:at + size] for at in range(0, len(body), size))


small = b'{"n":1}'
large = b'{"fill":"' + b"x" * 3000000 + b'"}'

say("length", ask(new(), small))

kept = new()
say("kept", *(ask(kept, small) for _ in range(3)))

chunked = {"Transfer_Encoding": "chunked"}
say("chunked", ask(new(), small, pieces_of(small, 1), **chunked))
say("chunked-kept", *(ask(kept, small, pieces_of(small, 3), **chunked) for _ in range(3)))
say("chunked-large", ask(new(), large, pieces_of(large, 65521), **chunked))
say("large", ask(new(), large))
say("expect", ask(new(), small, Expect="100-continue"))
say("expect-large", ask(new(), large, Expect="100-continue"))


# HTTP/1.0, which ends with the answer.
old = new()
old._http_vsn, old._http_vsn_str = 10, "HTTP/1.0"
say("http1.0", ask(old, small))

request_delivery, request_headers = signed(small)
with urllib.request.urlopen(urllib.request.Request(
        url, small, request_headers), timeout=20, context=trust) as opened:
    say("urllib", (request_delivery, opened.status))


def raw(*texts):
    """The statuses of all that is answered until the server closes."""
    peer = socket.create_connection((place.hostname, place.port), timeout=20)
    if trust:
        peer = trust.wrap_socket(peer, server_hostname=place.hostname)
    with peer:
        for text in texts:
            peer.sendall(text)
        with peer.makefile("rb") as answers:
            return [int(status) for status in re.findall(rb"^HTTP/1.1 (\d+)", answers.read(), re.M)]


def head(headers):
    lines = [f"POST {path} HTTP/1.1", f"Host: {where}", *(f"{n}: {v}" for n, v in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


pipelined = [signed(small, Content_Length=len(small)) for _ in range(2)]
pipelined.append(signed(small, Content_Length=len(small), Connection="close"))
statuses = raw(b"".join(head(headers) + small for _, headers in pipelined))
say("pipelined", *zip((delivery for delivery, _ in pipelined), statuses))

delivery, headers = signed(small, Transfer_Encoding="chunked", Connection="close", Trailer="X-Sum")
statuses = raw(head(headers) + b"7;note=x\r\n" + small + b"\r\n0\r\nX-Sum: 1\r\n\r\n")
say("trailer", *zip([delivery], statuses))

# Who does not sign is answered before the body, and reads the answer whatever it sends on.
unsigned = {"Content-Type": "application/json", "X-GitHub-Event": "push"}
connection = new()
connection.request("POST", path, large, unsigned)
say("unsigned", ("-", connection.getresponse().status))
say("unsigned-expect", *(("-", status) for status in raw(head({
    **unsigned, "Content-Length": 7, "Expect": "100-continue", "Connection": "close"}))))
