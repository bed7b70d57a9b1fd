"""A fake API server of Kubernetes, as far as Secrets of one namespace go: kubernetes.py FOLDER.

It speaks TLS with FOLDER/server.pem and FOLDER/server.key, takes the bearer tokens in FOLDER/tokens (a
line each; the file is read anew each time) or, where FOLDER/client-ca.pem is, a client certificate of
that authority, and judges what it is sent as the API server does: names, media types, unknown
members, base 64, the size of the data, what is immutable.  FOLDER/fail has a status for the next
request, once.  Every request is a line of FOLDER/requests (method, path, status); the Secrets are
FOLDER/secrets.json.
"""

import base64
import copy
import http.server
import json
import os
import re
import socketserver
import ssl
import sys
import threading
import urllib.parse

folder = sys.argv[1]
lock = threading.Lock()
secrets = {}
clock = [100]

NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}\Z")
LABEL = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\Z")
QUALIFIED = re.compile(r"([a-z0-9.-]{1,253}/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]\Z")
TOP = {"apiVersion", "kind", "metadata", "type", "data", "stringData", "immutable"}
META = {"name", "namespace", "labels", "annotations", "resourceVersion", "uid", "creationTimestamp"}
# What there is, as kubectl(1) asks before all else.
DISCOVERY = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
    "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": [
        {"name": "secrets", "singularName": "secret", "namespaced": True, "kind": "Secret",
         "verbs": ["create", "delete", "get", "list", "patch"]}]},
}


class Refused(Exception):
    def __init__(self, code, reason, message):
        super().__init__(message)
        self.code, self.reason = code, reason


def judge(secret):
    for extra in (set(secret) - TOP) | (set(secret.get("metadata", {})) - META):
        raise Refused(400, "BadRequest", f'unknown field "{extra}"')
    if secret.get("apiVersion") != "v1" or secret.get("kind") != "Secret":
        raise Refused(400, "BadRequest", "not a v1 Secret")
    meta = secret["metadata"]
    if not NAME.match(meta.get("name", "")) or len(meta["name"]) > 253:
        raise Refused(422, "Invalid", f'metadata.name: Invalid value: "{meta.get("name")}"')
    for key, value in (meta.get("labels") or {}).items():
        if not QUALIFIED.match(key) or not isinstance(value, str) or not LABEL.match(value) or len(value) > 63:
            raise Refused(422, "Invalid", f"metadata.labels: {key}")
    size = 0
    for key, value in (meta.get("annotations") or {}).items():
        if not QUALIFIED.match(key.lower()) or not isinstance(value, str):
            raise Refused(422, "Invalid", f"metadata.annotations: {key}")
        size += len(key) + len(value)
    if size > 262144:
        raise Refused(422, "Invalid", "metadata.annotations: Too long")
    total = 0
    for key, value in (secret.get("data") or {}).items():
        if not KEY.match(key):
            raise Refused(422, "Invalid", f"data[{key}]: Invalid value")
        try:
            total += len(base64.b64decode(value, validate=True))
        except (ValueError, TypeError):
            raise Refused(400, "BadRequest", f"data[{key}]: illegal base64 data") from None
    if total > 1048576:
        raise Refused(422, "Invalid", "data: Too long: must have at most 1048576 bytes")


def merged(target, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def read_body(self, *types):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Content-Type") not in types:
            raise Refused(415, "UnsupportedMediaType", f"media type {self.headers.get('Content-Type')}")
        if len(body) > 3 * 1024 * 1024:
            raise Refused(413, "RequestEntityTooLarge", "limit is 3145728")
        try:
            return json.loads(body)
        except ValueError:
            raise Refused(400, "BadRequest", "not JSON") from None

    def check_who(self):
        if os.path.exists(os.path.join(folder, "client-ca.pem")) and self.connection.getpeercert():
            return
        with open(os.path.join(folder, "tokens"), encoding="ascii") as file:
            known = file.read().split()
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or token not in known:
            raise Refused(401, "Unauthorized", "Unauthorized")

    def check_fail(self):
        path = os.path.join(folder, "fail")
        if os.path.exists(path):
            with open(path, encoding="ascii") as file:
                code = int(file.read())
            os.unlink(path)
            raise Refused(code, "Made", "made to fail")

    def stamp(self, secret):
        clock[0] += 1
        secret["metadata"]["resourceVersion"] = str(clock[0])

    def create(self, _, namespace):
        secret = self.read_body("application/json")
        judge(secret)
        name = secret["metadata"]["name"]
        if secret["metadata"].get("namespace", namespace) != namespace:
            raise Refused(400, "BadRequest", "the namespace does not match")
        if name in secrets:
            raise Refused(409, "AlreadyExists", f'secrets "{name}" already exists')
        secret["metadata"].update(namespace=namespace, uid=f"uid-{clock[0]}")
        secret.setdefault("type", "Opaque")
        self.stamp(secret)
        secrets[name] = secret
        return 201, secret

    def patch(self, name, _):
        patch = self.read_body("application/merge-patch+json")
        secret = merged(copy.deepcopy(self.find(name)), patch)
        judge(secret)
        if secret["metadata"]["name"] != name or secret.get("type") != secrets[name].get("type"):
            raise Refused(422, "Invalid", "field is immutable")
        if secrets[name].get("immutable") and secret.get("data") != secrets[name].get("data"):
            raise Refused(422, "Invalid", "data: Forbidden: field is immutable when `immutable` is set")
        self.stamp(secret)
        secrets[name] = secret
        return 200, secret

    def find(self, name):
        if name not in secrets:
            raise Refused(404, "NotFound", f'secrets "{name}" not found')
        return secrets[name]

    def list(self, query):
        wanted = query.get("labelSelector", [""])[0].partition("=")
        names = sorted(n for n, s in secrets.items()
                       if not wanted[0] or s["metadata"].get("labels", {}).get(wanted[0]) == wanted[2])
        start = int(query.get("continue", ["0"])[0])
        limit = min(int(query.get("limit", ["0"])[0]) or 10**9, 3)
        page = [copy.deepcopy(secrets[n]) for n in names[start:start + limit]]
        kind = "SecretList"
        if "as=PartialObjectMetadataList" in self.headers.get("Accept", ""):
            kind = "PartialObjectMetadataList"
            page = [{"metadata": s["metadata"]} for s in page]
        meta = {"continue": str(start + limit)} if start + limit < len(names) else {}
        return 200, {"kind": kind, "apiVersion": "v1", "metadata": meta, "items": page}

    def answer(self):
        url = urllib.parse.urlsplit(self.path)
        if self.command == "GET" and url.path in DISCOVERY:
            return 200, DISCOVERY[url.path]
        match = re.match(r"/api/v1/namespaces/([a-z0-9-]+)/secrets(?:/([^/]+))?\Z", url.path)
        if not match:
            raise Refused(404, "NotFound", "the server could not find the requested resource")
        namespace, name = match.group(1), match.group(2)
        if namespace != "ci":
            raise Refused(403, "Forbidden", f'secrets is forbidden in the namespace "{namespace}"')
        with lock:
            if self.command == "GET" and not name:
                return self.list(urllib.parse.parse_qs(url.query))
            if self.command == "GET":
                return 200, self.find(name)
            if self.command == "DELETE" and name:
                self.find(name)
                del secrets[name]
                return 200, {"kind": "Status", "apiVersion": "v1", "status": "Success"}
            if self.command == "POST" and not name:
                return self.create(name, namespace)
            if self.command == "PATCH" and name:
                return self.patch(name, namespace)
        raise Refused(405, "MethodNotAllowed", "the server does not allow this method")

    def handle_any(self):
        try:
            self.check_fail()
            self.check_who()
            code, value = self.answer()
        except Refused as refused:
            code = refused.code
            value = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                     "message": str(refused), "reason": refused.reason, "code": code}
            self.close_connection = True
        body = json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        with lock:
            with open(os.path.join(folder, "requests"), "a", encoding="ascii") as file:
                print(self.command, self.path, code, file=file)
            with open(os.path.join(folder, "secrets.json"), "w", encoding="ascii") as file:
                json.dump(secrets, file)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(os.path.join(folder, "server.pem"), os.path.join(folder, "server.key"))
if os.path.exists(os.path.join(folder, "client-ca.pem")):
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(os.path.join(folder, "client-ca.pem"))
server = Server(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(f"listening on 127.0.0.1:{server.server_address[1]}", flush=True)
server.serve_forever()
