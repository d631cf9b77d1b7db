"""The isolation matrix: every URL × every way of asking × every kind of person × own, sibling, foreign and nonexistent.

Nothing is typed per route. `tenancy` says whose a row is, `canaries` marks every text of every tenant, `cast` and
`world` make the people and the houses, `addresses` fills in URLs, `sending` sends one request and sees what it did,
`forms` finds what pages let one send, `strangers`, `insiders`, `bodies` and `visitors` say what is a breach, and `walk`
puts them together. `tables` holds the few things that need a decision. `test_sabotage` shows that it all bites.
"""
