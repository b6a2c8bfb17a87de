"""Figures as a page and plots: Markdown tables, and bars of ratios as SVG."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Mapping, Sequence

    from bench.timing import Figure

BEGIN, END = "<!-- figures: made by bench/run.py -->", "<!-- end of figures -->"


def machine(versions: Sequence[str]) -> str:
    """What the figures were made on and with."""
    model = ""
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors ({model or platform.processor()}), "
        f"{memory:.0f} GB, Python {platform.python_version()}; {', '.join(versions)}."
    )


def table(figures: Mapping[str, Figure], base: str) -> list[str]:
    """A row a command: its median, how many times the base, the most memory of one of its processes."""
    rows = ["| | median | ratio | memory |", "|---|---|---|---|"]
    for name, figure in figures.items():
        ratio = figure.seconds / figures[base].seconds
        seconds = f"{figure.seconds * 1000:,.0f} ms" if figure.seconds < 10 else f"{figure.seconds:,.1f} s"
        rows.append(f"| {name} | {seconds} | {ratio:,.2f}× | {figure.memory:,.0f} MB |")
    return rows


def plot(path: pathlib.Path, title: str, ratios: Mapping[str, float]) -> None:
    """Bars of times, each as a multiple of keylint's, on a logarithmic scale."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "keylint", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6.4, 0.5 + 0.34 * len(ratios)))
    names = list(reversed(ratios))
    bars = axes.barh(
        names, [ratios[name] for name in names], color=["#2b6cb0" if name == "keylint" else "#a0aec0" for name in names]
    )
    axes.bar_label(bars, [f"{ratios[name]:,.2f}×" for name in names], padding=3)
    axes.set_xscale("log")
    axes.set_xlim(min(*ratios.values(), 1) / 2, max(ratios.values()) * 4)
    axes.set_title(title, loc="left", fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None})
    plt.close(figure)


def put(page: pathlib.Path, lines: Sequence[str]) -> None:
    """Replace the figures of a page, and leave what people wrote around them."""
    text = page.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    page.write_text("\n".join([before + BEGIN, "", *lines, "", END]) + rest.partition(END)[2], "utf-8")
