"""Where a repository lives on GitHub: the roots of its pages and of its REST API, its owner and its name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from coronet.errors import WrongUsage

CLOUD = "github.com"
_CLOUD_API = "https://api.github.com"
# `git@github.com:owner/name.git`: what git takes for an address without a scheme.
_SCP = re.compile(r"(?:[^/@:]+@)?(?P<host>[^/:]+):(?!//)(?P<path>.+)")
_SSH_ELSEWHERE = {"ssh.github.com": CLOUD}  # git over the port of https
_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """`web` is the root of the pages (https://github.com), `api` that of the REST API; neither ends with a slash.

    `mail` is the domain of the addresses that GitHub gives its users for commits.
    """

    web: str
    api: str
    owner: str
    name: str
    mail: str = f"users.noreply.{CLOUD}"

    @property
    def repository(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def host(self) -> str:
        return str(urlsplit(self.web).hostname)

    @property
    def page(self) -> str:
        return f"{self.web}/{self.repository}"

    def compare_page(self, base: str, branch: str) -> str:
        """Where a person opens the pull request of a branch."""
        return f"{self.page}/compare/{base}...{branch}?expand=1"


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteAddress:
    """What a remote's URL says: the web root of its host, and the path without slashes and `.git`."""

    web: str
    path: str

    @property
    def host(self) -> str:
        return str(urlsplit(self.web).hostname)


def is_cloud(host: str) -> bool:
    """GitHub's own hosts: github.com, and those of enterprises that chose where their data is kept."""
    return host == CLOUD or host.endswith(".ghe.com")


def read_remote(url: str) -> RemoteAddress | None:
    """The https, http, ssh, git and scp forms of a remote's URL; None for a folder, or what has no host."""
    if "://" in url:
        parts = urlsplit(url)
        try:
            host, port = parts.hostname, parts.port
        except ValueError:
            return None
        scheme, path = parts.scheme.lower(), parts.path
    elif found := _SCP.fullmatch(url):
        scheme, host, port, path = "ssh", found["host"].lower(), None, found["path"]
    else:
        return None
    if not host or scheme not in ("http", "https", "ssh", "git", "git+ssh"):
        return None
    if scheme not in ("http", "https"):
        scheme, port = "https", None  # the port is that of ssh
    host = _SSH_ELSEWHERE.get(host, host)
    shown = f"[{host}]" if ":" in host else host
    web = f"{scheme}://{shown}{f':{port}' if port else ''}"
    return RemoteAddress(web=web, path=path.strip("/").removesuffix(".git").strip("/"))


def is_on_github(url: str, environment: Mapping[str, str]) -> bool:
    """Whether a remote is on github.com, on the host that GH_HOST names, or on that of the workflow that runs this."""
    remote = read_remote(url)
    if remote is None:
        return False
    return is_cloud(remote.host) or remote.host in known_hosts(environment)


def known_hosts(environment: Mapping[str, str]) -> frozenset[str]:
    """The hosts that the environment says are GitHub's."""
    in_workflow = environment.get("GITHUB_ACTIONS") == "true"
    urls = [environment.get("GITHUB_SERVER_URL", "")] if in_workflow else []
    names = [urlsplit(url).hostname for url in (*urls, environment.get("GITHUB_API_URL", ""))]
    names.append(environment.get("GH_HOST", "").strip().lower().rpartition("://")[2].partition(":")[0])
    return frozenset(name for name in names if name)


def find_address(environment: Mapping[str, str], remote_url: str | None) -> Address:
    """GITHUB_REPOSITORY, GITHUB_SERVER_URL and GITHUB_API_URL, and for what they leave open the remote's URL.

    WrongUsage where neither says which repository it is.
    """
    remote = read_remote(remote_url) if remote_url else None
    named = environment.get("GITHUB_REPOSITORY") or (remote.path if remote else "")
    owner, _, name = named.partition("/")
    if not (_NAME.fullmatch(owner) and _NAME.fullmatch(name)):
        said = f"{named!r} is no owner/name" if named else "no remote on GitHub was found"
        raise WrongUsage(
            f"which repository on GitHub this is for is not known: {said}",
            hint="set GITHUB_REPOSITORY=owner/name, or give the clone a remote on GitHub",
        )
    api = environment.get("GITHUB_API_URL", "").rstrip("/")
    web = environment.get("GITHUB_SERVER_URL", "").rstrip("/") or _web_of(api) or (remote.web if remote else "")
    web = web or f"https://{CLOUD}"
    host = str(urlsplit(web).hostname)
    # A server's own is a setting of its site that no API tells.
    mail = environment.get("CORONET_GITHUB_MAIL") or f"users.noreply.{host if is_cloud(host) else CLOUD}"
    return Address(web=web, api=api or _api_of(web), owner=owner, name=name, mail=mail.lower())


def _web_of(api: str) -> str:
    if not api:
        return ""
    parts = urlsplit(api)
    return f"{parts.scheme}://{parts.netloc.removeprefix('api.') if is_cloud_api(parts.netloc) else parts.netloc}"


def is_cloud_api(host: str) -> bool:
    return host.startswith("api.") and is_cloud(host.removeprefix("api."))


def _api_of(web: str) -> str:
    host = str(urlsplit(web).hostname)
    if host == CLOUD:
        return _CLOUD_API
    return f"https://api.{host}" if is_cloud(host) else f"{web}/api/v3"
