"""The isolation matrix: every URL × every way of asking × every kind of person × own, sibling, foreign and nonexistent.

Nothing is typed per route. `tenancy` says whose a row is, `canaries` marks every text of every tenant, `cast`, `houses`
and `world` make the people and their houses (`growing` what nobody made by hand), `addresses` fills in URLs, `sending`
sends one request and sees what it did and `changes`, `forms` finds what pages let one send. `standing` says who may do
and know what; `rules`, `strangers`, `insiders`, `elsewhere`, `bodies` and `visitors` say what is a breach, and `walk`
puts them together. `tables` holds the few things that need a decision. `test_sabotage` shows that it all bites, with
the guards that `sabotages` takes away and the `mistakes` that people make.
"""
