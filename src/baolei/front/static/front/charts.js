// Draws every [data-chart] on the page. One builder per kind; each takes the data the server wrote beside the element
// and gives ECharts its options. Tooltips are drawn on the canvas (richText): the policy of our pages allows no inline
// styles. No newer language features than Chromium 92 knows.
//
//   bars       {categories, series: [{name, values, tone?}], unit?, upright?, stacked?, reference?, urls?}
//   histogram  {edges, counts, reference?, unit?}                        counts between neighbouring edges
//   lines      {categories, series: [{name, values, tone?}], unit?, reference?}
//   slope      like lines, two or three categories, names at the ends
//   intervals  {names, estimates, lows, highs, reference?, unit?, tones?, urls?}
//   funnel     {points: [{name, x, y, url?}], bands: [{name, xs, lows, highs}], centre, xName, yName}
//   boxes      {categories, boxes: [[min, q1, median, q3, max]], unit?}
//   heat       {xs, ys, cells: [[i, j, value]], unit?}
//   tiles      {tiles: [{code, name, x, y, value, says?, url?}], unit?}  value null: not known or too few
//   river      {nodes: [{name, tone?}], links: [{source, target, value}]}
//   areas      {nodes: [{name, value, url?, children?}]}                 a tree map
//
// reference: {value, label}. tone: confirmed, visit, unconfirmed, act or plain.
"use strict";
(() => {
  const css = getComputedStyle(document.documentElement);
  const colour = (name) => css.getPropertyValue(`--${name}`).trim();
  const INK = colour("ink");
  const QUIET = colour("ink-quiet");
  const LINE = colour("line");
  const PAPER = colour("paper");
  const TONES = {
    plain: colour("blue"), confirmed: colour("green"), visit: colour("amber-fill"),
    unconfirmed: colour("grey-fill"), act: colour("red"),
  };
  const SERIES = [TONES.plain, "#c77d14", "#3d8f80", "#8a6bb1", "#7d8794", "#b2563f"];
  // Five steps of one hue, light to dark: order survives in grey print and for colour-blind eyes.
  const STEPS = ["#e3ecf5", "#b7cfe7", "#7fa9d2", "#3f78b2", "#173f6e"];
  const FONT = css.getPropertyValue("--bs-font-sans-serif").trim() || "sans-serif";
  const CHINESE = document.documentElement.lang.startsWith("zh");
  const WORDS = CHINESE ? { unknown: "未知或太少", upTo: "至" } : { unknown: "not known or too few", upTo: "to" };

  const number = (value) =>
    value === null || value === undefined ? "—" : new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 }).format(value);
  const withUnit = (unit) => (value) => number(value) + (unit || "");

  // ---- parts shared by the builders ------------------------------------------------------------------------------
  const text = { color: INK, fontFamily: FONT, fontSize: 12 };
  const quietText = { ...text, color: QUIET };

  function base(extra) {
    return {
      textStyle: text, color: SERIES, animation: false,
      grid: { left: 8, right: 24, top: 28, bottom: 8, containLabel: true },
      tooltip: {
        renderMode: "richText", confine: true, backgroundColor: PAPER, borderColor: LINE, borderWidth: 1, padding: [6, 10],
        textStyle: text,
      },
      ...extra,
    };
  }

  const valueAxis = (unit, extra) => ({
    type: "value", axisLabel: { ...quietText, formatter: withUnit(unit) }, splitLine: { lineStyle: { color: LINE } },
    axisLine: { show: false }, axisTick: { show: false }, ...extra,
  });
  const namesAxis = (names, extra) => ({
    type: "category", data: names, axisLabel: { ...text, hideOverlap: true }, axisLine: { lineStyle: { color: LINE } },
    axisTick: { show: false }, ...extra,
  });

  function legend(series) {
    return series.length > 1
      ? { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 12, textStyle: text, data: series.map((one) => one.name) }
      : { show: false };
  }

  // A line across the plot at a value that matters. Upright lines carry their label on top, which is where they start
  // when the names run downwards; level lines carry it above their left end.
  function referenceLine(reference, axis, top = "end") {
    if (!reference) return undefined;
    return {
      silent: true, symbol: "none", lineStyle: { color: INK, type: "dashed", width: 1 },
      label: { ...text, backgroundColor: "rgba(255,255,255,0.8)", formatter: reference.label, position: axis === "x" ? top : "insideStartTop" },
      data: [{ [axis === "x" ? "xAxis" : "yAxis"]: reference.value }],
    };
  }

  const tone = (name) => (name ? TONES[name] || TONES.plain : undefined);

  // ---- one builder per kind ----------------------------------------------------------------------------------------
  function bars({ categories, series, unit, upright, stacked, reference }) {
    const names = namesAxis(categories, upright ? {} : { inverse: true });
    const values = valueAxis(unit);
    return base({
      legend: legend(series),
      grid: { left: 8, right: 40, top: series.length > 1 ? 36 : 24, bottom: 8, containLabel: true },
      xAxis: upright ? names : values,
      yAxis: upright ? values : names,
      tooltip: { ...base().tooltip, trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: withUnit(unit) },
      series: series.map((one, place) => ({
        type: "bar", name: one.name, data: one.values, stack: stacked ? "all" : undefined, barMaxWidth: 22,
        itemStyle: { color: tone(one.tone) || SERIES[place % SERIES.length] },
        label: { ...text, show: !stacked && categories.length <= 15, position: upright ? "top" : "right", formatter: (at) => withUnit(unit)(at.value) },
        markLine: place ? undefined : referenceLine(reference, upright ? "y" : "x", "start"),
      })),
    });
  }

  function histogram({ edges, counts, reference, unit }) {
    const widths = counts.map((count, place) => [edges[place], edges[place + 1], count]);
    return base({
      xAxis: valueAxis(unit, { min: edges[0], max: edges[edges.length - 1], splitLine: { show: false } }),
      yAxis: valueAxis(""),
      series: [{
        type: "custom", data: widths, encode: { x: [0, 1], y: 2 },
        renderItem: (_params, api) => {
          const [left, top] = api.coord([api.value(0), api.value(2)]);
          const [right, bottom] = api.coord([api.value(1), 0]);
          return { type: "rect", shape: { x: left + 0.5, y: top, width: Math.max(1, right - left - 1), height: bottom - top }, style: { fill: TONES.plain } };
        },
        tooltip: { formatter: ({ value }) => `${number(value[0])} ${WORDS.upTo} ${withUnit(unit)(value[1])}\n${number(value[2])}` },
        markLine: referenceLine(reference, "x"),
      }],
    });
  }

  function lines({ categories, series, unit, reference }) {
    return base({
      legend: legend(series),
      grid: { left: 8, right: 40, top: series.length > 1 ? 36 : 24, bottom: 8, containLabel: true },
      xAxis: namesAxis(categories, { boundaryGap: false }),
      yAxis: valueAxis(unit, { scale: true }),
      tooltip: { ...base().tooltip, trigger: "axis", valueFormatter: withUnit(unit) },
      series: series.map((one, place) => ({
        type: "line", name: one.name, data: one.values, symbolSize: 7, symbol: ["circle", "rect", "triangle", "diamond"][place % 4],
        lineStyle: { width: 2, type: ["solid", "dashed", "dotted"][place % 3], color: tone(one.tone) },
        itemStyle: { color: tone(one.tone) }, markLine: place ? undefined : referenceLine(reference, "y"),
      })),
    });
  }

  function slope(data) {
    const drawn = lines(data);
    const labelled = drawn.series.map((one) => ({
      ...one, lineStyle: { ...one.lineStyle, type: "solid" },
      endLabel: { ...text, show: true, distance: 8, formatter: (at) => `${at.seriesName} ${withUnit(data.unit)(at.value)}` },
      labelLayout: { moveOverlap: "shiftY" },
    }));
    return { ...drawn, legend: { show: false }, grid: { left: 24, right: 150, top: 16, bottom: 8, containLabel: true }, series: labelled };
  }

  function whisker(tones) {
    return (params, api) => {
      const row = api.value(0);
      const [x, y] = api.coord([api.value(1), row]);
      const left = api.coord([api.value(2), row])[0];
      const right = api.coord([api.value(3), row])[0];
      const fill = tone(tones && tones[params.dataIndex]) || TONES.plain;
      const bar = { type: "line", shape: { x1: left, y1: y, x2: right, y2: y }, style: { stroke: fill, lineWidth: 3, opacity: 0.45 } };
      const end = (at) => ({ type: "line", shape: { x1: at, y1: y - 4, x2: at, y2: y + 4 }, style: { stroke: fill, lineWidth: 1 } });
      return { type: "group", children: [bar, end(left), end(right), { type: "circle", shape: { cx: x, cy: y, r: 4.5 }, style: { fill } }] };
    };
  }

  function intervals({ names, estimates, lows, highs, reference, unit, tones }) {
    const rows = names.map((_name, place) => [place, estimates[place], lows[place], highs[place]]);
    return base({
      grid: { left: 8, right: 24, top: reference ? 28 : 8, bottom: 8, containLabel: true },
      xAxis: valueAxis(unit, { scale: true }),
      yAxis: namesAxis(names, { inverse: true }),
      series: [{
        type: "custom", data: rows, encode: { x: [1, 2, 3], y: 0 }, renderItem: whisker(tones),
        tooltip: { formatter: ({ value }) => `${names[value[0]]}\n${withUnit(unit)(value[1])}  (${number(value[2])}–${number(value[3])})` },
        markLine: referenceLine(reference, "x", "start"),
      }],
    });
  }

  function funnel({ points, bands, centre, xName, yName, unit }) {
    const edge = (band, side, outer) => ({
      type: "line", name: band.name, silent: true, showSymbol: false, smooth: 0.2,
      data: band.xs.map((x, place) => [x, band[side][place]]), lineStyle: { color: QUIET, width: 1, type: outer ? "dotted" : "dashed" },
      endLabel: side === "highs" ? { ...quietText, show: true, formatter: band.name, offset: [0, outer ? -6 : 6] } : undefined,
    });
    const edges = bands.flatMap((band, place) => ["lows", "highs"].map((side) => edge(band, side, place > 0)));
    return base({
      grid: { left: 8, right: 56, top: 28, bottom: 24, containLabel: true },
      xAxis: valueAxis("", { name: xName, nameLocation: "middle", nameGap: 26, nameTextStyle: quietText, min: 0 }),
      yAxis: valueAxis(unit, { name: yName, nameTextStyle: { ...quietText, align: "left" }, scale: true }),
      series: [...edges, {
        type: "scatter", symbolSize: 7, itemStyle: { color: TONES.plain, opacity: 0.6 },
        data: points.map((point) => ({ value: [point.x, point.y], name: point.name, url: point.url })),
        tooltip: { formatter: ({ name, value }) => `${name}\n${withUnit(unit)(value[1])} · ${xName} ${number(value[0])}` },
        markLine: referenceLine(centre, "y"),
      }],
    });
  }

  function boxes({ categories, boxes: five, unit }) {
    return base({
      grid: { left: 8, right: 24, top: 8, bottom: 8, containLabel: true },
      xAxis: valueAxis(unit, { scale: true }),
      yAxis: namesAxis(categories, { inverse: true }),
      series: [{
        type: "boxplot", layout: "horizontal", data: five, boxWidth: [8, 18], itemStyle: { color: "#d6e4f2", borderColor: TONES.plain },
        tooltip: { formatter: ({ name, value }) => `${name}\n${value.slice(-5).map(number).join("  ")}${unit || ""}` },
      }],
    });
  }

  // Equal steps from the least to the largest value; a value falls into the step that holds it.
  function steps(values) {
    const known = values.filter((value) => value !== null && value !== undefined);
    const low = Math.min(...known);
    const width = (Math.max(...known) - low) / STEPS.length || 1;
    const at = (value) => Math.min(STEPS.length - 1, Math.max(0, Math.floor((value - low) / width)));
    const pieces = STEPS.map((fill, place) => ({
      gte: low + place * width, [place === STEPS.length - 1 ? "lte" : "lt"]: low + (place + 1) * width, color: fill,
      label: `${number(Math.round((low + place * width) * 10) / 10)}–${number(Math.round((low + (place + 1) * width) * 10) / 10)}`,
    }));
    return { at, pieces };
  }
  const inkOn = (step) => (step >= 3 ? "#ffffff" : INK);

  function stepLegend(pieces, extra) {
    return { type: "piecewise", pieces, textStyle: text, itemWidth: 16, itemHeight: 12, itemGap: 6, ...extra };
  }

  function heat({ xs, ys, cells, unit }, element) {
    const { at, pieces } = steps(cells.map((cell) => cell[2]));
    return base({
      grid: { left: 8, right: 8, top: 8, bottom: 8, containLabel: true },
      xAxis: namesAxis(xs, {
        position: "top", axisLine: { show: false },
        axisLabel: { ...text, interval: 0, overflow: "break", width: Math.max(40, element.clientWidth * 0.8 / xs.length - 6) },
      }),
      yAxis: namesAxis(ys, { inverse: true, axisLine: { show: false } }),
      visualMap: stepLegend(pieces, { show: false }),
      series: [{
        type: "heatmap", itemStyle: { borderColor: PAPER, borderWidth: 2 },
        data: cells.map((cell) => ({ value: cell, label: { color: inkOn(at(cell[2])) } })),
        label: { ...text, show: true, formatter: ({ value }) => number(value[2]) },
        tooltip: { formatter: ({ value }) => `${ys[value[1]]} · ${xs[value[0]]}\n${withUnit(unit)(value[2])}` },
      }],
    });
  }

  // "巴林左旗" is 巴林左 on a tile: the kind of unit says nothing there; the whole name is in the tooltip and the table.
  function onTile(name) {
    const short = name.length > 2 ? name.replace(/(自治|联合)?[旗县区市]$/, "") : name;
    if (short.length <= 3) return short;
    const row = Math.min(3, Math.ceil(short.length / 2));
    return `${short.slice(0, row)}\n${short.slice(row, row * 2)}`;
  }

  function tiles({ tiles: places, unit }, element) {
    const columns = Math.max(...places.map((tile) => tile.x)) + 1;
    const lines_ = Math.max(...places.map((tile) => tile.y)) + 1;
    const known = places.filter((tile) => tile.value !== null);
    const blank = places.filter((tile) => tile.value === null);
    const size = element.clientWidth / columns;
    const { at, pieces } = steps(known.map((tile) => tile.value));
    const cell = (tile, ink) => ({
      value: [tile.x, tile.y, tile.value], name: tile.name, says: tile.says, url: tile.url,
      label: { show: size > 30, color: ink, formatter: onTile(tile.name) },
    });
    const shared = { type: "heatmap", itemStyle: { borderColor: PAPER, borderWidth: 2, borderRadius: 3 }, label: { ...text, fontSize: size > 50 ? 11 : 10, lineHeight: 13 } };
    const hidden = (count) => namesAxis(Array.from({ length: count }, (_none, place) => place), { show: false });
    return base({
      grid: { left: 0, right: 0, top: 0, bottom: 0 },
      xAxis: hidden(columns),
      yAxis: { ...hidden(lines_), inverse: true },
      visualMap: stepLegend(pieces, { left: 0, top: 0, seriesIndex: 0, formatter: undefined }),
      tooltip: { ...base().tooltip, formatter: ({ name, value, data }) => `${name}\n${data.says || (value[2] === null ? WORDS.unknown : withUnit(unit)(value[2]))}` },
      series: [
        { ...shared, data: known.map((tile) => cell(tile, inkOn(at(tile.value)))) },
        {
          ...shared, type: "custom", encode: { x: 0, y: 1 }, data: blank.map((tile) => cell(tile, QUIET)),
          renderItem: (params, api) => {
            const [x, y] = api.coord([api.value(0), api.value(1)]);
            const [width, height] = api.size([1, 1]);
            const box = { x: x - width / 2 + 1, y: y - height / 2 + 1, width: width - 2, height: height - 2, r: 3 };
            const name = size > 30 ? onTile(blank[params.dataIndex].name) : "";
            return {
              type: "rect", shape: box, style: { fill: "#f3f3f0", stroke: QUIET, lineDash: [3, 3], lineWidth: 1 },
              textConfig: { position: "inside" },
              textContent: { style: { text: name, fill: QUIET, align: "center", fontFamily: FONT, fontSize: size > 50 ? 11 : 10, lineHeight: 13 } },
            };
          },
        },
      ],
    });
  }

  function river({ nodes, links, unit }) {
    return base({
      tooltip: { ...base().tooltip, valueFormatter: withUnit(unit) },
      series: [{
        type: "sankey", left: 8, right: 110, top: 8, bottom: 8, nodeGap: 14, nodeWidth: 14, draggable: false,
        data: nodes.map((node) => ({ name: node.name, itemStyle: { color: tone(node.tone) || TONES.plain } })), links,
        lineStyle: { color: "source", opacity: 0.25, curveness: 0.5 },
        label: { ...text, formatter: ({ name, value }) => `${name} ${number(value)}` }, emphasis: { focus: "adjacency" },
      }],
    });
  }

  function areas({ nodes, unit }) {
    return base({
      series: [{
        type: "treemap", left: 0, right: 0, top: 0, bottom: 0, roam: false, nodeClick: false, breadcrumb: { show: false },
        data: nodes.map((node) => ({ ...node, itemStyle: { color: STEPS[1] } })),
        label: { ...text, color: INK, formatter: ({ name, value }) => `${name}\n${withUnit(unit)(value)}` },
        itemStyle: { borderColor: PAPER, borderWidth: 2, gapWidth: 2 },
        tooltip: { formatter: ({ name, value }) => `${name}\n${withUnit(unit)(value)}` },
      }],
    });
  }

  const BUILDERS = { bars, histogram, lines, slope, intervals, funnel, boxes, heat, tiles, river, areas };

  // ---- on the page ---------------------------------------------------------------------------------------------------
  // Where a bar, a row or a tile has a page of its own, a click goes there. The table beside the chart has the links too.
  function urlOf(data, event) {
    if (event.data && event.data.url) return event.data.url;
    return data.urls ? data.urls[event.dataIndex] : undefined;
  }

  function draw(element) {
    const data = JSON.parse(document.getElementById(element.dataset.from).textContent);
    const chart = echarts.init(element, null, { locale: CHINESE ? "ZH" : "EN" });
    const patterned = (data.series || []).length > 1 && element.dataset.chart === "bars";
    const show = () => chart.setOption({
      ...BUILDERS[element.dataset.chart](data, element),
      aria: { enabled: true, label: { description: element.dataset.says }, decal: { show: patterned } },
    }, true);
    show();
    element.setAttribute("role", "img");
    chart.on("click", (event) => { const url = urlOf(data, event); if (url) location.assign(url); });
    new ResizeObserver(() => { chart.resize(); if (element.dataset.chart === "tiles") show(); }).observe(element);
    element.dataset.drawn = "true";
  }

  function drawAll() {
    document.querySelectorAll("[data-chart]:not([data-drawn])").forEach(draw);
  }

  drawAll();
  document.addEventListener("htmx:load", drawAll);
})();
