"""How git is let in where a token opens the door, and what its helpers know."""

import base64
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from coronet.adapters.git.process import Git


def remote_url(root: Path, environment: Mapping[str, str], remote: str) -> str:
    """The address that git fetches a remote from; `remote` itself where it is no remote's name."""
    answer = Git(folder=root, environment=environment).run("remote", "get-url", remote)
    return answer.out.decode(errors="replace").strip() if answer.code == 0 else remote


def with_token(environment: Mapping[str, str], web: str, token: str) -> dict[str, str]:
    """`environment` for a git that shows `token` to the server at `web`, and to no other.

    It goes by the environment: a command line can be read by everybody on the machine, a configuration file
    stays. What a checkout may have left there is put aside first, for a server refuses two headers.
    """
    name = f"http.{web}/.extraheader"
    secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    there = environment.get("GIT_CONFIG_COUNT", "")
    first = int(there) if there.isdigit() else 0
    settings = {"GIT_CONFIG_COUNT": str(first + 2)}
    for number, value in enumerate(("", f"AUTHORIZATION: basic {secret}"), start=first):
        settings |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return {**environment, **settings}


def ask_helpers(root: Path, environment: Mapping[str, str], web: str, path: str) -> str | None:
    """The password that git's credential helpers know for a repository; nobody is asked for one."""
    parts = urlsplit(web)
    asked = f"protocol={parts.scheme}\nhost={parts.netloc}\npath={path}\n\n"
    silent = {"GIT_ASKPASS": "", "SSH_ASKPASS": ""}
    answer = Git(folder=root, environment=environment, timeout=20).run(
        "-c", "core.askPass=", "credential", "fill", data=asked.encode(), extra=silent
    )
    lines = answer.out.decode(errors="replace").splitlines() if answer.code == 0 else []
    found = dict(line.partition("=")[::2] for line in lines)
    return found.get("password") or None
