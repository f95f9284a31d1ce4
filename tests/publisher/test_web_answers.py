"""Any request at all: one shape of answers, no defect, nothing read that is too long."""

import http.client
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

import httpx
import pytest
from fastapi.openapi.models import OpenAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from publisher.views import ErrorBody, Procedure, Results
from publisher.web_answers import MOST_BODY
from tests.support.public_site import DIGEST, PublicSite, site_with_samples


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicSite]:
    """The six samples, for tests that only look."""
    with site_with_samples(tmp_path_factory.mktemp("site")) as shared:
        yield shared


ANSWERS: Final[dict[str, TypeAdapter[Any]]] = {
    "/api/v1/procedures": TypeAdapter(Results),
    "/api/v1/procedures/{code}": TypeAdapter(Procedure | list[Procedure]),
    "/api/v1/procedures/{code}/history": TypeAdapter(list[Procedure]),
}
hostile = st.sampled_from(
    [
        "\x00",
        "../../ledger.sqlite",
        "' OR 1=1 --",
        "%",
        "\\",
        "٣",
        "\r\nX: y",
        "NEAR(",
        "-1",
        "1e9",
        "đ" * 400,
    ]
)
values = hostile | st.text(max_size=30) | st.sampled_from(["1.900005", "ho tro", "Xã", "minh-giang", "2"])


@settings(max_examples=120, deadline=None)
@given(
    path=st.sampled_from(sorted(ANSWERS)),
    code=values,
    asked=st.dictionaries(
        st.sampled_from(["q", "organisation", "field", "level", "online", "page", "size", "lang", "else"]),
        values,
    ),
)
def test_the_api_answers_as_it_says_it_does(
    site: PublicSite, path: str, code: str, asked: dict[str, str]
) -> None:
    address = path.format(code=quote(code, safe="") or "x")
    answer = site.http.get(address, params=asked)
    described = site.json("/api/v1/openapi.json")["paths"]
    shape = ANSWERS[path] if answer.status_code == 200 else TypeAdapter(ErrorBody)
    if "." not in code.strip("."):  # `.` and `..` are taken out of an address before it is sent
        assert answer.status_code in {200, 404, 422}
    if f"{answer.status_code}" in described[path]["get"]["responses"]:
        shape.validate_json(answer.content)
    assert answer.status_code < 500


@settings(max_examples=120, deadline=None)
@given(
    path=st.sampled_from(["/", "/procedures/{}", "/files/{}", "/files/{}.pdf", "/static/{}", "/{}"]),
    part=values,
    asked=st.dictionaries(
        st.sampled_from(["q", "organisation", "field", "page", "lang", "version", "rated", "path", "self"]),
        values,
    ),
)
def test_no_address_is_a_defect(site: PublicSite, path: str, part: str, asked: dict[str, str]) -> None:
    answer = site.http.get(path.format(quote(part, safe="")), params=asked)
    assert answer.status_code in {200, 404}
    assert "<script" not in answer.text


def test_the_description_is_valid_openapi(site: PublicSite) -> None:
    described = site.json("/api/v1/openapi.json")
    OpenAPI.model_validate(described)
    assert described["openapi"].startswith("3.1")
    for path in described["paths"].values():
        assert path["get"]["description"]
        assert {"200", "404", "422", "503"} <= path["get"]["responses"].keys()


@pytest.mark.parametrize(
    "address",
    ["/", "/procedures/1.900005", "/api/v1/procedures", f"/files/{DIGEST}.pdf", "/static/public.css",
     "/healthz", "/nowhere", "/api/v1/procedures/9.9"],
)  # fmt: skip
def test_head_is_get_without_the_body(site: PublicSite, address: str) -> None:
    asked, got = site.http.head(address), site.http.get(address)
    assert asked.content == b""
    assert asked.status_code == got.status_code
    assert {k: v for k, v in asked.headers.items() if k != "date"} == {
        k: v for k, v in got.headers.items() if k != "date"
    }


def test_another_method_is_told_which_there_are(site: PublicSite) -> None:
    for method in ("PUT", "DELETE", "BREW"):
        answer = site.http.request(method, "/api/v1/procedures")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
        assert answer.json()["error"]["code"] == "public.wrong_request"


def test_a_long_body_is_not_read(site: PublicSite) -> None:
    address = "/procedures/1.900001/rating"
    assert site.http.post(address, data={"score": "5" * MOST_BODY}).status_code == 413
    assert site.http.post(address, content=iter([b"score=5"])).status_code == 413
    before_the_body = http.client.HTTPConnection(str(site.http.base_url.host), site.http.base_url.port)
    before_the_body.putrequest("POST", address)
    before_the_body.putheader("Content-Length", "9" * 12)
    before_the_body.endheaders()
    answer = before_the_body.getresponse()
    assert answer.status == 413
    assert answer.headers["x-content-type-options"] == "nosniff"
    before_the_body.close()
    assert httpx.get(site.http.base_url.join("/healthz")).status_code == 200
