"""Where do people sign in to the stack of this machine? At a provider that asks nobody for proof.

Everybody may be any persona with one click, so it serves 127.0.0.1 alone; a deployment names its
own by RW_OIDC_ISSUER.
"""

import json
import sys

from deploy.embedded.ports import HOST
from deploy.embedded.processes import SIGN_IN
from deploy.embedded.runner import Program
from deploy.embedded.tokens import PERSONAS


def program(port: int) -> Program:
    """Return what supervisord runs."""
    command = [sys.executable, "-m", "oidc_provider_mock", "--host", HOST, "--port", str(port)]
    for name, who in PERSONAS.items():
        claims = {"sub": name, "agency": who.agency, "role": who.role, "purposes": who.purposes}
        command += ["--user-claims", json.dumps(claims)]
    return Program(SIGN_IN, command)


def issuer(port: int) -> str:
    """Return its address, by which it calls itself."""
    return f"http://{HOST}:{port}"
