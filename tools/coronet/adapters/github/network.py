"""What goes wrong on the way to GitHub, before it answers or while it does."""

from requests import exceptions

from coronet.adapters.github.address import Address
from coronet.adapters.github.answers import Failure
from coronet.errors import Unavailable


def explain_network(error: Exception, *, asked: str, address: Address, timeout: int) -> Failure:
    """What an exception of the HTTP client means; one that is not the network's or GitHub's is a bug, and raised."""
    host = address.api
    match error:
        case exceptions.SSLError():
            return _final(
                f"{host} shows a certificate that this machine does not trust",
                "if an authority of your own signed it, name its certificates in REQUESTS_CA_BUNDLE",
            )
        case exceptions.ProxyError():
            return _final(f"the proxy on the way to {host} does not answer", "see HTTPS_PROXY and NO_PROXY")
        case exceptions.ConnectTimeout():
            return _again(f"{host} was not reached within {timeout} s", ambiguous=False)
        case exceptions.Timeout():
            return _again(f"{host} did not answer {asked} within {timeout} s", ambiguous=True)
        case exceptions.ConnectionError() if _is_unresolved(error):
            return _final(f"no address was found for {host}", "see the name in GITHUB_API_URL, and this machine's DNS")
        case exceptions.ConnectionError() if _is_refused(error):
            return _again(f"{host} refuses connections", ambiguous=False)
        case exceptions.RequestException() | ConnectionError():
            return _again(f"the connection to {host} broke during {asked}", ambiguous=True)
        case ValueError():
            return _again(f"{host} answered {asked} with what cannot be read", ambiguous=True)
        case RuntimeError():
            # PyGithub follows a repository to its new name on the same host, and says no to all else.
            return _final(
                f"{host} sends {asked} to another place", "see GITHUB_API_URL, and whether the repository was renamed"
            )
    raise error


def _final(message: str, hint: str) -> Failure:
    return Failure(error=Unavailable(message, hint=hint))


def _again(message: str, *, ambiguous: bool) -> Failure:
    hint = "see whether GitHub can be reached from here, and run this again"
    return Failure(error=Unavailable(message, hint=hint), repeatable=True, ambiguous=ambiguous)


def _is_unresolved(error: BaseException) -> bool:
    return "NameResolutionError" in _story(error) or "getaddrinfo failed" in _story(error)


def _is_refused(error: BaseException) -> bool:
    return "NewConnectionError" in _story(error)


def _story(error: BaseException) -> str:
    """The names of what caused it: the client wraps what it wraps."""
    return repr(error.args)
