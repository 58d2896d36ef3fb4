// What the meter showed during one charge: a curve for each quantity, one above the other on the same time.
"use strict";

(() => {
  const ground = document.querySelector("[data-session-chart]");
  if (!ground) return;
  const told = JSON.parse(document.getElementById("session-figures").textContent);
  const CURVE_PX = 96;
  const GAP_PX = 34;
  const SLIDER_PX = 64;
  const look = window.chartLook;
  const colour = look.colour;
  const count = told.curves.length;
  ground.style.height = `${count * (CURVE_PX + GAP_PX) + SLIDER_PX}px`;
  const chart = echarts.init(ground, null, { renderer: "canvas" });

  const SHORT_MS = 600000;
  const isShort = told.moments.at(-1) - told.moments[0] < SHORT_MS;
  const zoned = { timeZone: told.zone, hourCycle: "h23" };
  const clock = new Intl.DateTimeFormat(told.locale, { ...zoned, hour: "2-digit", minute: "2-digit", second: isShort ? "2-digit" : undefined });
  const moment = new Intl.DateTimeFormat(told.locale, { ...zoned, dateStyle: "medium", timeStyle: "medium" });
  const writing = told.curves.map(
    ({ decimals, unit }) => (value) =>
      value === null || value === undefined ? "–" : `${value.toLocaleString(told.locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals })} ${unit}`,
  );

  function axes() {
    const line = { lineStyle: { color: colour("line") } };
    const label = { color: colour("muted"), hideOverlap: true };
    const top = (place) => place * (CURVE_PX + GAP_PX) + 22;
    return {
      title: told.curves.map(({ name, unit }, place) => ({ text: `${name} ${unit}`, left: 0, top: top(place) - 22, textStyle: { color: colour("ink"), fontSize: 12, fontWeight: 600 } })),
      grid: told.curves.map((_curve, place) => ({ left: 44, right: 14, top: top(place), height: CURVE_PX })),
      xAxis: told.curves.map((_curve, place) => ({
        type: "time",
        gridIndex: place,
        min: told.moments[0],
        max: told.moments.at(-1),
        axisLine: line,
        axisTick: { show: false },
        splitLine: { show: false },
        axisLabel: { ...label, show: place === count - 1, formatter: (at) => clock.format(at) },
      })),
      yAxis: told.curves.map((_curve, place) => ({ type: "value", gridIndex: place, splitNumber: 2, splitLine: line, axisLabel: label })),
    };
  }

  function options() {
    return {
      ...look.common(),
      ...axes(),
      axisPointer: { link: [{ xAxisIndex: "all" }] },
      tooltip: {
        ...look.common().tooltip,
        trigger: "axis",
        formatter: (points) =>
          [moment.format(points[0].value[0]), ...points.map((point) => `${point.seriesName}: ${writing[point.seriesIndex](point.value[1])}`)].join("\n"),
      },
      dataZoom: [
        { ...look.slider(), xAxisIndex: told.curves.map((_curve, place) => place), labelFormatter: (at) => clock.format(at) },
        { type: "inside", xAxisIndex: told.curves.map((_curve, place) => place), zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false },
      ],
      series: told.curves.map(({ name, values, colour: token }, place) => ({
        name,
        type: "line",
        xAxisIndex: place,
        yAxisIndex: place,
        // Where nothing was measured the curve goes on to the next reading.
        connectNulls: true,
        showSymbol: values.length < 40,
        sampling: "lttb",
        data: values.map((value, number) => [told.moments[number], value]),
        itemStyle: { color: colour(token) },
        lineStyle: { width: 2 },
        areaStyle: { opacity: 0.12 },
      })),
    };
  }

  const draw = () => chart.setOption(options());
  draw();
  look.follow(chart, ground, draw);
  ground.dataset.drawn = "yes";
})();
