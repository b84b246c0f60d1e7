"""What the service answers, noun by noun: the bodies of its answers.

`riskapi.api` fills them from the workspace and the store, `riskapi.client` reads them as the same objects. What the core has
(`Answer`, `DealShown`, `DutyShown`) is taken from there.
"""
