"""Which pictures do pages show, and from what? Each from the rows of its table, in two widths."""

from services.runtime.web.charts.alone import alone
from services.runtime.web.charts.chart import Chart, Named
from services.runtime.web.charts.control import Point, spark, spc
from services.runtime.web.charts.funnels import Bound, Dot, funnel
from services.runtime.web.charts.ranking import Bar, bars

__all__ = [
    "Bar", "Bound", "Chart", "Dot", "Named", "Point", "alone", "bars", "funnel", "spark", "spc",
]  # fmt: skip
