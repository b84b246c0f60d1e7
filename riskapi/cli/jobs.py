"""`riskapi jobs`: see and cancel the jobs of the store, and work on them in a process of its own.

Enters: settings and options. Leaves: text and an exit code. The clock is read here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from riskapi.cli.store import Tenant, opened, signature

if TYPE_CHECKING:
    from rich.table import Table

    from riskapi.store.jobs import Job

jobs_app = typer.Typer(no_args_is_help=True, help="See and cancel long work, and do it in a process of its own.")

JobId = Annotated[str, typer.Argument(metavar="ID", help="The id of the job, as `riskapi jobs list` shows it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SHOWN = 200


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(jobs_app, name="jobs")


@jobs_app.command("list")
def list_jobs(
    tenant: Tenant = "default",
    state: Annotated[str | None, typer.Option("--state", help="queued, running, done, failed or cancelled.")] = None,
    as_json: AsJson = False,
) -> None:
    """List jobs, the newest first."""
    from riskapi.cli.terminal import for_results, show
    from riskapi.store.job_listing import JobFilter, page
    from riskapi.store.tenants import require_tenant

    with opened() as store, store.read() as session:
        require_tenant(session, tenant)
        found = page(session, tenant, JobFilter(state=state), limit=SHOWN)
    if as_json:
        typer.echo(json.dumps([plain(job) for job in found.items], indent=2, ensure_ascii=False))
        return
    show(for_results(), jobs_table(found.items))
    if found.total > len(found.items):
        typer.echo(f"{found.total - len(found.items):,} older ones are not shown", err=True)


@jobs_app.command("show")
def show_job(ident: JobId, tenant: Tenant = "default", as_json: AsJson = False) -> None:
    """Show how far a job is, and what went wrong."""
    from riskapi.store.jobs import get

    with opened() as store, store.read() as session:
        job = get(session, tenant, ident)
    typer.echo(json.dumps(plain(job), indent=2, ensure_ascii=False) if as_json else job_text(job))


@jobs_app.command("cancel")
def cancel_job(ident: JobId, tenant: Tenant = "default") -> None:
    """Ask that a job ends; its worker ends it in a moment."""
    from riskapi.store.jobs import cancel

    with opened() as store, store.write() as session:
        job = cancel(session, tenant, ident, signature())
    typer.echo(f"{job.id}: {'its worker ends it in a moment' if job.is_open else job.state}")


@jobs_app.command("run")
def run(
    threads: Annotated[
        int | None,
        typer.Option("--threads", min=1, max=16, help="Jobs in work at once. [default: RISKAPI_JOB_THREADS]"),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="End when no job waits any more.")] = False,
) -> None:
    """Work on jobs until told to stop: then the chunk at hand is ended, and another worker can go on.

    Beside a service that runs with RISKAPI_JOB_THREADS=0, or on another machine with the same PostgreSQL store.
    """
    import logging.config

    from riskapi.api.serving.options import Options
    from riskapi.api.serving.worker import stopped_by_signals, with_threads, work_off_jobs, work_on_jobs
    from riskapi.api.telemetry.logs import log_config
    from riskapi.settings import Settings

    settings, options = Settings.from_environment(), with_threads(Options.from_environment(), threads)
    logging.config.dictConfig(log_config(options.log_format))
    with opened() as store, stopped_by_signals() as stop:
        if once:
            turns = work_off_jobs(settings, store, options, stop)
            typer.echo(f"no job waits any more, after {turns:,} turns", err=True)
        else:
            work_on_jobs(settings, store, options, stop)


# Text


def plain(job: Job) -> dict[str, Any]:
    """The job ready for JSON."""
    from pydantic import TypeAdapter

    from riskapi.store.jobs import Job as Written

    found: dict[str, Any] = TypeAdapter(Written).dump_python(job, mode="json")
    return found | {"remaining_seconds": job.remaining_seconds}


def jobs_table(found: tuple[Job, ...]) -> Table:
    """A line for each job."""
    from rich.table import Table

    from riskapi.cli.terminal import one_line

    table = Table("id", "kind", "state", "done", "created", "by", "label", box=None, pad_edge=False)
    for job in found:
        created = f"{job.created_at:%Y-%m-%d %H:%M}"
        cells = (job.id, job.kind, job.state, progress_text(job), created, job.created_by, job.label or "")
        table.add_row(*map(one_line, cells))
    return table


def job_text(job: Job) -> str:
    """Everything that is known of a job, a line each."""
    from riskapi.cli.terminal import one_line

    made_from = job.versions
    lines = {
        "state": f"{job.state}{', to be cancelled' if job.is_cancelling and job.is_open else ''}",
        "done": progress_text(job),
        "remaining": "" if job.remaining_seconds is None else f"{job.remaining_seconds:,} s",
        "created": f"{job.created_at:%Y-%m-%d %H:%M:%S} by {job.created_by}",
        "started": f"{job.started_at:%Y-%m-%d %H:%M:%S}" if job.started_at else "",
        "ended": f"{job.ended_at:%Y-%m-%d %H:%M:%S}" if job.ended_at else "",
        "as of": job.as_of.isoformat(),
        "rows": f"{job.rows:,}",
        "versions": f"rules {made_from.rule_set}, datasets {made_from.dataset}" if made_from else "",
        "notes": "; ".join(job.notes),
        "problems": "; ".join(f"{item['detail']} [{item['code']}]" for item in job.problems),
    }
    head = f"{job.id} ({job.kind}{f', {job.label}' if job.label else ''})"
    return "\n".join([one_line(head), *(f"  {name}: {one_line(text)}" for name, text in lines.items() if text)])


def progress_text(job: Job) -> str:
    """How many of how many."""
    return f"{job.done:,} of {job.total:,}"
