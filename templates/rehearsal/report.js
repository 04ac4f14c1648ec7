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
    line: {x: time.time, value: whole, tick: short, lines: [line('waiting', time.line, 'first', {fill: colour('band')})]},
    wait: {x: wait.time, value: long, tick: long, steps: STEPS, band: [3, 1], lines: [
      line('a tenth less than', wait.p10, 'third', {width: 1}),
      line('half', wait.p50, 'first'),
      line('a tenth more than', wait.p90, 'third', {width: 1}),
    ]},
    told: {x: told.time, value: long, tick: long, steps: STEPS, band: [3, 1], lines: [
      line('told from', told.low, 'third', {width: 1}),
      line('came true', told.true, 'second'),
      line('told to', told.high, 'third', {width: 1}),
    ]},
    inside: {x: time.time, value: whole, tick: short, lines: [
      line('inside', time.inside, 'first', {fill: colour('band')}),
      ...(time.capacity.some(each => each != null) ? [line('capacity', time.capacity, 'second', {dash: [6, 4], width: 1.5})] : []),
    ]},
    within: {x: within.wait, xLabel: 'waited', value: share => share == null ? '–' : `${Math.round(share)} %`, tick: share => `${share} %`, lines: [
      line('were in', within.percent, 'first', {fill: colour('band')}),
    ]},
  };

  const draw = (place, chart) => {
    if (chart.x.length < 2) {
      place.classList.add('empty');
      place.textContent = 'There is too little to draw.';
      return null;
    }
    const axis = more => ({
      stroke: colour('soft'), font: '12px system-ui, sans-serif', grid: {stroke: colour('grid'), width: 1}, ticks: {show: false}, ...more,
    });
    const plot = new uPlot({
      width: place.clientWidth,
      height: HEIGHT,
      padding: [8, 24, 0, 0],
      cursor: {y: false, points: {size: 6}},
      scales: {x: {time: false}, y: {range: (_, low, high) => [0, Math.max(high * 1.05, 1)]}},
      axes: [
        axis({values: (_, at) => at.map(clock), space: 64, size: 32, incrs: STEPS}),
        axis({values: (_, at) => at.map(chart.tick), size: 58, ...(chart.steps && {incrs: chart.steps})}),
      ],
      series: [
        {label: chart.xLabel || 'at', value: (_, at) => at == null ? '–' : clock(at)},
        ...chart.lines.map(({values, ...series}) => ({...series, spanGaps: false, points: {show: false}, value: (_, at) => chart.value(at)})),
      ],
      bands: chart.band ? [{series: chart.band, fill: colour('band')}] : [],
    }, [chart.x, ...chart.lines.map(each => each.values)], place);
    return plot;
  };

  const plots = Object.entries(charts).map(([id, chart]) => {
    const place = document.querySelector(`#${id} .chart`);
    return {place, plot: draw(place, chart)};
  }).filter(each => each.plot);

  const fit = width => plots.forEach(({place, plot}) => plot.setSize({width: width || place.clientWidth, height: HEIGHT}));
  new ResizeObserver(() => requestAnimationFrame(() => fit())).observe(document.querySelector('.charts'));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => fit());
  // paper is light, and two charts wide
  addEventListener('beforeprint', () => { document.documentElement.dataset.print = ''; fit(320); });
  addEventListener('afterprint', () => { delete document.documentElement.dataset.print; fit(); });
})();
