"""What an edition leaves out: a sentence stands if its numbers stand.

`sentences` finds the sentences of a paragraph and the keys in it, `source` what stands of one Markdown source, `pieces`
how sections stand or fall; `rule` puts them together for pages and notebooks. `keys` knows the keys of all editions,
`absences` tells the reader why.
"""
