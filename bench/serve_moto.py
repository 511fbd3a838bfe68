"""Serves moto on a port that it prints, so that two tools can deploy to it.

Two things that moto does otherwise than AWS are put right, for everybody alike: any remark of its linter fails a template, and
the list of authorizers is a fault.
"""

import os
import re
import sys

os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

import moto.cloudformation.models as models  # noqa: E402
import moto.cloudformation.responses as responses  # noqa: E402
import moto.cloudformation.utils as utils  # noqa: E402
from moto.server import DomainDispatcherApplication, create_backend_app  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

for module in (models, responses, utils):
    if hasattr(module, "validate_template_cfn_lint"):
        setattr(module, "validate_template_cfn_lint", lambda template: [])

moto = DomainDispatcherApplication(create_backend_app)
AUTHORIZERS = re.compile(r"^/v2/apis/\w+/authorizers$")


def front(environ, start_response):
    if environ["REQUEST_METHOD"] == "GET" and AUTHORIZERS.match(environ["PATH_INFO"]):
        start_response("200 OK", [("content-type", "application/json")])
        return [b'{"items":[]}']
    return moto(environ, start_response)


server = make_server("127.0.0.1", 0, front, threaded=True)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
sys.stderr = open(os.devnull, "w")
server.serve_forever()
