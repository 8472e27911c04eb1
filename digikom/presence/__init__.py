"""What an edition leaves out: a sentence stays if the numbers that it prints are published.

`sentences` finds the sentences of a paragraph and the keys in it, and `rule` says what stays of pages and notebooks;
`keys` knows the keys of all editions, and `absences` explains to the reader why something is left out.
"""
