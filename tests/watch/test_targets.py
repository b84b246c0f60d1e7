"""Addresses of webhooks: every way to write an inner address that is known, and the public ones that stay open."""

from __future__ import annotations

import pytest

from riskapi.errors import RequestError, SettingsError
from riskapi.watch.addresses import parse, refusal
from riskapi.watch.targets import Policy, read_policy, read_target

NOTHING = Policy()

INNER = (
    "127.0.0.1", "127.8.9.10", "0.0.0.0", "0.1.2.3",  # noqa: S104
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "100.64.0.1", "100.127.255.254", "100.100.100.200", "169.254.169.254", "169.254.170.2", "168.63.129.16",
    "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "192.88.99.1", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd12:3456::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
    "100::1", "2001::1", "2001:2::1", "3fff::1", "5f00::1",
    # IPv4 in the clothes of IPv6
    "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::127.0.0.1", "::7f00:1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::10.0.0.1", "64:ff9b:1::7f00:1", "2002:7f00:1::",
    "2002:a9fe:a9fe::1", "2002:c0a8:101::1",
)  # fmt: skip
PUBLIC = (
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
)


def code_of(url: str, policy: Policy = NOTHING) -> str | None:
    try:
        read_target(url, policy)
    except RequestError as error:
        (problem,) = error.problems
        assert problem.pointer == "/url"
        return problem.code
    return None


@pytest.mark.parametrize("text", INNER)
def test_an_inner_address_is_refused_as_text_and_as_what_a_name_leads_to(text: str) -> None:
    address = parse(text)
    assert address is not None
    assert refusal(address)
    host = f"[{text}]" if ":" in text else text
    assert code_of(f"https://{host}/") == "url-forbidden"
    assert read_target("https://innocent.example/", NOTHING).refusal([address])


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_may_be_called(text: str) -> None:
    address = parse(text)
    assert address is not None
    assert refusal(address) is None
    assert code_of(f"https://[{text}]/" if ":" in text else f"https://{text}/") is None


@pytest.mark.parametrize(
    "host",
    [
        "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "127.0.0.01",
        "127.0.0.1.", "1.2.3", "4294967295", "0", "0x", "a.0x7f", "a.1", "[::1%25lo]", "[::1%lo]", "[v1.x]", "[127.0.0.1]",
        "[]", "127。0。0。1", "①②⑦.⓪.⓪.①", "127.0.0.1%00.example.org", "localhost%2eexample.org",
    ],
)  # fmt: skip
def test_an_address_in_an_odd_form_is_refused(host: str) -> None:
    assert code_of(f"https://{host}/") in ("url-forbidden", "url-malformed")


@pytest.mark.parametrize(
    "url",
    [
        "https://user@example.org/", "https://user:secret@example.org/", "https://example.org@127.0.0.1/",
        "https://127.0.0.1#@example.org/", "https://127.0.0.1\\@example.org/", "https://example.org\\.evil.test/",
        "https:/example.org/", "https:example.org", "//example.org/", "example.org", "", " https://example.org/",
        "https://example.org/ x", "https://example.org/\r\nHost: 10.0.0.1", "https://example.org\t/", "https://exam\nple.org/",
        "https://example.org/#x", "https://-a.example/", "https://a..example/", "https://.example/", "https://exämple.org/",
        "https://\u212aelvin.example/", "https://example.org:/", "https://example.org:0/", "https://example.org:00443/",
        "https://example.org:99999999/", "https://example.org:443:443/", "https://example.org/" + "a" * 2000,
        "file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "javascript:alert(1)", "HTTPS//example.org",
    ],
)  # fmt: skip
def test_a_text_that_is_no_plain_https_address_is_refused(url: str) -> None:
    assert code_of(url) == "url-malformed"


@pytest.mark.parametrize("port", [1, 22, 25, 80, 6379, 8080, 9200, 65535, 70000])
def test_other_ports_than_those_of_web_services_are_refused(port: int) -> None:
    assert code_of(f"https://example.org:{port}/") == "url-forbidden"


@pytest.mark.parametrize(
    "url", ["http://example.org/", "http://127.0.0.1/", "http://example.org:443/", "http://localhost:8000/"]
)
def test_plain_http_is_refused(url: str) -> None:
    assert code_of(url) == "url-forbidden"


def test_a_good_address_is_read_in_its_parts() -> None:
    target = read_target("HTTPS://Hooks.Example.ORG:8443/a/b?c=d%20e", NOTHING)
    assert (target.host, target.port, target.path) == ("hooks.example.org", 8443, "/a/b?c=d%20e")
    assert target.authority == "hooks.example.org:8443"
    assert read_target("https://example.org", NOTHING).authority == "example.org"


def test_an_operator_may_allow_an_inner_host_and_nothing_beside_it() -> None:
    policy = read_policy(["10.0.0.5", "hooks.corp.example:9443", "http://127.0.0.1:8999"])
    assert code_of("https://10.0.0.5/", policy) is None
    assert code_of("https://10.0.0.6/", policy) == "url-forbidden"
    assert code_of("https://10.0.0.5:22/", policy) == "url-forbidden"
    assert code_of("http://10.0.0.5/", policy) == "url-forbidden"
    assert code_of("https://hooks.corp.example:9443/", policy) is None
    assert code_of("http://127.0.0.1:8999/x", policy) is None
    assert code_of("http://127.0.0.1:8998/x", policy) == "url-forbidden"
    inner, outer = parse("192.168.0.9"), parse("8.8.8.8")
    assert inner
    assert outer
    assert read_target("https://hooks.corp.example:9443/", policy).refusal([inner, outer]) is None


@pytest.mark.parametrize(
    "text", ["169.254.169.254", "0.0.0.1", "fe80::1", "224.0.0.1", "fd00:ec2::254", "::ffff:169.254.169.254"]
)
def test_no_operator_can_allow_what_never_takes_messages(text: str) -> None:
    host = f"[{text}]" if ":" in text else text
    assert code_of(f"https://{host}/", read_policy([host])) == "url-forbidden"
    address = parse(text)
    assert address
    assert read_target("https://allowed.example/", read_policy(["allowed.example"])).refusal([address])


def test_plain_http_stays_on_this_machine_whatever_a_name_leads_to() -> None:
    target = read_target("http://localhost:8999/", read_policy(["http://localhost:8999"]))
    own, other = parse("127.0.0.1"), parse("10.0.0.1")
    assert own
    assert other
    assert target.refusal([own]) is None
    assert "plain http" in (target.refusal([other]) or "")


def test_one_forbidden_address_among_public_ones_spoils_a_name() -> None:
    good, bad = parse("8.8.8.8"), parse("10.0.0.1")
    assert good
    assert bad
    assert read_target("https://both.example/", NOTHING).refusal([good, bad]) == "private"


def test_a_host_that_is_none_is_refused_in_the_settings() -> None:
    with pytest.raises(SettingsError) as raised:
        read_policy(["good.example", "*.example", "https://x.example", "10.0.0.0/8"])
    assert len(raised.value.problems) == 3
