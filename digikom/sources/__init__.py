"""Registers and official figures from their source: asked for once, stored as dated snapshots, derived from those.

Only the command `digikom fetch` comes here. A build and the notebooks read the files that it has written, never the
network.
"""
