// Draws the figures that stand in the page (templates/charts.html). Colours are those of the theme, read anew when it changes.
"use strict";

(() => {
  const form = document.querySelector("[data-asked]");
  form.querySelectorAll("select, [type=checkbox]").forEach((field) => field.addEventListener("change", () => form.requestSubmit()));

  document.querySelector(".chart-kinds .on")?.scrollIntoView({ block: "nearest", inline: "nearest" });

  const ground = document.querySelector("[data-chart]");
  const told = document.getElementById("chart-figures");
  if (!ground || !told) return;
  const figures = JSON.parse(told.textContent);
  const chart = echarts.init(ground, null, { renderer: "canvas" });
  const { colour, common, slider, follow } = window.chartLook;
  const written = new Intl.NumberFormat(figures.locale, { minimumFractionDigits: figures.decimals, maximumFractionDigits: figures.decimals });
  const inUnit = (value) => (value === null || value === undefined ? "–" : `${written.format(value)} ${figures.unit}`.trim());

  function axes() {
    const line = { lineStyle: { color: colour("line") } };
    const label = { color: colour("muted"), hideOverlap: true };
    return {
      category: { type: "category", axisLine: line, axisTick: { show: false }, axisLabel: label },
      value: { type: "value", splitLine: line, axisLabel: { ...label, formatter: (value) => value.toLocaleString(figures.locale) } },
    };
  }

  function overTime() {
    const { category, value } = axes();
    const isLine = figures.kind === "line";
    const series = (name, values, shade) => ({
      name,
      type: isLine ? "line" : "bar",
      step: isLine ? "middle" : undefined,
      data: values,
      itemStyle: { color: shade, borderRadius: isLine ? 0 : [2, 2, 0, 0] },
      lineStyle: isLine ? { color: shade, width: 2 } : undefined,
      showSymbol: values.length < 60,
      barMaxWidth: 36,
      large: values.length > 1000,
    });
    const drawn = [series(figures.words.now, figures.values, colour("accent"))];
    if (figures.before.length) {
      const earlier = series(figures.words.before, figures.before, colour("edge"));
      if (isLine) earlier.lineStyle.type = "dashed";
      else earlier.itemStyle.opacity = 0.55;
      drawn.unshift(earlier);
    }
    const hasSlider = figures.values.length > 8;
    return {
      ...common(),
      grid: { left: 8, right: 14, top: figures.before.length ? 36 : 14, bottom: hasSlider ? 56 : 8, containLabel: true },
      legend: figures.before.length ? { top: 0, left: 0, textStyle: { color: colour("ink") } } : undefined,
      tooltip: {
        ...common().tooltip,
        trigger: "axis",
        axisPointer: { type: isLine ? "line" : "shadow" },
        formatter: (points) =>
          points
            .map(({ seriesName, dataIndex, value: shown }) => {
              const labels = seriesName === figures.words.before ? figures.beforeLabels : figures.labels;
              return `${labels[dataIndex] ?? ""}: ${inUnit(shown)}`;
            })
            .join("\n"),
      },
      xAxis: { ...category, data: figures.labels },
      yAxis: value,
      dataZoom: hasSlider
        ? [
            slider(),
            { type: "inside", zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false },
          ]
        : undefined,
      series: drawn,
    };
  }

  // The states as parts of the whole. Each has a pattern beside its colour.
  const STATE_COLOURS = { available: "ok", charging: "charging", fault: "fault", out_of_service: "warn", offline: "offline" };

  function layers() {
    const option = overTime();
    const isCompared = figures.before.length > 0;
    const before = { name: figures.words.before, type: "line", step: "middle", data: figures.before, symbol: "none", itemStyle: { color: colour("ink") }, lineStyle: { color: colour("ink"), width: 2, type: "dashed" } };
    option.series = figures.layers.map(({ word, label, values }) => ({
      name: label,
      type: "bar",
      stack: "states",
      data: values,
      barCategoryGap: values.length > 60 ? 0 : "12%",
      itemStyle: { color: colour(STATE_COLOURS[word]) },
    }));
    if (isCompared) option.series.push(before);
    option.aria = { enabled: true, decal: { show: true } };
    option.legend = { type: "scroll", top: 0, left: 0, right: 0, textStyle: { color: colour("ink") }, pageTextStyle: { color: colour("ink") }, pageIconColor: colour("accent"), pageIconInactiveColor: colour("line") };
    option.grid.top = 36;
    option.yAxis.max = 100;
    option.tooltip.formatter = (points) =>
      [figures.labels[points[0].dataIndex], ...points.map(({ seriesName, value: shown }) => `${seriesName}: ${inUnit(shown)}`)].join("\n");
    return option;
  }

  function byHours() {
    const { category } = axes();
    const hours = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, "0")}:00`);
    const cells = figures.values.map((value, place) => [place % 24, Math.floor(place / 24), value]);
    return {
      ...common(),
      grid: { left: 8, right: 14, top: 8, bottom: 46, containLabel: true },
      tooltip: { ...common().tooltip, formatter: ({ value: [hour, day, energy] }) => `${figures.labels[day]} ${hours[hour]}: ${inUnit(energy)}` },
      xAxis: { ...category, data: hours },
      yAxis: { ...category, data: figures.labels, inverse: true },
      visualMap: { min: 0, max: Math.max(...figures.values, 1), orient: "horizontal", left: "center", bottom: 0, itemHeight: 120, text: [figures.words.most, figures.words.least], textStyle: { color: colour("muted") }, inRange: { color: [colour("bg"), colour("accent")] } },
      series: [{ type: "heatmap", data: cells, itemStyle: { borderColor: colour("card"), borderWidth: 2 } }],
    };
  }

  function ranking() {
    const { category, value } = axes();
    return {
      ...common(),
      grid: { left: 8, right: 64, top: 8, bottom: 8, containLabel: true },
      tooltip: { ...common().tooltip, formatter: ({ name, value: shown }) => `${name}: ${inUnit(shown)}` },
      xAxis: value,
      yAxis: { ...category, data: figures.labels, inverse: true, axisLabel: { color: colour("ink"), width: 130, overflow: "truncate", interval: 0 } },
      series: [{ type: "bar", data: figures.values, barMaxWidth: 22, itemStyle: { color: colour("accent"), borderRadius: [0, 2, 2, 0] }, label: { show: true, position: "right", color: colour("muted"), formatter: ({ value: shown }) => written.format(shown) } }],
    };
  }

  const makers = { hours: byHours, ranking, layers };
  const draw = () => chart.setOption((makers[figures.kind] ?? overTime)(), { notMerge: false });
  draw();
  follow(chart, ground, draw);

  const picture = document.querySelector("[data-picture]");
  picture.hidden = false;
  picture.addEventListener("click", () => {
    const link = window.makeElement("a", { download: `${figures.title}.png`, href: chart.getDataURL({ pixelRatio: 2, backgroundColor: colour("card") }) });
    link.click();
  });
  ground.dataset.drawn = "yes";
})();
