"""Which modules may a package import at all? A contract for import-linter: an allow-list."""

from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class AllowedImportsContract(Contract):
    """Modules of `source` import, beside themselves, only what is in `allowed`."""

    # import-linter puts the stated values where it finds fields.
    source = cast("str", fields.StringField())
    allowed = cast("set[str]", fields.SetField(subfield=fields.StringField()))

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001
        """Compare what is imported directly with the list."""
        del verbose
        inside = {self.source, *graph.find_descendants(self.source)}
        found = {
            (module, imported)
            for module in inside
            for imported in graph.find_modules_directly_imported_by(module)
            if imported not in inside and imported not in self.allowed
        }
        return ContractCheck(kept=not found, metadata={"found": sorted(found)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import that is not on the list."""
        for module, imported in check.metadata["found"]:
            output.print_error(f"{module} imports {imported}")
