"""Which repository it is, where its API is, whose token opens it, and who acts."""

import pytest

from coronet.adapters.github.address import Address, find_address, is_on_github, read_remote
from coronet.adapters.github.connection import Connection
from coronet.adapters.github.identity import Identity
from coronet.adapters.github.tokens import find_token, token_of_environment
from coronet.errors import WrongUsage
from tests.adapters.github.conftest import Line, connect
from tests.fakes.http_server import StubServer, json_reply

CLOUD = Address(web="https://github.com", api="https://api.github.com", owner="acme", name="models")
SERVER = Address(web="https://git.acme.example", api="https://git.acme.example/api/v3", owner="acme", name="models")


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "web", "path"),
    [
        ("https://github.com/acme/models", "https://github.com", "acme/models"),
        ("https://github.com/acme/models.git/", "https://github.com", "acme/models"),
        ("https://x-access-token:secret@github.com/acme/models.git", "https://github.com", "acme/models"),
        ("http://127.0.0.1:8080/acme/models.git", "http://127.0.0.1:8080", "acme/models"),
        ("http://[::1]:8080/acme/models", "http://[::1]:8080", "acme/models"),
        ("git@github.com:acme/models.git", "https://github.com", "acme/models"),
        ("github.com:acme/models", "https://github.com", "acme/models"),
        ("git@GitHub.com:/acme/models", "https://github.com", "acme/models"),
        ("ssh://git@ssh.github.com:443/acme/models.git", "https://github.com", "acme/models"),
        ("ssh://git@git.acme.example:2222/acme/models", "https://git.acme.example", "acme/models"),
        ("git://git.acme.example/acme/models", "https://git.acme.example", "acme/models"),
    ],
)
def test_the_forms_of_a_remote(url: str, web: str, path: str) -> None:
    found = read_remote(url)
    assert found
    assert (found.web, found.path) == (web, path)


@pytest.mark.parametrize(
    "url", ["../origin.git", "/srv/origin.git", "file:///srv/x.git", "", "origin", "https://", "http://h:port/a/b"]
)
def test_a_folder_is_on_no_host(url: str) -> None:
    assert read_remote(url) is None
    assert not is_on_github(url, {"GH_HOST": "github.com"})


@pytest.mark.parametrize(
    ("environment", "url", "web", "api"),
    [
        ({}, "git@github.com:acme/models.git", "https://github.com", "https://api.github.com"),
        ({}, "https://acme.ghe.com/acme/models", "https://acme.ghe.com", "https://api.acme.ghe.com"),
        ({}, "git@git.acme.example:acme/models", "https://git.acme.example", "https://git.acme.example/api/v3"),
        (
            {"GITHUB_API_URL": "https://api.acme.ghe.com/"},
            "git@acme.ghe.com:acme/models",
            "https://acme.ghe.com",
            "https://api.acme.ghe.com",
        ),
        (
            {"GITHUB_API_URL": "http://127.0.0.1:1/api/v3", "GITHUB_SERVER_URL": "http://127.0.0.1:1/"},
            "git@github.com:acme/models",
            "http://127.0.0.1:1",
            "http://127.0.0.1:1/api/v3",
        ),
    ],
)
def test_where_the_api_is(environment: dict[str, str], url: str, web: str, api: str) -> None:
    found = find_address(environment, url)
    assert (found.web, found.api, found.repository) == (web, api, "acme/models")


def test_the_environment_names_the_repository_before_the_remote_does() -> None:
    found = find_address({"GITHUB_REPOSITORY": "other/repo"}, "git@github.com:acme/models.git")
    assert found.repository == "other/repo"
    assert (
        found.compare_page("main", "promotions/x")
        == "https://github.com/other/repo/compare/main...promotions/x?expand=1"
    )


@pytest.mark.parametrize(
    "url", [None, "../origin.git", "https://github.com/acme", "https://github.com/a/b/c", "https://github.com/a/.."]
)
def test_a_remote_that_names_no_repository(url: str | None) -> None:
    with pytest.raises(WrongUsage, match="which repository on GitHub"):
        find_address({}, url)


def test_whose_addresses_commits_bear() -> None:
    assert find_address({}, "https://github.com/a/b").mail == "users.noreply.github.com"
    assert find_address({}, "https://acme.ghe.com/a/b").mail == "users.noreply.acme.ghe.com"
    told = {"CORONET_GITHUB_MAIL": "NoReply.acme.example"}
    assert find_address(told, "https://git.acme.example/a/b").mail == "noreply.acme.example"


# --- tokens ---------------------------------------------------------------------------------------


def test_the_token_of_the_environment() -> None:
    assert token_of_environment(CLOUD, {"GH_TOKEN": "b", "GITHUB_TOKEN": "a"}) == "a"
    assert token_of_environment(CLOUD, {"GH_TOKEN": " b\n", "GITHUB_TOKEN": ""}) == "b"
    assert token_of_environment(CLOUD, {"GH_ENTERPRISE_TOKEN": "c"}) is None
    assert token_of_environment(SERVER, {"GH_ENTERPRISE_TOKEN": "c"}) == "c"


def test_a_token_of_github_travels_to_no_host_that_only_a_remote_names() -> None:
    assert token_of_environment(SERVER, {"GITHUB_TOKEN": "a", "GH_TOKEN": "b"}) is None
    assert token_of_environment(SERVER, {"GITHUB_TOKEN": "a", "GH_HOST": "git.acme.example"}) == "a"
    job = {"GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://git.acme.example"}
    assert token_of_environment(SERVER, {"GITHUB_TOKEN": "a", **job}) == "a"


def test_helpers_are_asked_where_the_environment_has_none() -> None:
    assert find_token(CLOUD, {"GITHUB_TOKEN": "a"}, lambda: "kept") == "a"
    assert find_token(CLOUD, {}, lambda: "kept") == "kept"
    with pytest.raises(WrongUsage, match=r"no token for git\.acme\.example") as caught:
        find_token(SERVER, {}, lambda: None)
    assert "GH_ENTERPRISE_TOKEN" in caught.value.hint


# --- who acts -------------------------------------------------------------------------------------

JOB = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_ACTOR": "engineer"}


def identity(stub: StubServer, environment: dict[str, str], *, token: str = "ghp_x") -> Identity:
    stub.answer = lambda asked: (
        json_reply({"login": "alice", "id": 7})
        if asked.path.endswith(("/user", "/users/alice"))
        else json_reply({"message": "no"}, 404)
    )
    return Identity(connect(stub, token=token).connection, environment)


def test_whose_token_it_is_acts_outside_of_workflows(stub: StubServer) -> None:
    found = identity(stub, {})
    assert (found.actor(), found.token_login()) == ("alice", "alice")
    assert found.person("alice").email == "7+alice@users.noreply.github.com"
    assert len(stub.asked) == 1


def test_who_started_a_workflow_acts_and_github_is_not_asked(stub: StubServer) -> None:
    assert identity(stub, JOB).actor() == "engineer"
    assert identity(stub, {**JOB, "GITHUB_TRIGGERING_ACTOR": "second-owner"}).actor() == "second-owner"
    numbered = identity(stub, {**JOB, "GITHUB_ACTOR_ID": "12"})
    assert numbered.person("engineer").email == "12+engineer@users.noreply.github.com"
    assert stub.asked == []


def test_a_schedule_acts_as_its_token(stub: StubServer) -> None:
    schedule = {**JOB, "GITHUB_EVENT_NAME": "schedule"}
    assert identity(stub, schedule, token="ghs_x").actor() == "github-actions[bot]"
    app = {**schedule, "CORONET_GITHUB_LOGIN": "coronet[bot]"}
    assert identity(stub, app, token="ghs_x").actor() == "coronet[bot]"


def test_a_users_token_in_a_workflow_writes_in_their_name(stub: StubServer) -> None:
    assert identity(stub, JOB).token_login() == "alice"


def test_an_apps_token_elsewhere_must_be_named(stub: StubServer) -> None:
    with pytest.raises(WrongUsage, match="whose token this is"):
        identity(stub, {}, token="ghs_x").actor()


def test_the_account_of_the_workflows_token_is_known_on_github(stub: StubServer) -> None:
    on_cloud = Identity(Connection(CLOUD, "ghs_x"), JOB)
    assert on_cloud.person("github-actions[bot]").email == "41898282+github-actions[bot]@users.noreply.github.com"


def test_somebody_whom_github_does_not_know_has_no_number(line: Line) -> None:
    line.stub.reply_with(json_reply({"message": "no"}, 404))
    assert Identity(line.connection, {}).person("gone").email == "gone@users.noreply.github.com"
