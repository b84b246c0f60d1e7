"""Bearer tokens of an identity provider: which count, what they allow, and every way of cheating that is known to us."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from riskapi.api import app
from riskapi.api.access import oidc_settings
from riskapi.api.access.oidc import TokenReader
from riskapi.api.access.oidc_keys import APART, FRESH, MOST_BYTES, OLDEST, FetchError, KeySet, fetcher, read_keys
from riskapi.api.access.oidc_settings import OidcSettings, token_reader
from riskapi.api.access.oidc_settings import oidc_settings as read_settings
from riskapi.api.http.problems import RefusedError
from riskapi.api.serving.options import Options
from riskapi.cli.config import effective
from riskapi.errors import SettingsError
from riskapi.store import audit
from riskapi.store.keys import Scope
from riskapi.workspace import Workspace
from tests.api.kept import NOON, Service, service

ISSUER = "https://id.example.org/realms/trade"
AUDIENCE = "riskapi"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SHORT = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  # to be refused
EC_KEY = ec.generate_private_key(ec.SECP256R1())
ED_KEY = ed25519.Ed25519PrivateKey.generate()


def public(key: Any, kid: str | None, **more: Any) -> dict[str, Any]:
    algorithm = {"R": "RS256", "E": "ES256", "_": "RS256"}[type(key).__name__.lstrip("_")[0]]
    if isinstance(key, ed25519.Ed25519PrivateKey):
        algorithm = "EdDSA"
    made = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
    return {**made, **({"kid": kid} if kid else {}), "use": "sig", **more}


JWKS = {"keys": [public(RSA_KEY, "r1"), public(EC_KEY, "e1"), public(ED_KEY, "d1"), public(SHORT, "short")]}


def claims(**changes: Any) -> dict[str, Any]:
    now = int(NOON.timestamp())
    told = {"iss": ISSUER, "aud": AUDIENCE, "sub": "0042", "exp": now + 300, "iat": now - 10, "scope": "openid riskapi:analyst",
            "preferred_username": "anna", "org": "ministry"} | changes  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}


def token(
    key: Any = RSA_KEY, algorithm: str = "RS256", kid: str | None = "r1", headers: Any = None, **changes: Any
) -> str:
    return jwt.encode(claims(**changes), key, algorithm, headers={**({"kid": kid} if kid else {}), **(headers or {})})


def raw(header: dict[str, Any], data: Any = None, sign: Callable[[bytes], bytes] = lambda _: b"") -> str:
    """A token by hand, since no library would make these."""

    def part(content: bytes) -> bytes:
        return base64.urlsafe_b64encode(content).rstrip(b"=")

    text = part(json.dumps(header).encode()) + b"." + part(json.dumps(claims() if data is None else data).encode())
    return (text + b"." + part(sign(text))).decode()


def pem() -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return RSA_KEY.public_key().public_bytes(serialization.Encoding.PEM, form)


def hs256(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda text: hmac.new(secret, text, hashlib.sha256).digest()


def rs256(key: Any = RSA_KEY) -> Callable[[bytes], bytes]:
    return lambda text: jwt.get_algorithm_by_name("RS256").sign(text, key)


def settings(**changes: Any) -> OidcSettings:
    given = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE} | changes
    found, problems = read_settings(given)
    assert found is not None, problems
    return found


def reader(**changes: Any) -> TokenReader:
    return TokenReader(settings(**changes), KeySet(lambda: JWKS))


def refusal(work: Callable[[], object]) -> tuple[str, int, str]:
    with pytest.raises(RefusedError) as raised:
        work()
    return raised.value.type.code, raised.value.type.status, raised.value.problems[0].code


# --- tokens that count


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [(RSA_KEY, "RS256", "r1"), (RSA_KEY, "PS512", "r1"), (EC_KEY, "ES256", "e1"), (ED_KEY, "EdDSA", "d1")],
)
def test_a_token_that_the_provider_signed_tells_who_asks(key: Any, algorithm: str, kid: str) -> None:
    found = reader().read(token(key, algorithm, kid), NOON)
    assert (found.tenant, found.scope, found.name) == ("default", Scope.ANALYST, "anna")
    assert found.id.startswith("oidc-")
    assert "0042" not in found.id
    assert reader().read(token(sub="0043"), NOON).id != found.id


@pytest.mark.parametrize(
    ("claim", "value", "scope"),
    [
        ("scope", "riskapi:viewer", Scope.VIEWER), ("scope", "riskapi:viewer riskapi:editor openid", Scope.EDITOR),
        ("roles", ["a", "riskapi:admin", 5], Scope.ADMIN), ("realm_access.roles", None, Scope.EDITOR),
        ("https://risk.example/roles", ["riskapi:viewer"], Scope.VIEWER),
    ],
)  # fmt: skip
def test_the_highest_scope_that_a_claim_maps_to_counts(claim: str, value: Any, scope: Scope) -> None:
    told = {claim: value} if value else {"realm_access": {"roles": ["riskapi:editor"]}}
    assert reader(oidc_scope_claim=claim).read(token(**told), NOON).scope is scope


def test_values_of_claims_map_as_the_options_say() -> None:
    found = reader(
        oidc_scope_claim="groups", oidc_scopes=("cn=desk=analyst", "boss=admin"), oidc_tenant_claim="org",
        oidc_tenants=("ministry=mot", "press=press"),
    ).read(token(groups=["cn=desk"]), NOON)  # fmt: skip
    assert (found.scope, found.tenant) == (Scope.ANALYST, "mot")
    assert reader(oidc_tenant_claim="org").read(token(), NOON).tenant == "ministry"


@pytest.mark.parametrize("org", [None, "press", "", 5, {"a": 1}, "../x", ["ministry", "other"], "Ministry"])
def test_a_token_of_no_tenant_is_of_none_and_not_of_the_default_one(org: Any) -> None:
    mapped = reader(oidc_tenant_claim="org", oidc_tenants=("ministry=mot", "other=b"))
    assert refusal(lambda: mapped.read(token(org=org), NOON)) == ("scope-too-low", 403, "token-tenant")


@pytest.mark.parametrize("scope", [None, "", "openid", "admin", "riskapi:root", {"riskapi:admin": True}, 7, ["x"]])
def test_a_token_that_maps_to_no_scope_allows_nothing(scope: Any) -> None:
    assert refusal(lambda: reader().read(token(scope=scope), NOON)) == ("scope-too-low", 403, "token-scope")


# --- attacks

NOW = int(NOON.timestamp())
ATTACKS: dict[str, tuple[str, str]] = {
    "no algorithm": (raw({"alg": "none", "kid": "r1"}), "token-algorithm"),
    "no algorithm, in capitals": (raw({"alg": "NONE", "kid": "r1"}), "token-algorithm"),
    "no algorithm at all": (raw({"kid": "r1"}), "token-algorithm"),
    "an algorithm that is a list": (raw({"alg": ["RS256"], "kid": "r1"}), "token-algorithm"),
    "HS256 with the public key as secret": (raw({"alg": "HS256", "kid": "r1"}, sign=hs256(pem())), "token-algorithm"),
    "HS256 with the modulus as secret": (
        raw({"alg": "HS256", "kid": "r1"}, sign=hs256(str(JWKS["keys"][0]["n"]).encode())), "token-algorithm"),
    "an algorithm of another key": (token(RSA_KEY, "RS256", "e1"), "token-key"),
    "a curve of another key": (token(ec.generate_private_key(ec.SECP384R1()), "ES384", "e1"), "token-key"),
    "a stranger's key under a known name": (token(STRANGER), "token-signature"),
    "no signature": (token().rsplit(".", 1)[0] + ".", "token-signature"),
    "a changed claim": (
        ".".join([token().split(".")[0], raw({}, claims(scope="riskapi:admin")).split(".")[1], token().split(".")[2]]),
        "token-signature"),
    "a key that is too short": (raw({"alg": "RS256", "kid": "short"}, sign=rs256(SHORT)), "token-key"),
    "the name of a key as a path": (token(STRANGER, kid="../../../../dev/null"), "token-key"),
    "the name of a key as an address": (token(STRANGER, kid="http://127.0.0.1:1/jwks"), "token-key"),
    "the name of a key as SQL": (token(STRANGER, kid="r1' UNION SELECT 'x"), "token-key"),
    "no name of a key where there are several": (token(kid=None), "token-key"),
    "a number as name of a key": (raw({"alg": "RS256", "kid": 1}), "token-malformed"),
    "its own key in the header": (
        token(STRANGER, kid="own", headers={"jwk": public(STRANGER, "own")}), "token-key"),
    "its own key set by address": (token(STRANGER, kid="own", headers={"jku": "http://127.0.0.1:1/"}), "token-key"),
    "its own certificate by address": (token(STRANGER, headers={"x5u": "http://127.0.0.1:1/"}), "token-signature"),
    "its own certificate": (token(STRANGER, headers={"x5c": ["MIIB"]}), "token-signature"),
    "an extension that must be understood": (token(headers={"crit": ["exp"]}), "token-malformed"),
    "a token for signing out": (token(headers={"typ": "logout+jwt"}), "token-type"),
    "another audience": (token(aud="another"), "token-audience"),
    "a list of other audiences": (token(aud=["a", "b"]), "token-audience"),
    "no audience": (token(aud=None), "token-claims"),
    "an audience that begins alike": (token(aud=AUDIENCE + "x"), "token-audience"),
    "another issuer": (token(iss="https://id.example.com"), "token-issuer"),
    "an issuer with a stroke more": (token(iss=ISSUER + "/"), "token-issuer"),
    "no issuer": (token(iss=None), "token-claims"),
    "expired": (token(exp=NOW - 31), "token-expired"),
    "without an end": (token(exp=None), "token-claims"),
    "an end that is a text": (token(exp=str(NOW + 300)), "token-claims"),
    "an end that is no number": (
        raw({"alg": "RS256", "kid": "r1"}, claims(exp=float("nan")), rs256()), "token-claims"),
    "an end beyond all numbers": (token(exp=10**400), "token-claims"),
    "an end that is true": (token(exp=True), "token-claims"),
    "from the future": (token(iat=NOW + 60), "token-early"),
    "not yet": (token(nbf=NOW + 60), "token-early"),
    "without a subject": (token(sub=None), "token-claims"),
    "with a long subject": (token(sub="x" * 256), "token-claims"),
    "with a number as subject": (token(sub=5), "token-claims"),
    "no token": ("abc", "token-malformed"),
    "empty parts": ("..", "token-malformed"),
    "five parts": ("a.b.c.d.e", "token-malformed"),
    "a header that is a list": (base64.urlsafe_b64encode(b"[]").decode().rstrip("=") + ".e30.e30", "token-malformed"),
    "a header that is too deep": (
        base64.urlsafe_b64encode(b'{"a":' + b"[" * 9000).decode().rstrip("=") + ".e30.e30", "token-malformed"),
    "too long": ("a" * 20_000, "token-malformed"),
    "not ASCII": (token() + "é", "token-malformed"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(ATTACKS))
def test_a_token_that_was_tampered_with_is_refused(name: str) -> None:
    shown, code = ATTACKS[name]
    assert refusal(lambda: reader().read(shown, NOON)) == ("token-refused", 401, code)


def test_clocks_may_differ_a_little() -> None:
    assert reader().read(token(exp=NOW - 29, iat=NOW + 29, nbf=NOW + 29), NOON).name == "anna"


@pytest.mark.parametrize("name", ["a\x00b", "a\r\nSet-Cookie: x", " ", 5, None])
def test_a_name_that_cannot_be_shown_is_not(name: Any) -> None:
    found = reader().read(token(preferred_username=name), NOON).name
    assert found.startswith("subject ")
    assert "0042" not in found


# --- keys


@dataclass
class Provider:
    """Gives `answer`, or fails where that is None; counts how often it was asked."""

    answer: object = field(default_factory=lambda: JWKS)
    asked: int = 0
    now: float = 0.0

    def fetch(self) -> object:
        self.asked += 1
        if self.answer is None:
            raise FetchError("gone")
        return self.answer

    def keys(self) -> KeySet:
        return KeySet(self.fetch, lambda: self.now)


def test_keys_are_fetched_once_and_again_when_they_are_old() -> None:
    provider = Provider()
    keys = provider.keys()
    for _ in range(5):
        keys.find("r1", "RS256")
    assert provider.asked == 1
    provider.now = FRESH
    keys.find("r1", "RS256")
    assert provider.asked == 2


def test_a_new_key_is_found_and_strangers_make_nobody_fetch_more_than_once_a_minute() -> None:
    provider = Provider({"keys": [public(EC_KEY, "e1")]})
    keys = provider.keys()
    keys.find("e1", "ES256")
    provider.answer = JWKS
    assert refusal(lambda: keys.find("r1", "RS256"))[1] == 401  # a fetch was just made
    provider.now = APART
    assert keys.find("r1", "RS256")
    for number in range(100):
        assert refusal(lambda: keys.find(f"made up {number}", "RS256")) == ("token-refused", 401, "token-key")  # noqa: B023
    assert provider.asked == 2


def test_while_the_provider_is_down_known_keys_go_on_for_a_while_and_then_nobody_is_let_in() -> None:
    provider = Provider()
    keys = provider.keys()
    keys.find("r1", "RS256")
    provider.answer = None
    provider.now = FRESH
    assert keys.find("r1", "RS256")
    unavailable = ("identity-unavailable", 503, "identity-unavailable")
    assert refusal(lambda: keys.find("perhaps new", "RS256")) == unavailable  # it may be right: that is not a 401
    provider.now = OLDEST
    assert refusal(lambda: keys.find("r1", "RS256")) == unavailable
    provider.answer = JWKS
    provider.now = OLDEST + APART
    assert keys.find("r1", "RS256")


def test_a_key_that_the_provider_withdrew_no_longer_counts() -> None:
    provider = Provider()
    keys = provider.keys()
    keys.find("r1", "RS256")
    provider.answer, provider.now = {"keys": [public(EC_KEY, "e1")]}, FRESH
    assert refusal(lambda: keys.find("r1", "RS256"))[1] == 401


def test_a_provider_that_hangs_does_not_hold_up_those_whose_key_is_known() -> None:
    begun, ends = threading.Event(), threading.Event()
    provider = Provider()
    keys = provider.keys()
    keys.find("r1", "RS256")
    provider.now = FRESH

    def hang() -> object:
        begun.set()
        ends.wait(60)
        return JWKS

    keys._fetch = hang
    waiting = threading.Thread(target=lambda: keys.find("r1", "RS256"))
    waiting.start()
    assert begun.wait(60)
    assert keys.find("r1", "RS256")
    assert refusal(lambda: keys.find("unknown", "RS256"))[1] == 503
    ends.set()
    waiting.join(60)


@pytest.mark.parametrize(
    "document",
    [None, [], {}, {"keys": {}}, {"keys": []}, {"keys": [1, "a", {}]}, {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "x"}]},
     {"keys": [public(RSA_KEY, "r1", use="enc")]}, {"keys": [public(RSA_KEY, "r1", alg="RSA-OAEP")]},
     {"keys": [public(RSA_KEY, "r1", alg="HS256")]}, {"keys": [public(RSA_KEY, "r1", d="AQAB")]},
     {"keys": [{"kty": "RSA", "kid": "r1", "n": "!", "e": "AQAB"}]}, {"keys": [{"kty": "EC", "crv": "P-256", "kid": "e"}]}],
)  # fmt: skip
def test_a_document_without_usable_public_keys_is_none(document: object) -> None:
    with pytest.raises(FetchError):
        read_keys(document)


def test_the_only_key_needs_no_name() -> None:
    keys = KeySet(lambda: {"keys": [public(RSA_KEY, None)]})
    assert TokenReader(settings(), keys).read(token(kid=None), NOON).name == "anna"


# --- where keys come from


class Web:
    """A provider on this machine: `pages` by path, as (status, content)."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, bytes]] = {}
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, content = web.pages.get(self.path, (404, b""))
                self.send_response(status)
                if status == 302:
                    self.send_header("location", content.decode())
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def web() -> Iterator[Web]:
    one = Web()
    yield one
    one.server.shutdown()
    one.server.server_close()


def test_the_address_of_the_keys_is_discovered_from_the_issuer(web: Web) -> None:
    told = {"issuer": web.address, "jwks_uri": f"{web.address}/keys"}
    web.pages["/.well-known/openid-configuration"] = (200, json.dumps(told).encode())
    web.pages["/keys"] = (200, json.dumps(JWKS).encode())
    assert set(read_keys(fetcher(settings(oidc_issuer=web.address))())) == {"r1", "e1", "d1"}


@pytest.mark.parametrize(
    "told",
    [{"issuer": "https://other.example"}, {"jwks_uri": "http://id.example.org/keys"}, {"jwks_uri": "file:///etc/passwd"},
     {"jwks_uri": 5}, {"issuer": None}],
)  # fmt: skip
def test_a_discovery_document_of_somebody_else_is_not_believed(web: Web, told: dict[str, Any]) -> None:
    whole = {"issuer": web.address, "jwks_uri": f"{web.address}/keys"} | told
    web.pages["/.well-known/openid-configuration"] = (200, json.dumps(whole).encode())
    web.pages["/keys"] = (200, json.dumps(JWKS).encode())
    with pytest.raises(FetchError):
        fetcher(settings(oidc_issuer=web.address))()


def test_only_a_good_answer_from_the_place_itself_is_taken(web: Web) -> None:
    get = fetcher(settings(oidc_jwks=f"{web.address}/keys"))
    web.pages["/elsewhere"] = (200, json.dumps(JWKS).encode())
    for status, content in (
        (302, f"{web.address}/elsewhere".encode()), (500, b"{}"), (200, b"no json"), (200, b" " * (MOST_BYTES + 1)),
        (200, b"[" * 100_000),
    ):  # fmt: skip
        web.pages["/keys"] = (status, content)
        with pytest.raises(FetchError):
            get()
    web.pages["/keys"] = (200, json.dumps(JWKS).encode())
    assert get() == JWKS


def test_keys_may_come_from_a_file_that_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(JWKS))
    get = fetcher(settings(oidc_jwks=str(file)))
    assert get() == JWKS
    file.unlink()
    with pytest.raises(FetchError, match=r"jwks\.json"):
        get()


# --- settings


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"issuer": "http://id.example.org", "audience": "a"}, {"ISSUER"}),
        ({"issuer": "https://user:pw@id.example.org", "audience": "a"}, {"ISSUER"}),
        ({"issuer": "id.example.org"}, {"ISSUER", "AUDIENCE"}),
        ({"issuer": ISSUER, "audience": "a", "jwks": "http://10.0.0.1/keys"}, {"JWKS"}),
        ({"issuer": ISSUER, "audience": "a", "jwks": "/no/such/file"}, {"JWKS"}),
        ({"issuer": ISSUER, "audience": "a", "scopes": "x=boss,nothing,=viewer,y=viewer,y=admin"}, {"SCOPES"}),
        ({"issuer": ISSUER, "audience": "a", "tenants": "x=Not A Tenant", "tenant_claim": "org"}, {"TENANTS"}),
        ({"issuer": ISSUER, "audience": "a", "tenants": "x=y"}, {"TENANTS"}),
        ({"audience": "a", "jwks": "x"}, {"AUDIENCE", "JWKS"}),
    ],
)
def test_settings_that_would_let_the_wrong_ones_in_are_refused_by_name(given: dict[str, str], fields: set[str]) -> None:
    environment = {f"RISKAPI_OIDC_{name.upper()}": value for name, value in given.items()}
    with pytest.raises(SettingsError) as raised:
        effective(environment)
    assert {str(problem.field) for problem in raised.value.problems} == {f"RISKAPI_OIDC_{name}" for name in fields}
    assert "user:pw" not in str(raised.value)


def test_the_check_of_the_settings_shows_what_holds() -> None:
    rows = effective({"RISKAPI_OIDC_ISSUER": ISSUER, "RISKAPI_OIDC_AUDIENCE": AUDIENCE})
    assert ("RISKAPI_OIDC_ISSUER", ISSUER, "environment") in rows


def test_without_the_extra_the_service_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "riskapi.api.access.oidc", None)
    with pytest.raises(SettingsError, match=r"riskapi\[oidc\]"):
        token_reader({"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE})
    assert token_reader({}) is None


def test_a_service_without_a_store_cannot_take_tokens(workspace: Workspace) -> None:
    options = Options(oidc_issuer=ISSUER, oidc_audience=AUDIENCE)
    with pytest.raises(SettingsError, match="without a store"):
        app.create_app(workspace=workspace, options=options)


# --- the service


@pytest.fixture(scope="module")
def one(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("oidc")
    (folder / "jwks.json").write_text(json.dumps(JWKS))
    options: dict[str, Any] = {
        "oidc_issuer": ISSUER,
        "oidc_audience": AUDIENCE,
        "oidc_jwks": str(folder / "jwks.json"),
        "oidc_tenant_claim": "org",
    }
    with service(workspace, folder / "store.sqlite", **options) as found:
        yield found


def bearer(text: str) -> dict[str, str]:
    return {"authorization": f"Bearer {text}"}


def test_a_service_that_takes_tokens_is_never_open(one: Service) -> None:
    response = one.ask("GET", "/v1/datasets")
    assert (response.status_code, response.json()["code"]) == (401, "key-missing")


def test_a_token_lets_in_as_far_as_its_scope_goes(one: Service) -> None:
    assert one.ask("GET", "/v1/datasets", bearer(token())).status_code == 200
    refused = one.ask("POST", "/v1/deals", bearer(token()), json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope-too-low")
    assert one.ask("GET", "/v1/datasets", bearer(token(scope="openid"))).status_code == 403


def test_keys_go_on_beside_tokens(one: Service) -> None:
    _, key = one.key("viewer")
    assert one.ask("GET", "/v1/datasets", key).status_code == 200
    wrong = {"authorization": key["authorization"][:-4] + "0000"}
    assert one.ask("GET", "/v1/datasets", wrong).json()["code"] == "key-refused"


def test_a_refused_token_says_so_in_the_way_that_clients_know(one: Service) -> None:
    response = one.ask("GET", "/v1/datasets", bearer(token(exp=NOW - 100)))
    assert (response.status_code, response.json()["code"]) == (401, "token-refused")
    assert response.headers["www-authenticate"] == 'Bearer realm="riskapi", error="invalid_token"'
    assert response.headers["content-type"] == "application/problem+json"


def test_tokens_of_two_organisations_see_different_things_and_the_audit_log_names_the_person(one: Service) -> None:
    question = {"parties": ["Xiaomi", "Ford"], "as_of": "2026-11-22"}
    made = one.ask("POST", "/v1/assessments", bearer(token(org="mot")), json=question)
    path = made.headers["location"]
    assert one.ask("GET", path, bearer(token(org="mot", sub="9"))).status_code == 200
    assert one.ask("GET", path, bearer(token(org="press"))).status_code == 404
    assert made.json()["assessment"]["created_by"].startswith("anna (oidc-")
    with one.store.read() as session:
        assert [entry.tenant for entry in audit.entries(session, "mot")] == ["mot"]


def test_a_provider_that_is_down_gives_503_and_not_401(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "jwks.json"
    file.write_text("{}")
    options: dict[str, Any] = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_jwks": str(file)}
    with service(workspace, tmp_path / "store.sqlite", **options) as down:
        response = down.ask("GET", "/v1/datasets", bearer(token()))
        assert (response.status_code, response.json()["code"]) == (503, "identity-unavailable")
        assert int(response.headers["retry-after"]) > 0
        _, key = down.key("viewer")
        assert down.ask("GET", "/v1/datasets", key).status_code == 200
        assert down.ask("GET", "/health").status_code == 200


def test_a_token_ends_while_the_service_runs(one: Service) -> None:
    shown = bearer(token(exp=int((one.clock.moment + timedelta(seconds=60)).timestamp())))
    assert one.ask("GET", "/v1/datasets", shown).status_code == 200
    before: datetime = one.clock.moment
    one.clock.moment = before + timedelta(seconds=120)
    try:
        assert one.ask("GET", "/v1/datasets", shown).status_code == 401
    finally:
        one.clock.moment = before


def test_the_scopes_that_stand_without_a_choice_are_all_there_are() -> None:
    assert [item.partition("=")[2] for item in oidc_settings.SCOPES] == list(Scope)
