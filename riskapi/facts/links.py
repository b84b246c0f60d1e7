"""What the datasets know of two parties together: ownership rows and the record of deals in, `Links` out."""

from __future__ import annotations

from datetime import date

from riskapi.claims.ledger import DealLedger
from riskapi.entities.ownership import EQUITY, Edge, Holders
from riskapi.facts.assembly import Links, Party
from riskapi.facts.evidence import Evidence


def links_between(holders: Holders, ledger: DealLedger, parties: tuple[Party, Party], as_of: date) -> Links:
    """Direct holdings of each in the other, and legislators who spoke against a reported deal of the two."""
    one, two = (party.company_id for party in parties)
    if one is None or two is None:
        return Links()
    edges = (_holding(holders, one, two, as_of), _holding(holders, two, one, as_of))
    opposing = ledger.legislators_opposing(one, two, as_of)
    evidence = {"pair.existing_stake": tuple(_stake_evidence(edge) for edge in edges if edge is not None)}
    if opposing:
        evidence["pair.legislators_opposing"] = _opposition(ledger, one, two, as_of)
    return Links(
        existing_stakes=(_share(edges[0]), _share(edges[1])),
        legislators_opposing=opposing,
        evidence={name: rows for name, rows in evidence.items() if rows},
    )


def _holding(holders: Holders, owner: str, held: str, as_of: date) -> Edge | None:
    rows = [
        edge
        for edge in holders.get(held, ())
        if edge.owner_id == owner and edge.kind == EQUITY and edge.holds_on(as_of)
    ]
    return max(rows, key=lambda edge: edge.share_pct or 0, default=None)


def _share(edge: Edge | None) -> float | None:
    return None if edge is None or edge.share_pct is None else round(edge.share_pct / 100, 12)


def _stake_evidence(edge: Edge) -> Evidence:
    share = "a share that is not known" if edge.share_pct is None else f"{edge.share_pct:g} percent"
    return Evidence(
        statement=f"{edge.owner_id} holds {share} of {edge.owned_id}",
        table="ownership",
        key=f"{edge.owner_id}/{edge.owned_id}/{edge.kind}",
        source_url=edge.source_url,
        as_of=edge.as_of,
        confidence=edge.confidence,  # type: ignore[arg-type]  # the table's three levels
        note=edge.note,
    )


def _opposition(ledger: DealLedger, one: str, two: str, as_of: date) -> tuple[Evidence, ...]:
    claims = [
        claim for deal in ledger.between(one, two, as_of) for claim in deal.opposition if claim.role == "legislator"
    ]
    return tuple(
        Evidence(
            statement=f"{claim.claimant} opposed the deal on {claim.made_on.isoformat()}",
            table="claims",
            key=claim.claim_id,
            source_url=claim.source_url,
            as_of=claim.made_on,
            confidence=claim.confidence or "low",  # type: ignore[arg-type]  # the table's three levels
            note=claim.note,
        )
        for claim in claims
    )
