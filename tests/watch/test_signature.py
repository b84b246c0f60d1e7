"""Signatures of messages: what receivers may believe, and every way to deceive them that is known."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable

import pytest

from riskapi.watch.signature import ID, SIGNATURE, TIMESTAMP, SeenIds, WebhookRefusedError, sign, verify

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(32)).decode()
NOW = 1_795_348_800
BODY = '{"type":"watchlist.alert","data":{"says":"小米"}}'.encode()


def headers(**changes: str) -> dict[str, str]:
    made = sign([SECRET], "msg_1", NOW, BODY)
    return {**made, **{name.replace("_", "-"): value for name, value in changes.items()}}


def code_of(refused: Callable[[], object]) -> str:
    with pytest.raises(WebhookRefusedError) as raised:
        refused()
    return raised.value.problems[0].code


def test_the_signature_is_the_one_that_the_specification_describes() -> None:
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    by_hand = base64.b64encode(hmac.new(key, f"msg_1.{NOW}.".encode() + BODY, hashlib.sha256).digest()).decode()
    assert headers() == {ID: "msg_1", TIMESTAMP: str(NOW), SIGNATURE: f"v1,{by_hand}"}


def test_the_example_of_the_published_libraries_verifies() -> None:
    # The test vector that the reference libraries of Standard Webhooks share.
    made = sign(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        b'{"test": 2432232314}',
    )
    assert made[SIGNATURE] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_good_message_is_believed_and_read() -> None:
    found = verify(SECRET, {name.upper(): value for name, value in headers().items()}, BODY, NOW + 10)
    assert (found.id, found.timestamp, found.data["type"]) == ("msg_1", NOW, "watchlist.alert")


@pytest.mark.parametrize(
    ("given", "body", "now", "code"),
    [
        (headers(), BODY + b" ", NOW, "webhook-forged"),
        (headers(webhook_id="msg_2"), BODY, NOW, "webhook-forged"),
        (headers(webhook_timestamp=str(NOW + 1)), BODY, NOW, "webhook-forged"),
        (sign([OTHER], "msg_1", NOW, BODY), BODY, NOW, "webhook-forged"),
        (headers(webhook_signature="v1,"), BODY, NOW, "webhook-forged"),
        (headers(webhook_signature=headers()[SIGNATURE].replace("v1,", "v1a,")), BODY, NOW, "webhook-forged"),
        (headers(webhook_signature="v1,é\udcff"), BODY, NOW, "webhook-forged"),
        (headers(webhook_signature=" ".join(["v1,AAAA"] * 500 + [headers()[SIGNATURE]])), BODY, NOW, "webhook-forged"),
        (headers(), BODY, NOW + 301, "webhook-stale"),
        (headers(), BODY, NOW - 301, "webhook-stale"),
        ({}, BODY, NOW, "webhook-unsigned"),
        ({SIGNATURE: headers()[SIGNATURE]}, BODY, NOW, "webhook-unsigned"),
        (headers(webhook_timestamp="1e9"), BODY, NOW, "webhook-unsigned"),
        (headers(webhook_timestamp="-5"), BODY, NOW, "webhook-unsigned"),
        (headers(webhook_timestamp="9" * 400), BODY, NOW, "webhook-unsigned"),
        (headers(webhook_timestamp="١٢٣"), BODY, NOW, "webhook-unsigned"),
        (headers(webhook_id="x" * 257), BODY, NOW, "webhook-unsigned"),
        (sign([SECRET], "msg_1", NOW, b"no json"), b"no json", NOW, "webhook-unreadable"),
    ],
)  # fmt: skip
def test_a_message_that_is_not_as_it_was_sent_is_refused(
    given: dict[str, str], body: bytes, now: int, code: str
) -> None:
    assert code_of(lambda: verify(SECRET, given, body, now)) == code


def test_five_minutes_of_difference_between_clocks_are_borne() -> None:
    for difference in (-300, 300):
        assert verify(SECRET, headers(), BODY, NOW + difference).id == "msg_1"


def test_a_message_that_is_sent_again_by_a_stranger_is_refused() -> None:
    seen = SeenIds()
    verify(SECRET, headers(), BODY, NOW, seen=seen)
    assert code_of(lambda: verify(SECRET, headers(), BODY, NOW + 299, seen=seen)) == "webhook-replayed"
    # As soon as the id may be forgotten, the timestamp is too old.
    assert code_of(lambda: verify(SECRET, headers(), BODY, NOW + 601, seen=seen)) == "webhook-stale"


def test_a_forged_message_does_not_use_up_an_id() -> None:
    seen = SeenIds()
    assert code_of(lambda: verify(OTHER, headers(), BODY, NOW, seen=seen)) == "webhook-forged"
    assert verify(SECRET, headers(), BODY, NOW, seen=seen).id == "msg_1"


def test_a_message_whose_work_failed_can_be_let_in_again() -> None:
    seen = SeenIds()
    verify(SECRET, headers(), BODY, NOW, seen=seen)
    seen.forget("msg_1")
    assert verify(SECRET, headers(), BODY, NOW, seen=seen).id == "msg_1"


def test_remembered_ids_are_bounded_and_forgotten_in_time() -> None:
    seen = SeenIds(most=2)
    assert [seen.is_new(ident, NOW + 10, NOW) for ident in ("a", "b", "a", "c")] == [True, True, False, False]
    assert seen.is_new("c", NOW + 30, NOW + 11)


def test_while_secrets_overlap_either_side_may_have_changed_already() -> None:
    both = sign([OTHER, SECRET], "msg_1", NOW, BODY)
    assert verify(SECRET, both, BODY, NOW).id == verify(OTHER, both, BODY, NOW).id
    assert verify([OTHER, SECRET], headers(), BODY, NOW).id == "msg_1"


@pytest.mark.parametrize("secret", ["whsec_***", "whsec_A", "kein Geheimnis"])
def test_a_secret_that_was_not_copied_whole_is_told_so(secret: str) -> None:
    assert code_of(lambda: verify(secret, headers(), BODY, NOW)) == "webhook-secret"
