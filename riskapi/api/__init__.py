"""The HTTP service, put together in `riskapi.api.app`. Nothing is computed here.

Its packages in the order in which they may import each other: `http`, `telemetry`, `access`, `frame`, `operations`,
`description`, `serving`.
"""
