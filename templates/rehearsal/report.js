/* Draws the charts of a rehearsal. The curves stand in the page as JSON; colours are those of the style sheet. */
(() => {
  'use strict';
  const {over_time: time, by_joining: wait, told, within} = JSON.parse(document.getElementById('curves').textContent);
  const colour = name => () => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const HEIGHT = 240;

  const whole = value => value == null ? '–' : value.toLocaleString('en', {maximumFractionDigits: value < 10 ? 1 : 0});
  const short = value => value.toLocaleString('en', {notation: 'compact', maximumFractionDigits: 1});
  const two = value => String(Math.floor(value)).padStart(2, '0');
  const clock = seconds => seconds < 3600
    ? `${Math.floor(seconds / 60)}:${two(seconds % 60)}`
    : `${Math.floor(seconds / 3600)}:${two(seconds % 3600 / 60)} h`;
  const long = seconds => seconds == null ? '–'
    : seconds < 100 ? `${Math.round(seconds)} s`
    : seconds < 6000 ? `${Math.round(seconds / 60)} min`
    : `${Math.floor(seconds / 3600)} h ${two(Math.round(seconds / 60) % 60)}`;
  const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800];

  const line = (label, values, tint, more) => ({label, values, stroke: colour(tint), width: 2, ...more});
  const charts = {
    flow: {x: time.time, value: whole, tick: short, lines: [
      line('arrive', time.arrivals, 'second'),
      line('enter', time.entries, 'first'),
      line('rate', time.rate, 'third', {dash: [6, 4], width: 1.5}),
    ]},
    line: {x: time.time, value: whole, tick: short, lines: [line('waiting', time.line, 'first', {fill: true})]},
    wait: {x: wait.time, value: long, tick: long, steps: STEPS, band: true, lines: [
      line('a tenth less than', wait.p10, 'third', {width: 1}),
      line('half', wait.p50, 'first'),
      line('a tenth more than', wait.p90, 'third', {width: 1}),
    ]},
    told: {x: told.time, value: long, tick: long, steps: STEPS, band: true, lines: [
      line('told from', told.low, 'third', {width: 1}),
      line('came true', told.true, 'second'),
      line('told to', told.high, 'third', {width: 1}),
    ]},
    inside: {x: time.time, value: whole, tick: short, lines: [
      line('inside', time.inside, 'first', {fill: true}),
      ...(time.capacity.some(each => each != null) ? [line('capacity', time.capacity, 'second', {dash: [6, 4], width: 1.5})] : []),
    ]},
    within: {x: within.wait, xLabel: 'waited', value: share => share == null ? '–' : `${Math.round(share)} %`, tick: share => `${share} %`, lines: [
      line('were in', within.percent, 'first', {fill: true}),
    ]},
  };

  // the largest step of those that people count in which the axis has room for
  const stepFor = (span, most) => STEPS.find(step => span / step <= most) || Math.ceil(span / most / 86400) * 86400;
  const ticksBy = (most, steps) => scale => {
    if (!steps) return;
    const step = stepFor(scale.max - scale.min, most);
    const first = Math.ceil(scale.min / step);
    scale.ticks = [];
    for (let at = first; at * step <= scale.max; at += 1) scale.ticks.push({value: at * step});
  };

  const draw = (place, chart) => {
    if (chart.x.length < 2) {
      place.classList.add('empty');
      place.textContent = 'There is too little to draw.';
      return null;
    }
    const canvas = place.querySelector('canvas') || place.appendChild(document.createElement('canvas'));
    const tint = name => colour(name)();
    const axis = {grid: {color: tint('grid'), drawTicks: false}, border: {display: false}};
    const ticks = {color: tint('soft'), padding: 8, maxRotation: 0, autoSkip: true};
    return new Chart(canvas, {
      type: 'line',
      data: {datasets: chart.lines.map(({label, values, stroke, width, dash, fill}, index) => ({
        label,
        data: chart.x.map((x, at) => ({x, y: values[at]})),
        borderColor: stroke(), borderWidth: width, borderDash: dash || [],
        backgroundColor: tint('band'),
        fill: fill ? 'origin' : chart.band && index === 2 ? 0 : false,
      }))},
      options: {
        animation: false, parsing: false, normalized: true, responsive: true, maintainAspectRatio: false,
        spanGaps: false, elements: {point: {radius: 0, hoverRadius: 4}},
        interaction: {mode: 'index', intersect: false},
        scales: {
          x: {...axis, type: 'linear', bounds: 'data', ticks: {...ticks, callback: clock},
            afterBuildTicks: scale => ticksBy(Math.max(scale.width / 64, 2), true)(scale)},
          y: {...axis, beginAtZero: true, suggestedMax: 1, ticks: {...ticks, maxTicksLimit: 6, callback: value => chart.tick(value)},
            afterBuildTicks: ticksBy(6, chart.steps)},
        },
        plugins: {
          legend: {position: 'bottom', align: 'start', labels: {color: tint('soft'), boxWidth: 14, boxHeight: 2}},
          tooltip: {callbacks: {
            title: items => `${chart.xLabel || 'at'} ${clock(items[0].parsed.x)}`,
            label: item => ` ${item.dataset.label}: ${chart.value(item.parsed.y)}`,
          }},
        },
      },
    });
  };

  Chart.defaults.font.family = 'system-ui, sans-serif';
  let plots = [];
  const drawAll = () => {
    plots.forEach(plot => plot.destroy());
    plots = Object.entries(charts).map(([id, chart]) => draw(document.querySelector(`#${id} .chart`), chart)).filter(Boolean);
  };
  drawAll();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  // paper is light, and two charts wide
  addEventListener('beforeprint', () => { document.documentElement.dataset.print = ''; drawAll(); plots.forEach(plot => plot.resize(320, HEIGHT)); });
  addEventListener('afterprint', () => { delete document.documentElement.dataset.print; drawAll(); });
})();
