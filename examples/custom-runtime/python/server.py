"""An HTTP server in Python, for `runtime: custom`."""

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == "/health":
            return self.answer("ok", "text/plain")
        name = parse_qs(url.query).get("name", ["world"])[0]
        self.answer(json.dumps({"hello": name, "from": "Python", "path": url.path}))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        # Events of timers and other triggers are posted here.
        if self.path == "/invoke":
            print("event", body.decode(), flush=True)
            return self.answer("{}")
        self.answer(body.decode(), self.headers.get("content-type", "text/plain"))

    def answer(self, text, kind="application/json"):
        body = text.encode()
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


port = int(os.environ.get("PORT", 9000))
print("listening on", port, flush=True)
ThreadingHTTPServer(("0.0.0.0", port), Handler).serve_forever()
