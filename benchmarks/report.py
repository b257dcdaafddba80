"""Tables, printed as they are found and kept for `results.md`, with every target beside its measurement."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.gates import GATES


@dataclass
class Report:
    """What was found so far: Markdown, and the targets measured by name."""

    blocks: list[str] = field(default_factory=list)
    measured: dict[str, float] = field(default_factory=dict)

    def say(self, text: str) -> None:
        """Add a paragraph."""
        self.blocks.append(text)
        print(f"\n{text}", flush=True)

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Add a table; the first column is words, the others are figures."""
        lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
        self.say("\n".join(f"| {' | '.join(line)} |" for line in lines))

    def gate(self, name: str, measured: float) -> None:
        """Note a measurement that has a target. KeyError where it has none."""
        assert name in GATES, name
        self.measured[name] = measured

    def verdicts(self, at: int) -> None:
        """Print the table of targets, and keep it as a block at the position given."""
        start = len(self.blocks)
        self.say("## Targets")
        rows = [
            [name, f"{value:.4g}", str(GATES[name]), GATES[name].source, self._verdict(name)]
            for name, value in self.measured.items()
        ]
        rows += [
            [name, "—", str(gate), gate.source, "not measured"]
            for name, gate in GATES.items()
            if name not in self.measured
        ]
        self.table(["target", "measured", "to reach", "source", "verdict"], rows)
        measured, missed = len(self.measured), len(self.missed)
        left = len(GATES) - measured
        self.say(f"{measured - missed} met, {missed} missed, {left} not measured.")
        self.blocks[at:] = self.blocks[start:] + self.blocks[at:start]

    def _verdict(self, name: str) -> str:
        gate, value = GATES[name], self.measured[name]
        return "met" if gate.met(value) else f"**missed** by {gate.short(value):.2g}"

    @property
    def missed(self) -> list[str]:
        """Names of the targets measured and not reached."""
        return [name for name, value in self.measured.items() if not GATES[name].met(value)]

    def __str__(self) -> str:
        return "\n\n".join(self.blocks) + "\n"
