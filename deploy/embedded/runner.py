"""What runs, and what starts it again when it dies? supervisord, configured from the catalogue."""

import http.client
import os
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from deploy.embedded.failure import CannotStartError
from deploy.embedded.places import PROJECT, Places, write_private
from deploy.embedded.ports import HOST
from deploy.embedded.secret_files import password
from services.runtime import clock

MARK = "RW_RUN"
"""Every process of a stack carries this variable, the stack's folder: none is overlooked."""

STARTS = 1_000_000_000
"""supervisord waits one second longer after each failed start; with this many it never gives up."""

TRY_FOR_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Program:
    """One process: its command line, what its environment adds to ours, and how it is stopped."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    signal: Literal["TERM", "INT"] = "TERM"
    group: str | None = None

    @property
    def full_name(self) -> str:
        """Return the name that supervisord knows it by."""
        return f"{self.group or self.name}:{self.name}"


def configuration(places: Places, port: int, programs: Sequence[Program]) -> str:
    """Return supervisord's configuration file. It holds passwords."""
    groups = {p.group for p in programs if p.group}
    sections = [
        _daemon(places, port),
        *(_program(places, p, order) for order, p in enumerate(programs, start=1)),
        *(_group(name, [p for p in programs if p.group == name]) for name in sorted(groups)),
    ]
    return "\n".join(sections)


def _daemon(places: Places, port: int) -> str:
    """Return the part about supervisord itself."""
    user = "user=root\n" if os.geteuid() == 0 else ""
    return f"""[supervisord]
{user}directory={_escaped(PROJECT)}
pidfile={_escaped(places.runner_pid)}
logfile={_escaped(places.logs / "supervisord.log")}
logfile_maxbytes=5MB
logfile_backups=2
loglevel=info
umask=077

[inet_http_server]
port={HOST}:{port}
username=stack
password={password(places.secrets, "runner")}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""


def _program(places: Places, program: Program, order: int) -> str:
    """Return the part about one program; what is first to start is last to stop."""
    user = f"user={program.user}\n" if program.user else ""
    environment = {MARK: str(places.run), "PYTHONUNBUFFERED": "1", **program.environment}
    variables = ",".join(f'{key}="{_escaped(value)}"' for key, value in environment.items())
    return f"""[program:{program.name}]
command={" ".join(_quoted(part) for part in program.command)}
environment={variables}
{user}priority={order}
autostart=false
autorestart=true
startsecs=2
startretries={STARTS}
stopsignal={program.signal}
stopwaitsecs=15
redirect_stderr=true
stdout_logfile={_escaped(places.logs / program.name)}.log
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=3
"""


def _group(name: str, members: Sequence[Program]) -> str:
    """Return the part about programs that start and stop together, after all that come before."""
    return f"""[group:{name}]
programs={",".join(p.name for p in members)}
priority=100
"""


def _escaped(value: object) -> str:
    """Return a value as supervisord's configuration wants it: `%` has a meaning there."""
    return str(value).replace("%", "%%")


def _quoted(part: str) -> str:
    """Return one argument, in quotes, for supervisord's splitting of the command line."""
    return '"' + _escaped(part).replace("\\", "\\\\").replace('"', '\\"') + '"'


class Runner:
    """A stack's supervisord: start it, ask it, tell it."""

    def __init__(self, places: Places, port: int, programs: Sequence[Program]) -> None:
        self._places = places
        self._port = port
        self._programs = {program.name: program for program in programs}
        secret = password(places.secrets, "runner")
        self._address = f"http://stack:{secret}@{HOST}:{port}/RPC2"

    def runs(self) -> bool:
        """Say whether this stack's supervisord answers."""
        try:
            self._call("getState")
        except (OSError, http.client.HTTPException, xmlrpc.client.Error):
            return False
        return True

    def launch(self) -> None:
        """Start supervisord; it starts nothing by itself."""
        text = configuration(self._places, self._port, list(self._programs.values()))
        write_private(self._places.runner_config, text)
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "supervisor.supervisord",
             "-c", str(self._places.runner_config)],
            capture_output=True, text=True, check=False, cwd=PROJECT,
            env=os.environ | {MARK: str(self._places.run)},
        )  # fmt: skip
        until = clock.monotonic() + TRY_FOR_SECONDS
        while not self.runs():
            if done.returncode or clock.monotonic() > until:
                reason = (done.stderr.strip().splitlines() or ["it does not answer"])[-1]
                raise CannotStartError(f"The process runner did not start: {reason}")
            time.sleep(0.05)

    def start(self, name: str) -> None:
        """Start a process, without waiting for it."""
        try:
            self._call("startProcess", self._full(name), False)  # noqa: FBT003 - do not wait
        except xmlrpc.client.Fault as fault:
            if "ALREADY_STARTED" not in fault.faultString:
                raise CannotStartError(
                    f"{name} could not be started: {fault.faultString}"
                ) from None

    def stop(self, name: str) -> None:
        """Stop a process and wait until it has ended; it is not started again."""
        try:
            self._call("stopProcess", self._full(name))
        except xmlrpc.client.Fault as fault:
            if "NOT_RUNNING" not in fault.faultString:
                raise

    def state(self, name: str) -> str:
        """Return supervisord's word for a process: RUNNING, STARTING, BACKOFF, STOPPED."""
        return str(self._asked(name)["statename"])

    def pid(self, name: str) -> int:
        """Return a process's id; 0 where it does not run."""
        return int(self._asked(name)["pid"])

    def exit_status(self, name: str) -> int:
        """Return with what a process ended that has been stopped; -1 where a signal ended it."""
        return int(self._asked(name)["exitstatus"])

    def shut_down(self) -> None:
        """Tell supervisord to stop everything, the services first, and itself."""
        self._call("shutdown")

    def _full(self, name: str) -> str:
        """Return the name that supervisord knows a process by."""
        return self._programs[name].full_name

    def _asked(self, name: str) -> dict[str, Any]:
        """Return what supervisord knows of a process."""
        return dict(self._call("getProcessInfo", self._full(name)))

    def _call(self, method: str, *arguments: str | bool) -> Any:  # noqa: ANN401 - as XML-RPC has it
        """Ask supervisord one thing, and let go of the connection."""
        with xmlrpc.client.ServerProxy(self._address) as server:
            return getattr(server.supervisor, method)(*arguments)
