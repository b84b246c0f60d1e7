"""The HTTP service: `create_app` in `riskapi.api.app`. One module a family of operations; nothing is computed here."""
