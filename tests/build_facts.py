"""Facts of a build for tests that are about something else."""

from __future__ import annotations

from digikom.editions.build_facts import BuildFacts

NO_FACTS = BuildFacts(commit="", modified=False, python="", lock_sha256="", packages=(), inputs=())
