// How all charts look: the colours of the theme, and what their tooltips and sliders have in common.
"use strict";

window.chartLook = (() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;

  const common = () => ({
    animation: !isCalm,
    animationDuration: 300,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("ink") },
    // As drawn text: a page that allows no styles in its markup has none for a box of HTML.
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: colour("card"),
      borderColor: colour("edge"),
      textStyle: { color: colour("ink"), fontSize: 13 },
    },
  });

  const slider = () => ({
    type: "slider",
    height: 26,
    bottom: 8,
    borderColor: colour("line"),
    fillerColor: `${colour("accent")}33`,
    handleStyle: { color: colour("card"), borderColor: colour("accent") },
    moveHandleStyle: { color: colour("accent") },
    textStyle: { color: colour("muted") },
    dataBackground: { lineStyle: { color: colour("edge") }, areaStyle: { color: colour("line") } },
    selectedDataBackground: { lineStyle: { color: colour("accent") }, areaStyle: { color: colour("accent-soft") } },
  });

  // Draws anew in the colours of another theme, and in the size of another window.
  function follow(chart, ground, draw) {
    new ResizeObserver(() => chart.resize()).observe(ground);
    new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  return { colour, common, slider, follow };
})();
