#!/usr/bin/env python3
"""A git server for tests: git-http-backend(1) behind Basic authentication.

git_server.py REPOSITORIES TOKENS [LOG]

The password must be a token that the fake GitHub minted (TOKENS/<sha256 in hex>) and that has not
been refused (REPOSITORIES/refused/<sha256>); the user is x-access-token.  LOG gets a line for
every request: status, method, path.
"""
import base64
import hashlib
import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    root, tokens, log = sys.argv[1], sys.argv[2], (sys.argv + [None])[3]

    def log_message(self, *_):
        pass

    def note(self, status):
        if self.log:
            with open(self.log, "a", encoding="utf-8") as log:
                log.write(f"{status} {self.command} {self.path}\n")

    def is_known(self):
        scheme, _, text = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Basic":
            return False
        user, _, token = base64.b64decode(text).decode().partition(":")
        name = hashlib.sha256(token.encode()).hexdigest()
        return (
            user == "x-access-token"
            and os.path.exists(f"{self.tokens}/{name}")
            and not os.path.exists(f"{self.root}/refused/{name}")
        )

    def body(self):
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def refuse(self):
        self.note(401)
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="GitHub"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def serve(self):
        body = self.body()
        if not self.is_known():
            self.refuse()
            return
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": self.root,
            "GIT_PROJECT_ROOT": self.root,
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_USER": "x-access-token",
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(
            ["git", "http-backend"], input=body, env=environment, stdout=subprocess.PIPE, check=False
        )
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        status, headers = 200, []
        for line in head.decode().split("\r\n"):
            name, _, value = line.partition(": ")
            if name == "Status":
                status = int(value.split()[0])
            else:
                headers.append((name, value))
        self.note(status)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = serve
    do_POST = serve


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"listening on 127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


main()
