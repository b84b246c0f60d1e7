"""What keeps the rule book honest.

`coverage`: how much the examples prove. `mutation`: which small mistakes they would miss. `diff`: what a change of the
rules does, and `diff_impact`: what it moves over many pairings.
"""
