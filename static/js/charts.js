/* Draws the figures of templates/dashboard/_chart.html with Chart.js, in the colours of the page's theme. */

(() => {
  "use strict";

  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
  const DASHES = { accent: [], muted: [5, 4], third: [] };
  const UNKNOWN = "unknown";
  const TEXT_SIZE = 12;
  const LINE_HEIGHT = 16;
  const OVER_A_BAR = 10; // pixels from its end to the middle of its label
  const NARROW = 480;
  const WIDE_BAR = 28;
  const LONG_TIME_IN_DAYS = 120;

  // -- Colours and words --------------------------------------------------------------------------------------------

  /* The tokens as colours: light-dark() is only resolved in a property that takes a colour. */
  function readPalette() {
    const probe = document.body.appendChild(document.createElement("span"));
    probe.hidden = true;
    const read = (token) => {
      probe.style.color = `var(${token})`;
      return getComputedStyle(probe).color;
    };
    const palette = {
      accent: read("--chart-accent"),
      muted: read("--chart-muted"),
      third: read("--chart-third"),
      ink: read("--ink"),
      quiet: read("--ink-muted"),
      grid: read("--hairline"),
      page: read("--page"),
      font: getComputedStyle(document.body).fontFamily,
    };
    probe.remove();
    return palette;
  }

  /* Words of the muted series are darker than its line, for the sake of reading. */
  const inkOf = (palette, role) => (role === "muted" ? palette.quiet : palette[role]);

  const exact = (value, places) =>
    value.toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });

  const rough = (value) =>
    Math.abs(value) < 10_000
      ? value.toLocaleString("en-US", { maximumFractionDigits: 2 })
      : value.toLocaleString("en-US", { notation: "compact", maximumFractionDigits: 1 });

  /* A name that would leave no room for its bar is cut; the table has the whole of it. */
  function shortened(name, width) {
    const letters = width < NARROW ? 15 : 32;
    return name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
  }

  /* An ISO moment in its parts. It is in UTC and stays so: no Date, no local time. */
  function partsOf(label) {
    return {
      year: Number(label.slice(0, 4)),
      month: Number(label.slice(5, 7)),
      day: Number(label.slice(8, 10)),
      time: label.slice(11, 16),
    };
  }

  function longDate(label) {
    const { year, month, day, time } = partsOf(label);
    const weekday = DAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
    return `${weekday}, ${day} ${MONTHS[month - 1]} ${year}${time ? `, ${time} UTC` : ""}`;
  }

  // -- The time axis: few, even, round ------------------------------------------------------------------------------

  /* [index, text] of the labels to be written under an axis so many pixels wide. */
  function timeTicks(labels, width) {
    const days = (Date.parse(labels.at(-1)) - Date.parse(labels[0])) / 86_400_000;
    const ticks = days > LONG_TIME_IN_DAYS ? monthTicks(labels, width) : dayTicks(labels, width);
    return ticks.length ? ticks : [[labels.length - 1, longDate(labels.at(-1))]];
  }

  /* Backwards from the newest, which is always named. */
  function dayTicks(labels, width) {
    const first = partsOf(labels[0]);
    const isOneDay = labels.every((label) => label.slice(0, 10) === labels[0].slice(0, 10));
    const room = Math.max(2, Math.floor(width / (first.time && !isOneDay ? 104 : 64)));
    const step = [1, 2, 3, 7, 14, 28].find((size) => labels.length / size <= room) ?? Math.ceil(labels.length / room);
    const ticks = [];
    for (let index = labels.length - 1; index >= 0; index -= step) {
      const { month, day, time } = partsOf(labels[index]);
      ticks.unshift([index, time && isOneDay ? time : `${day} ${MONTHS[month - 1]}${time ? ` ${time}` : ""}`]);
    }
    return ticks;
  }

  /* The first label of a month; the year beside each January and beside the first. */
  function monthTicks(labels, width) {
    const room = Math.max(2, Math.floor(width / 46));
    const starts = labels
      .map((label, index) => ({ index, ...partsOf(label) }))
      .filter(({ index, month }) => index > 0 && month !== partsOf(labels[index - 1]).month);
    const step = [1, 2, 3, 6, 12].find((size) => starts.length / size <= room) ?? 12;
    return starts
      .filter(({ month }) => (month - 1) % step === 0)
      .map(({ index, year, month }, position) => [
        index, `${MONTHS[month - 1]}${position === 0 || month === 1 ? ` ${year}` : ""}`,
      ]);
  }

  // -- Labels beside the lines and bars, drawn by a plugin -----------------------------------------------------------

  const lastKnown = (values) => values.findLastIndex((value) => value !== null);

  /* What stands at the end of a line: its name, unless it is the only one, and its last value. */
  function endLabel(data, series, width) {
    const value = exact(series.values[lastKnown(series.values)], series.places);
    if (data.series.length === 1) {
      return value;
    }
    return width < NARROW ? series.name : `${series.name} ${value}`;
  }

  const mostPlaces = (data) => Math.max(...data.series.map((series) => series.places));
  const isKnown = (data, row) => data.series.every((series) => series.values[row] !== null);
  const sumOf = (data, row) => data.series.reduce((sum, series) => sum + (series.values[row] ?? 0), 0);

  /* The values at which bars, or stacks of them, end. */
  const barEnds = (data) => (data.kind === "stacked"
    ? data.labels.map((_, row) => sumOf(data, row))
    : data.series.flatMap((series) => series.values.filter((value) => value !== null)));

  const hasEndLabels = (data) => data.kind === "line" && !data.isSingle;
  const hasRightAxis = (data) => data.series.some((series) => series.axis === "right");

  function write(context, text, x, y, palette) {
    // A seam in the colour of the page keeps words readable on lines.
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = palette.page;
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  }

  /* Moves labels upwards that would lie upon each other, and back into the chart at its top. Changes their y. */
  function spread(labels, top, bottom) {
    labels.sort((one, other) => other.y - one.y);
    let lowest = bottom;
    for (const label of labels) {
      label.y = Math.min(label.y, lowest);
      lowest = label.y - LINE_HEIGHT;
    }
    let highest = top;
    for (const label of labels.toReversed()) {
      label.y = Math.max(label.y, highest);
      highest = label.y + LINE_HEIGHT;
    }
  }

  function drawEndLabels(chart, data, palette) {
    const { ctx: context, chartArea: area } = chart;
    const isInside = hasRightAxis(data);
    const labels = data.series.flatMap((series, index) => {
      const last = lastKnown(series.values);
      if (last < 0) {
        return [];
      }
      const point = chart.getDatasetMeta(index).data[last];
      return [{ series, x: isInside ? point.x - 2 : area.right + 8, y: isInside ? point.y - 12 : point.y }];
    });
    spread(labels, area.top + 2, area.bottom - 2);
    context.textAlign = isInside ? "right" : "left";
    for (const { series, x, y } of labels) {
      context.fillStyle = inkOf(palette, series.role);
      write(context, endLabel(data, series, chart.width), x, y, palette);
    }
  }

  /* Over the only stack: the whole, since labels of its parts would lie upon each other. */
  function drawStackLabel(chart, data, palette) {
    const row = Math.max(...data.series.map((series) => lastKnown(series.values)));
    if (row >= 0) {
      const ends = data.series
        .map((series, index) => ({ series, bar: chart.getDatasetMeta(index).data[row] }))
        .filter(({ series }) => series.values[row] !== null)
        .map(({ bar }) => bar);
      chart.ctx.textAlign = "center";
      chart.ctx.fillStyle = palette.ink;
      const top = Math.min(...ends.map((bar) => bar.y));
      write(chart.ctx, stackLabel(data, row), ends[0].x, top - OVER_A_BAR, palette);
    }
  }

  function drawSingleLabels(chart, data, palette) {
    if (data.kind === "stacked") {
      drawStackLabel(chart, data, palette);
      return;
    }
    const isLine = data.kind === "line";
    chart.ctx.textAlign = isLine ? "left" : "center";
    data.series.forEach((series, index) => {
      const last = lastKnown(series.values);
      if (last >= 0) {
        const point = chart.getDatasetMeta(index).data[last];
        const value = exact(series.values[last], series.places);
        const text = isLine && data.series.length > 1 ? `${series.name} ${value}` : value;
        chart.ctx.fillStyle = inkOf(palette, series.role);
        write(chart.ctx, text, point.x + (isLine ? 10 : 0), point.y - (isLine ? 0 : OVER_A_BAR), palette);
      }
    });
  }

  const stackLabel = (data, row) => `${isKnown(data, row) ? "" : "≥ "}${exact(sumOf(data, row), mostPlaces(data))}`;

  /* What stands behind a bar that lies. */
  function barLabel(data, series, row) {
    return data.kind === "stacked" ? stackLabel(data, row) : exact(series.values[row], series.places);
  }

  /* Behind bars that lie: the value of each, or of the whole stack. */
  function drawBarLabels(chart, data, palette) {
    chart.ctx.textAlign = "left";
    chart.ctx.fillStyle = palette.ink;
    data.labels.forEach((_, row) => {
      const bars = data.series
        .map((series, index) => ({ series, bar: chart.getDatasetMeta(index).data[row] }))
        .filter(({ series }) => series.values[row] !== null);
      // The parts of a stack share one label, behind the last of them.
      const labelled = data.kind === "stacked" ? bars.slice(-1) : bars;
      for (const { series, bar } of labelled) {
        write(chart.ctx, barLabel(data, series, row), bar.x + 6, bar.y, palette);
      }
    });
  }

  function labelsPlugin(data, palette) {
    const draw = data.isSingle ? drawSingleLabels
      : !data.isTime ? drawBarLabels
      : hasEndLabels(data) ? drawEndLabels
      : null;
    return {
      id: "labels",
      afterDatasetsDraw(chart) {
        if (draw) {
          chart.ctx.save();
          chart.ctx.font = `600 ${TEXT_SIZE}px ${palette.font}`;
          chart.ctx.textBaseline = "middle";
          draw(chart, data, palette);
          chart.ctx.restore();
        }
      },
    };
  }

  /* Pixels that the label over a bar that reaches the top needs, or half the text of the scale. */
  function roomAtTheTop(data) {
    return data.isSingle && data.kind !== "line" ? OVER_A_BAR + LINE_HEIGHT / 2 : LINE_HEIGHT / 2;
  }

  /* Pixels that the labels need at the right of the chart. */
  function roomAtTheRight(chart, data, palette) {
    const context = chart.ctx;
    context.save();
    context.font = `600 ${TEXT_SIZE}px ${palette.font}`;
    const widest = (texts) => Math.max(0, ...texts.map((text) => context.measureText(text).width));
    let room = 8;
    if (!data.isTime) {
      const texts = data.labels.flatMap((_, row) => data.series
        .filter((series) => series.values[row] !== null)
        .map((series) => barLabel(data, series, row)));
      room = widest(texts) + 8;
    } else if (hasEndLabels(data) && !hasRightAxis(data)) {
      const known = data.series.filter((series) => lastKnown(series.values) >= 0);
      room = widest(known.map((series) => endLabel(data, series, chart.width))) + 12;
    }
    context.restore();
    return Math.ceil(room);
  }

  // -- The tooltip: HTML, for its figures of even width --------------------------------------------------------------

  function element(name, text, className = "") {
    const made = document.createElement(name);
    made.textContent = text;
    made.className = className;
    return made;
  }

  function valueWithUnit(value, places, unit) {
    if (value === null) {
      return UNKNOWN;
    }
    return unit === "%" ? `${exact(value, places)} %` : `${exact(value, places)}${unit ? ` ${unit}` : ""}`;
  }

  function tooltipContent(data, row) {
    const list = document.createElement("dl");
    for (const series of data.series) {
      const unit = series.axis === "right" ? data.rightUnit : data.unit;
      list.append(
        element("dt", series.name, `chart__tip-${series.role}`),
        element("dd", valueWithUnit(series.values[row], series.places, unit)),
      );
    }
    if (data.kind === "stacked" && isKnown(data, row)) {
      const sum = valueWithUnit(sumOf(data, row), mostPlaces(data), data.unit);
      list.append(element("dt", "All"), element("dd", sum));
    }
    const label = data.labels[row];
    return [element("p", data.isTime ? longDate(label) : label), list];
  }

  function showTooltip(tip, data, { chart, tooltip }) {
    tip.hidden = tooltip.opacity === 0 || !tooltip.dataPoints?.length;
    if (tip.hidden) {
      return;
    }
    tip.replaceChildren(...tooltipContent(data, tooltip.dataPoints[0].dataIndex));
    const beside = tooltip.caretX + (tooltip.caretX > chart.width / 2 ? -tip.offsetWidth - 12 : 12);
    const x = Math.max(0, Math.min(beside, chart.width - tip.offsetWidth));
    const y = Math.max(0, Math.min(tooltip.caretY - tip.offsetHeight / 2, chart.height - tip.offsetHeight));
    tip.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }

  // -- Chart.js's settings ------------------------------------------------------------------------------------------

  function lineDataset(series, palette) {
    const last = lastKnown(series.values);
    // A point is marked at the end, and where it stands alone and would make no line.
    const isMarked = ({ dataIndex: index }) =>
      index === last || ((series.values[index - 1] ?? null) === null && (series.values[index + 1] ?? null) === null);
    return {
      borderColor: palette[series.role],
      borderWidth: 2,
      borderDash: DASHES[series.role],
      borderJoinStyle: "round",
      pointBackgroundColor: palette[series.role],
      pointBorderWidth: 0,
      pointRadius: (point) => (isMarked(point) ? 3.5 : 0),
      pointHoverRadius: 4,
      clip: 6,
      yAxisID: series.axis === "right" ? "right" : "y",
    };
  }

  function barDataset(series, palette, data) {
    return {
      backgroundColor: palette[series.role],
      hoverBackgroundColor: palette[series.role],
      // Parts of a stack are told apart by a seam as well.
      borderColor: palette.page,
      borderWidth: data.kind === "stacked" && data.isTime ? { top: 1 } : data.kind === "stacked" ? { right: 1 } : 0,
      borderSkipped: false,
      maxBarThickness: WIDE_BAR,
      categoryPercentage: 0.8,
      barPercentage: 0.9,
      // A stroke for zero, nothing for unknown.
      minBarLength: data.kind === "stacked" ? 0 : 1,
    };
  }

  function dataset(series, palette, data) {
    return {
      label: series.name,
      data: series.values,
      // What is said first lies on top.
      order: data.kind === "line" ? data.series.indexOf(series) : 0,
      ...(data.kind === "line" ? lineDataset(series, palette) : barDataset(series, palette, data)),
    };
  }

  function valueAxis(data, palette, axis) {
    const own = data.series.filter((series) => (axis === "right") === (series.axis === "right"));
    const isWhole = own.every((series) => series.places === 0);
    const isAlone = data.isTime && own.length === 1 && hasRightAxis(data);
    const values = own.flatMap((series) => series.values).filter((value) => value !== null);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    // Room below the lowest value must not suggest that a count could fall below zero.
    const min = low >= 0 && low < (high - low) / 4 ? { min: 0 } : {};
    return {
      ...min,
      position: axis,
      beginAtZero: data.kind !== "line" || data.isSingle,
      stacked: data.kind === "stacked",
      grace: data.kind === "line" ? "5%" : 0,
      border: { display: false },
      grid: { color: palette.grid, drawTicks: false, display: axis !== "right" },
      ticks: {
        color: isAlone ? inkOf(palette, own[0].role) : palette.quiet,
        padding: 8,
        maxTicksLimit: 5,
        maxRotation: 0,
        ...(isWhole ? { precision: 0 } : {}),
        callback: (value) => rough(value),
      },
    };
  }

  function timeAxis(data, palette) {
    let texts = new Map();
    return {
      offset: data.kind !== "line" || data.labels.length === 1,
      stacked: data.kind === "stacked",
      border: { color: palette.grid },
      grid: { display: false },
      ticks: {
        color: palette.quiet,
        autoSkip: false,
        maxRotation: 0,
        padding: 4,
        callback: (value) => texts.get(value),
      },
      afterBuildTicks(axis) {
        const ticks = timeTicks(data.labels, axis.maxWidth);
        texts = new Map(ticks);
        axis.ticks = ticks.map(([value]) => ({ value }));
      },
    };
  }

  function nameAxis(data, palette) {
    return {
      stacked: data.kind === "stacked",
      border: { color: palette.grid },
      grid: { display: false },
      ticks: {
        color: palette.ink,
        autoSkip: false,
        padding: 4,
        callback(row) {
          return shortened(data.labels[row], this.chart.width);
        },
      },
    };
  }

  function scales(data, palette) {
    if (!data.isTime) {
      // The values stand beside the bars, so an axis of numbers would only say them again.
      // The longest reaches all the way.
      const values = { ...valueAxis(data, palette, "bottom"), display: false, max: Math.max(...barEnds(data)) || 1 };
      return { x: values, y: nameAxis(data, palette) };
    }
    return {
      x: timeAxis(data, palette),
      y: valueAxis(data, palette, "left"),
      ...(hasRightAxis(data) ? { right: valueAxis(data, palette, "right") } : {}),
    };
  }

  function settings(data, palette, tip) {
    return {
      type: data.kind === "line" ? "line" : "bar",
      data: { labels: data.labels, datasets: data.series.map((series) => dataset(series, palette, data)) },
      options: {
        // A chart that grows into its place tells nothing, and some readers have asked for none of it.
        animation: false,
        maintainAspectRatio: false,
        indexAxis: data.isTime ? "x" : "y",
        font: { family: palette.font, size: TEXT_SIZE },
        interaction: { mode: "index", intersect: false, axis: data.isTime ? "x" : "y" },
        layout: { padding: { top: roomAtTheTop(data), right: ({ chart }) => roomAtTheRight(chart, data, palette) } },
        plugins: {
          legend: { display: false },
          tooltip: { enabled: false, external: (context) => showTooltip(tip, data, context) },
        },
        scales: scales(data, palette),
      },
      plugins: [labelsPlugin(data, palette)],
    };
  }

  // -- Figures ------------------------------------------------------------------------------------------------------

  const charts = new Map();

  function draw(figure, palette) {
    const canvas = figure.querySelector("canvas");
    const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    charts.get(figure)?.destroy();
    let tip = figure.querySelector(".chart__tip");
    if (!tip) {
      tip = canvas.parentElement.appendChild(element("div", "", "chart__tip"));
      tip.setAttribute("aria-hidden", "true");
    }
    tip.hidden = true;
    charts.set(figure, new Chart(canvas, settings(data, palette, tip)));
  }

  function drawAll() {
    const palette = readPalette();
    for (const figure of document.querySelectorAll("figure[data-chart]")) {
      const isFirst = !figure.dataset.drawn;
      try {
        draw(figure, palette);
        figure.dataset.drawn = "true";
      } catch (error) {
        // The table stays open in its place.
        figure.dataset.failed = "true";
        console.error(error);
      }
      if (isFirst && figure.dataset.drawn) {
        figure.querySelector("details").open = false;
      }
    }
  }

  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-theme"] });
})();
