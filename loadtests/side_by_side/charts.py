"""Bar charts as SVG, for light and dark pages alike: they carry their own ground, and follow the reader's setting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from loadtests.side_by_side.results import Spread

_WIDTH, _LEFT, _RIGHT, _BAR, _GAP, _GROUP, _TOP = 720, 120, 190, 18, 6, 34, 52
_STYLE = """
text{font:13px system-ui,sans-serif;fill:#1f2328}.t{font-weight:600;font-size:15px}.s{fill:#59636e}
.g{fill:#fff}.b0{fill:#0969da}.b1{fill:#8c959f}.b2{fill:#bf8700}.w{stroke:#1f2328;stroke-width:1.5}
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.s{fill:#9198a1}.g{fill:#0d1117}
.b0{fill:#4493f8}.b1{fill:#7d8590}.b2{fill:#d29922}.w{stroke:#f0f6fc}}"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its length with the spread, and what stands behind it."""

    name: str
    value: Spread
    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """Bars that are compared with each other."""

    title: str
    bars: Sequence[Bar]


def chart(title: str, groups: Sequence[Group]) -> str:
    """An SVG document. Each group has a scale of its own; a thin line shows the least and the most."""
    y = _TOP
    parts: list[str] = []
    for group in groups:
        parts.append(f'<text class="s" x="16" y="{y + 4}">{escape(group.title)}</text>')
        y += 14
        most = max((bar.value.most for bar in group.bars), default=0) or 1
        for index, bar in enumerate(group.bars):
            parts.append(_bar(bar, index, y, (_WIDTH - _LEFT - _RIGHT) / most))
            y += _BAR + _GAP
        y += _GROUP - _GAP
    height = y - _GROUP + 24
    told = "; ".join(
        f"{group.title}: {', '.join(f'{bar.name} {bar.text}' for bar in group.bars)}" for group in groups
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{escape(f"{title}. {told}", {chr(34): "&quot;"})}"><style>{_STYLE}</style>'
        f'<rect class="g" width="{_WIDTH}" height="{height}" rx="8"/>'
        f'<text class="t" x="16" y="28">{escape(title)}</text>'
    )
    return "\n".join([head, *parts, "</svg>", ""])


def _bar(bar: Bar, index: int, y: int, scale: float) -> str:
    middle = y + _BAR / 2
    least, most = _LEFT + bar.value.least * scale, _LEFT + bar.value.most * scale
    end = max(_LEFT + bar.value.median * scale, _LEFT + 1)
    return (
        f'<text x="{_LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(bar.name)}</text>'
        f'<rect class="b{index}" x="{_LEFT}" y="{y}" width="{end - _LEFT:.1f}" height="{_BAR}" rx="2"/>'
        f'<path class="w" d="M{least:.1f} {middle}H{most:.1f}"/>'
        f'<text x="{max(end, most) + 8:.1f}" y="{y + 14}">{escape(bar.text)}</text>'
    )
