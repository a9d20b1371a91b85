"""Log entries for property tests."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from coronet.core.changelog.entry import Approval, Entry, Event, FastLane, Pinned
from tests.core.examples import digest

WORDS = st.text(max_size=8).map(lambda text: text.encode(errors="ignore").decode())
MOMENTS = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(microsecond=0))
DIGESTS = st.sampled_from("0123").map(digest)
PINNED = st.builds(Pinned, version=st.sampled_from("1234"), digest=DIGESTS)
APPROVALS = st.builds(Approval, login=WORDS, at=MOMENTS, review=WORDS, commit=WORDS)

LANE = FastLane(ratify_by=datetime(2026, 12, 4, tzinfo=UTC), restores="iris-v1-00000000", document="id: x\n")


def entries(**fields: st.SearchStrategy[object]) -> st.SearchStrategy[Entry]:
    """Entries of one model, about few aliases, versions and proposals, so that they meet."""
    return st.builds(
        Entry,
        at=MOMENTS,
        model=st.just("iris"),
        registered_model=WORDS,
        alias=st.sampled_from(["champion", "challenger"]),
        event=st.sampled_from(Event),
        proposal=st.none() | st.sampled_from(["iris-v1-00000000", "iris-v2-00000000", "iris-v3-00000000"]),
        proposal_digest=st.none() | DIGESTS,
        origin=st.none() | PINNED,
        target=st.none() | PINNED,
        approvals=st.lists(APPROVALS, max_size=2).map(tuple),
        pull_request=st.none() | st.integers(1, 999),
        merge_commit=st.none() | WORDS,
        policy=st.none() | DIGESTS,
        evidence=st.none() | DIGESTS,
        valid_until=st.none() | MOMENTS,
        actor=WORDS,
        run_url=st.none() | WORDS,
        why=WORDS,
        fast_lane=st.none() | st.just(LANE),
        **fields,
    )


LOGS = st.lists(entries(), max_size=5)
