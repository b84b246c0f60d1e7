"""Who asks, and how often he may: keys, tokens of an identity provider, buckets."""
