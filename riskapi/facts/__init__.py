"""Facts: what a rule may mention (`vocabulary`), what is known of a company (`profiles`) and of a pairing (`assembly`)."""
