import pytest

from gelato_async.sandbox import Fault, FaultPlan, FaultPlanError


@pytest.fixture
def troubled(serve):
    return lambda *faults, **options: serve(faults=FaultPlan(faults), **options)


@pytest.mark.anyio
@pytest.mark.parametrize(("when", "commits"), [("before", 0), ("after", 1)])
async def test_an_error_strikes_before_or_after_the_commit(troubled, order, when, commits):
    api = troubled(Fault("status", status=504, count=1, when=when))
    answer = await api.gelato.post("orders", json=order())
    assert (answer.status_code, answer.json()["code"]) == (504, "GATEWAY_TIMEOUT")
    assert api.app.audit().commits == commits
    assert api.app.audit().faults == {f"status-504-{when}": 1}
    assert (await api.gelato.post("orders", json=order())).status_code == 200


@pytest.mark.anyio
async def test_odd_statuses_have_a_word_and_connect_a_number(troubled, order):
    api = troubled(Fault("status", status=550, count=2))
    assert (await api.gelato.post("orders", json=order())).json()["code"] == "SERVER_ERROR"
    assert (await api.connect.post("order", json=order())).json()["code"] == 550


@pytest.mark.anyio
async def test_a_planned_429_names_its_wait(troubled, order):
    api = troubled(Fault("status", status=429, retry_after=7, count=1))
    assert (await api.gelato.post("orders", json=order())).headers["Retry-After"] == "7"
    assert api.app.audit().rejected_429 == 0


@pytest.mark.anyio
@pytest.mark.parametrize(("when", "status", "commits"), [("before", 502, 0), ("after", 200, 1)])
@pytest.mark.parametrize("kind", ["html", "empty"])
async def test_answers_that_are_no_json(troubled, order, kind, when, status, commits):
    api = troubled(Fault(kind, count=1, when=when))
    answer = await api.connect.post("order", json=order())
    assert answer.status_code == status
    assert answer.content.startswith(b"<html>") if kind == "html" else answer.content == b""
    assert api.app.audit().commits == commits


@pytest.mark.anyio
async def test_a_commit_can_come_after_its_answer(troubled, order, travel):
    api = troubled(Fault("status", status=504, count=1, commit_delay=4), speed=1.0)
    assert (await api.gelato.post("orders", json=order())).status_code == 504
    search = {"orderReferenceId": "ref-1"}
    assert (await api.gelato.post("/orders:search", json=search)).json() == {"orders": []}
    api.app.advance(100)
    travel(20)
    (row,) = (await api.gelato.post("/orders:search", json=search)).json()["orders"]
    assert (
        row["fulfillmentStatus"] == "passed"
    )  # 16 s old: the advance came before it was committed
    assert api.app.audit().commit_times[0] == pytest.approx(4, abs=2)


@pytest.mark.anyio
async def test_a_drop_needs_a_connection_to_abort(troubled, order):
    api = troubled(Fault("drop", count=1, when="after"))
    with pytest.raises(ConnectionAbortedError):
        await api.gelato.post("orders", json=order())
    assert api.app.audit().commits == 1


@pytest.mark.anyio
async def test_faults_strike_only_who_is_admitted(troubled, order):
    api = troubled(Fault("status", status=500, count=1, routes=("*",)), rate_limit=1)
    assert (await api.nobody.get("/v4/orders/a")).status_code == 401
    assert (await api.gelato.get("orders/a")).status_code == 500
    assert (await api.gelato.get("orders/a")).status_code == 429


@pytest.mark.anyio
async def test_faults_keep_to_their_routes(troubled, order):
    api = troubled(Fault("status", status=500, count=9, routes=("gelato.*", "connect.search")))
    assert (await api.gelato.post("/orders:search", json={})).status_code == 500
    assert (await api.connect.post("search", json={})).status_code == 500
    assert (await api.connect.post("order", json=order())).status_code == 200


@pytest.mark.anyio
async def test_the_same_seed_gives_the_same_faults(serve, order):
    faults = (
        Fault("status", status=500, share=0.3),
        Fault("status", status=503, share=0.3, name="busy"),
        Fault("status", status=429, count=2),
    )

    async def statuses(seed):
        api = serve(faults=FaultPlan(faults, seed), rate_limit=None)
        answers = [await api.gelato.post("orders", json=order(str(number))) for number in range(60)]
        return [answer.status_code for answer in answers], api.app.audit().faults

    first, counted = await statuses(1)
    assert first[:2] == [429, 429]
    assert {status: first.count(status) for status in (429, 500, 503)} == {
        429: counted["status-429-before"],
        500: counted["status-500-before"],
        503: counted["busy"],
    }
    assert set(first) == {200, 429, 500, 503}
    assert (first, counted) == await statuses(1)
    assert (first, counted) != await statuses(2)


@pytest.mark.anyio
async def test_a_reset_starts_the_plan_again(troubled, order):
    api = troubled(Fault("status", status=500, count=1))
    assert (await api.gelato.post("orders", json=order())).status_code == 500
    api.app.reset()
    assert (await api.gelato.post("orders", json=order())).status_code == 500


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"kind": "dropp", "count": 1}, "kind: 'dropp' is unknown; did you mean 'drop'?"),
        ({"kind": "drop", "count": 1, "when": "later"}, "when: 'later' is unknown"),
        ({"kind": "xyz", "count": 1}, "kind: 'xyz' is unknown; known: status, drop"),
        ({"kind": "drop"}, "share: give either share or count"),
        ({"kind": "drop", "count": 1, "share": 0.5}, "share: give either share or count"),
        ({"kind": "drop", "share": 1.5}, "share: 1.5 is not between 0 and 1"),
        ({"kind": "drop", "share": "0.5"}, "share: must be a number, not '0.5'"),
        ({"kind": "drop", "count": True}, "count: must be an integer, not True"),
        ({"kind": "drop", "count": -1}, "count: -1 is negative"),
        (
            {"kind": "drop", "count": 1, "status": 500},
            "status: 500 does not go with the kind 'drop'",
        ),
        ({"kind": "status", "count": 1}, "status: is needed for the kind 'status'"),
        (
            {"kind": "status", "count": 1, "status": 404},
            "status: 404 does not go with the kind 'status'",
        ),
        ({"kind": "slow", "count": 1}, "delay: is needed for the kind 'slow'"),
        (
            {"kind": "slow", "count": 1, "delay": 1, "commit_delay": 1},
            "commit_delay: needs when='after'",
        ),
        (
            {"kind": "drop", "count": 1, "commit_delay": 1, "when": "before"},
            "commit_delay: needs when='after'",
        ),
        ({"kind": "drop", "count": 1, "routes": ["gelato.crate"]}, "did you mean 'gelato.create'?"),
        ({"kind": "drop", "count": 1, "routes": "*"}, "routes: must be a list, not '*'"),
        ({"kind": "drop", "count": 1, "routes": []}, "routes: must name at least one route"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(fields, problem):
    with pytest.raises(FaultPlanError) as caught:
        Fault(**fields)
    assert problem in str(caught.value)


def test_shares_of_more_than_everything_are_refused():
    with pytest.raises(FaultPlanError, match=r"gelato\.create add up to 1\.2"):
        FaultPlan([Fault("drop", share=0.6), Fault("drop", share=0.6, routes=["gelato.create"])])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "plan.json",
            '{"seed": 5, "faults": [{"kind": "drop", "share": 0.5, "routes": ["gelato.*"]}]}',
        ),
        ("plan.toml", 'seed = 5\n[[faults]]\nkind = "drop"\nshare = 0.5\nroutes = ["gelato.*"]\n'),
    ],
)
def test_a_plan_is_read_from_a_file(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    assert FaultPlan.from_file(path) == FaultPlan(
        [Fault("drop", share=0.5, routes=("gelato.*",))], seed=5
    )


def test_a_bare_list_of_faults_is_a_plan(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text('[{"kind": "drop", "count": 1}]')
    assert FaultPlan.from_file(path) == FaultPlan([Fault("drop", count=1)])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "cannot be read: "),
        ("5", "must be a table"),
        ("{}", "faults: must be a list"),
        ('{"fault": []}', "fault: no such key; did you mean 'faults'?"),
        ('{"seed": "x", "faults": []}', "seed: must be an integer, not 'x'"),
        ("[5]", "faults[0]: must be a table, not 5"),
        ('[{"kind": "drop", "count": 1}, {"count": 1}]', "faults[1].kind: is missing"),
        (
            '[{"kind": "drop", "shares": 1}]',
            "faults[0].shares: no such field; did you mean 'share'?",
        ),
        ('[{"kind": "slow", "count": 1}]', "faults[0].delay: is needed"),
        ('[{"kind": "drop", "share": 0.6}, {"kind": "drop", "share": 0.6}]', "add up to 1.2"),
    ],
)
def test_an_error_in_a_file_is_located(tmp_path, text, problem):
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(FaultPlanError) as caught:
        FaultPlan.from_file(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert problem in str(caught.value)


def test_a_missing_file_is_an_error_of_the_plan(tmp_path):
    with pytest.raises(FaultPlanError, match="cannot be read"):
        FaultPlan.from_file(tmp_path / "none.toml")
