#!/usr/bin/env python3
"""scripted.py DIRECTORY: a web server that answers from files, for the tests.

METHOD /A/B is answered with DIRECTORY/METHOD/A+B.1, .2, ... one after the other, the last one
again and again, or with DIRECTORY/METHOD/A+B when there are no numbers: a line with the
status, then the body.  @URL@ in it is the server's own address.  What there is no file for is 404.
DIRECTORY/requests gets a line of JSON for each request: method, path, query, authorization, body.
"""
import http.server
import json
import os
import sys
import threading
import urllib.parse

root = sys.argv[1]
lock = threading.Lock()
counts = {}


def find(method, path):
    """The file that answers now."""
    base = os.path.join(root, method, path.strip("/").replace("/", "+"))
    with lock:
        counts[base] = counts.get(base, 0) + 1
        for number in range(counts[base], 0, -1):
            if os.path.isfile(f"{base}.{number}"):
                return f"{base}.{number}"
    return base


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        url = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        with lock, open(os.path.join(root, "requests"), "a", encoding="utf-8") as log:
            log.write(json.dumps({
                "method": self.command, "path": url.path, "query": url.query,
                "authorization": self.headers.get("authorization"),
                "body": body.decode()}) + "\n")
        status, text = 404, "{}"
        file = find(self.command, url.path)
        if os.path.isfile(file):
            with open(file, encoding="utf-8") as script:
                status, text = script.read().split("\n", 1)
        out = text.replace("@URL@", f"http://127.0.0.1:{self.server.server_port}").encode()
        self.send_response(int(status))
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(out)))
        self.end_headers()
        self.wfile.write(out)

    do_GET = do_POST = answer

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"listening on 127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
