"""Options of the service: how it listens and what it bears. Enters: environment and a TOML file. Leaves: checked `Options`.

Each option is one field of `Options`; its environment variable is the name in capitals after RISKAPI_, its key in the file
the name as it stands. The environment goes before the file. The file may hold the settings of the program as well.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Self

from riskapi.api.access.oidc_settings import SCOPES, oidc_settings
from riskapi.errors import Problem, RiskapiError, SettingsError, did_you_mean
from riskapi.settings import Settings
from riskapi.store.retention import read_retention
from riskapi.watch.keyring import read_keyring

PREFIX: Final = "RISKAPI_"
FILE_VARIABLE: Final = "RISKAPI_CONFIG"
#: What platforms call the port that they give to a service.
PLATFORM_PORT: Final = "PORT"
LOG_FORMATS: Final = ("text", "json")
_TRUTH: Final = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}
#: Settings that are no options of the service.
_OTHERS: Final = ("config", "debug", "hypothesis", "postgres")


def _option(default: Any, meaning: str, **bounds: Any) -> Any:  # noqa: ANN401  # as `dataclasses.field` itself
    return field(default=default, metadata={"meaning": meaning, **bounds}, repr=not bounds.get("secret"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the service listens and what it bears; limits hold for each worker process."""

    host: str = _option("127.0.0.1", "Address to listen on.")
    port: int = _option(8000, "Port to listen on; 0 takes a free one.", low=0, high=65_535)
    workers: int = _option(1, "Processes that answer.", low=1, high=64)
    threads: int = _option(4, "Requests in work at once.", low=1, high=64)
    waiting: int = _option(100, "Requests that wait for their turn; the next one gets 503.", low=0, high=10_000)
    patience: int = _option(5, "Seconds that a request waits for its turn before it gets 503.", low=1, high=300)
    time_limit: int = _option(30, "Seconds that a request may be in work before it gets 503.", low=1, high=3_600)
    body_time_limit: int = _option(10, "Seconds in which the body of a request must arrive.", low=1, high=300)
    connections: int = _option(
        1_000, "Open connections, idle ones included; the next one gets 503.", low=1, high=60_000
    )
    rate: int = _option(
        6_000, "Requests a minute from one caller; the next one gets 429. 0 is no limit.", low=0, high=10**7
    )
    burst: int = _option(1_000, "Requests from one caller at once, before `rate` counts.", low=1, high=10**6)
    cors_origins: tuple[str, ...] = _option(
        (), "Origins whose pages may call the service, with commas between; `*` is all."
    )
    trusted_proxies: tuple[str, ...] = _option((), "Proxies whose X-Forwarded-For is believed, with commas between.")
    max_data_age: int = _option(
        0, "Days after which the newest source counts as stale and /ready fails. 0 is never.", low=0, high=10_000
    )
    reload_every: int = _option(
        30, "Seconds between looks for new rules and data. 0 looks on SIGHUP only.", low=0, high=86_400
    )
    grace: int = _option(30, "Seconds that requests under way have to end when the service stops.", low=0, high=3_600)
    retention: str = _option(
        "forever",
        "How long assessments are kept at most: a number of days, `forever` or `nothing`.",
        reads=read_retention,
    )
    watch_every: int = _option(
        30, "Seconds between looks at watchlists. 0 leaves them to `riskapi watch run`.", low=0, high=86_400
    )
    webhook_key: str = _option(
        "",
        "Key from which the secrets of webhooks are made, at least 32 characters; several, with commas between, the newest "
        "first.",
        secret=True,
        reads=read_keyring,
    )
    webhook_hosts: tuple[str, ...] = _option(
        (), "Hosts that webhooks may be at though they are not public, as `host` or `host:port`, with commas between."
    )
    job_threads: int = _option(
        1, "Threads that work on jobs; 0 leaves them to `riskapi jobs run` and other workers.", low=0, high=16
    )
    job_pairings: int = _option(1_000_000, "Pairings of one matrix job.", low=1, high=10**9)
    job_questions: int = _option(10_000, "Questions of one scores job.", low=1, high=10_000)
    job_queue: int = _option(20, "Jobs of a tenant that have not ended; the next one gets 429.", low=1, high=10_000)
    job_days: int = _option(30, "Days for which the result of a job is kept.", low=1, high=36_500)
    job_lease: int = _option(
        30, "Seconds after which the job of a worker that is not heard of goes on with another one.", low=1, high=3_600
    )
    bootstrap_key_file: str = _option(
        "",
        "File with the text of a first key, of scope admin; made when the service starts and the store does not know it.",
    )
    oidc_issuer: str = _option("", "Issuer of the bearer tokens that are taken beside API keys.")
    oidc_audience: str = _option("", "Audience that these tokens must name.")
    oidc_jwks: str = _option(
        "", "Address or file of the issuer's public keys; where not given, its discovery document tells."
    )
    oidc_scope_claim: str = _option("scope", "Claim that says what a token allows; `a.b` is `b` inside `a`.")
    oidc_scopes: tuple[str, ...] = _option(
        SCOPES, "Scope for each value of that claim, as VALUE=SCOPE with commas between."
    )
    oidc_tenant_claim: str = _option("", "Claim that says whose tenant a caller is; without it all are of `default`.")
    oidc_tenants: tuple[str, ...] = _option(
        (),
        "Tenant for each value of that claim, as VALUE=TENANT with commas between; where not given, the value itself.",
    )
    reconcile_key_in_address: bool = _option(
        default=False,
        meaning="Whether /reconcile/key/KEY takes the key of a viewer, for programs that send no headers.",
    )
    log_format: str = _option("text", "Form of the log.", choices=LOG_FORMATS)
    metrics: bool = _option(default=True, meaning="Whether /metrics answers.")  # fmt: skip
    traces: bool = _option(
        default=False,
        meaning="Whether spans of requests go to an OpenTelemetry collector; the OTEL_* variables say to which.",
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """The options that environment and file give; raises `SettingsError` with every problem."""
        values, problems = gathered(os.environ if environment is None else environment)
        read, wrong = _read_all(values)
        wrong += oidc_settings(read)[1]
        if problems or wrong:
            raise SettingsError([*problems, *wrong])
        return cls(**read)


def variable_of(name: str) -> str:
    """The environment variable of an option."""
    return PREFIX + name.upper()


def described() -> tuple[Field[Any], ...]:
    """The options as fields, each with its meaning in `metadata`."""
    return fields(Options)


def gathered(environment: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
    """The environment over the file that RISKAPI_CONFIG names, and what is wrong with that file."""
    named = environment.get(FILE_VARIABLE)
    from_file, problems = _read_file(Path(named)) if named else ({}, [])
    values = {**from_file, **environment}
    if PLATFORM_PORT in environment and variable_of("port") not in environment:
        values[variable_of("port")] = environment[PLATFORM_PORT]
    return values, problems


def unknown_variables(environment: Mapping[str, str]) -> list[Problem]:
    """A problem for each variable of ours that nothing reads."""
    known = [variable_of(name) for name in _known_keys()]
    return [
        Problem(
            code="unknown-setting",
            field=name,
            detail=f"nothing reads `{name}`",
            hint=did_you_mean(name, known) or "unset it; docs/reference/settings.md lists all",
        )
        for name in sorted(environment)
        if name.startswith(PREFIX) and name not in known
    ]


def _known_keys() -> list[str]:
    general = [item.name for item in fields(Settings) if item.name != "layers"]
    return [*general, *(item.name for item in described()), *_OTHERS]


def _read_file(path: Path) -> tuple[dict[str, str], list[Problem]]:
    """The file as environment variables."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        detail = error.strerror if isinstance(error, OSError) else str(error)
        return {}, [Problem(code="config-unreadable", file=str(path), detail=f"the file cannot be read: {detail}",
                            hint="it must be TOML in UTF-8, such as `port = 8000`")]  # fmt: skip
    values, problems = {}, []
    known = [key for key in _known_keys() if key != "config"]
    for key, value in data.items():
        if key not in known:
            hint = did_you_mean(key, known) or f"known: {', '.join(known)}"
            problems.append(
                Problem(
                    code="unknown-setting", file=str(path), field=key, detail=f"there is no setting `{key}`", hint=hint
                )
            )
        elif isinstance(value, dict):
            problems.append(
                Problem(
                    code="setting-invalid", file=str(path), field=key, detail="a table stands where a value is wanted"
                )
            )
        else:
            values[variable_of(key)] = _as_text(key, value)
    return values, problems


def _as_text(key: str, value: object) -> str:
    if isinstance(value, list):
        return (os.pathsep if key == "rules" else ",").join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read_all(values: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    read: dict[str, Any] = {}
    problems = []
    for item in described():
        text = values.get(variable_of(item.name), "").strip()
        if not text:
            continue
        try:
            read[item.name] = _read(item, text)
        except ValueError as error:
            shown = "the value" if item.metadata.get("secret") else f"`{text[:60]}`"
            detail = f"{shown} is not allowed: {error}"
            problems.append(Problem(code="setting-invalid", field=variable_of(item.name), detail=detail,
                                    hint=item.metadata["meaning"]))  # fmt: skip
    return read, problems


def _read(item: Field[Any], text: str) -> object:
    """The value of an option; raises `ValueError` that says what is allowed."""
    if isinstance(item.default, bool):
        if text.lower() not in _TRUTH:
            raise ValueError("allowed: 1 or 0")
        return _TRUTH[text.lower()]
    if isinstance(item.default, int):
        return _number(item, text)
    if isinstance(item.default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if "reads" in item.metadata:
        try:
            item.metadata["reads"](text)
        except RiskapiError as error:
            raise ValueError(error.problems[0].hint) from None
    choices = item.metadata.get("choices")
    if choices and text not in choices:
        raise ValueError(f"allowed: {', '.join(choices)}")
    return text


def _number(item: Field[Any], text: str) -> int:
    low, high = item.metadata["low"], item.metadata["high"]
    if not (text.isascii() and text.isdecimal() and len(text) < 12 and low <= int(text) <= high):  # noqa: PLR2004 - digits
        raise ValueError(f"allowed: whole numbers from {low:,} to {high:,}")
    return int(text)
