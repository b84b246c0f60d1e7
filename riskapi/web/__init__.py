"""The web page of the service: `create_app` in `riskapi.web.app`. One module a page; every figure comes from the workspace."""
