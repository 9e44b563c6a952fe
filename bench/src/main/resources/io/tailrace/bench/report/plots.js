'use strict';
// Draws the plots of the page out of the run's JSON, which is in the page too. Everything is drawn
// on canvases: nothing here makes HTML.
(() => {
  const run = JSON.parse(document.getElementById('run').textContent);
  const sections = new Map(run.sections.map((section) => [section.name, section]));
  const root = document.documentElement;
  let charts = [];

  const colour = (name) => getComputedStyle(root).getPropertyValue('--' + name).trim();
  const colourOf = (contender) =>
    colour(['kafka', 'floor'].includes(contender) ? contender : 'subject');
  const number = (value) =>
    value.toLocaleString('en', {maximumSignificantDigits: 3, useGrouping: true});
  const goalsOf = (section, figure) =>
    run.goals.filter((goal) => goal.section === section && goal.figure === figure);

  function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  function duration(us) {
    if (us >= 1e6) {
      return number(us / 1e6) + ' s';
    }
    return us >= 1e3 ? number(us / 1e3) + ' ms' : number(us) + ' µs';
  }

  // Above the bars: from the smallest to the largest round, the median in figures, dashed goals.
  const spreadsAndGoals = {
    id: 'spreadsAndGoals',
    afterDatasetsDraw(chart, _, {spreads, goals}) {
      const {ctx, chartArea, scales} = chart;
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = colour('text');
      ctx.font = '12px system-ui, sans-serif';
      ctx.textBaseline = 'middle';
      spreads.forEach((spread, i) => {
        const y = scales.y.getPixelForValue(i);
        const from = scales.x.getPixelForValue(spread.min);
        const to = scales.x.getPixelForValue(spread.max);
        ctx.beginPath();
        for (const x of [from, to]) {
          ctx.moveTo(x, y - 4);
          ctx.lineTo(x, y + 4);
        }
        ctx.moveTo(from, y);
        ctx.lineTo(to, y);
        ctx.stroke();
        ctx.fillText(number(spread.median), to + 8, y);
      });
      ctx.setLineDash([4, 3]);
      ctx.strokeStyle = colour('good');
      for (const goal of goals) {
        const x = Math.round(scales.x.getPixelForValue(goal.limit)) + 0.5;
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top);
        ctx.lineTo(x, chartArea.bottom);
        ctx.stroke();
      }
      ctx.restore();
    },
  };

  function bars(section, figure) {
    const contenders = section.contenders.filter((contender) => figure in contender.median);
    const spreads = contenders.map((contender) => {
      const values = contender.rounds.map((round) => round[figure]);
      return {median: median(values), min: Math.min(...values), max: Math.max(...values)};
    });
    const goals = goalsOf(section.name, figure);
    const largest = Math.max(...spreads.map((s) => s.max), ...goals.map((goal) => goal.limit));
    return {
      type: 'bar',
      data: {
        labels: contenders.map((contender) => contender.name),
        datasets: [{
          data: spreads.map((spread) => spread.median),
          backgroundColor: contenders.map((contender) => colourOf(contender.name)),
          barPercentage: 0.75,
        }],
      },
      options: {
        indexAxis: 'y',
        scales: {
          x: {
            // Room for the number at the end of the longest bar.
            suggestedMax: largest * 1.15,
            beginAtZero: true,
            grid: {color: colour('line')},
            ticks: {callback: number, maxTicksLimit: 6},
          },
          y: {grid: {display: false}, ticks: {color: colour('text')}},
        },
        plugins: {
          legend: {display: false},
          tooltip: {
            callbacks: {
              label: ({dataIndex}) => {
                const {median, min, max} = spreads[dataIndex];
                return `${number(median)} (${number(min)} – ${number(max)})`;
              },
              afterLabel: () => goals.map((goal) => `goal: ${goal.goal}`),
            },
          },
          spreadsAndGoals: {spreads, goals},
        },
      },
      plugins: [spreadsAndGoals],
    };
  }

  // Percentiles by the number of nines: 90 % at 1, 99 % at 2, …
  const nines = (percentile) => -Math.log10(1 - percentile / 100);
  const TICKS = [0, 50, 90, 99, 99.9, 99.99];
  const PERCENTILE_OF = {latency_p50: 50, latency_p99: 99, latency_p999: 99.9};

  function curve(contender) {
    const rounds = contender.rounds.map((round) => round.latency_us).filter((us) => us.length);
    const at = (reduce) =>
      run.percentiles.map((percentile, i) => ({
        x: nines(percentile),
        y: Math.max(1, reduce(rounds.map((us) => us[i]))),
      }));
    const line = {borderColor: colourOf(contender.name), pointRadius: 0, pointStyle: 'line'};
    const edge = {...line, borderWidth: 0, pointHitRadius: 0};
    return [
      {...edge, label: '', data: at((values) => Math.min(...values))},
      {
        ...edge,
        label: '',
        data: at((values) => Math.max(...values)),
        fill: '-1',
        backgroundColor: colourOf(contender.name) + '26',
      },
      {...line, label: contender.name, data: at(median), borderWidth: 2, pointHitRadius: 8},
    ];
  }

  function latency(section) {
    const contenders = section.contenders.filter((contender) =>
      contender.rounds.some((round) => round.latency_us.length));
    const goals = Object.entries(PERCENTILE_OF).flatMap(([figure, percentile]) =>
      goalsOf(section.name, figure).map((goal) => ({x: nines(percentile), y: goal.limit, goal})));
    const goalPoints = {
      label: 'goal',
      data: goals,
      showLine: false,
      pointStyle: 'triangle',
      rotation: 180,
      pointRadius: 6,
      borderColor: colour('good'),
      backgroundColor: colour('good'),
    };
    return {
      type: 'line',
      data: {
        datasets: [...contenders.flatMap(curve), ...(goals.length ? [goalPoints] : [])],
      },
      options: {
        scales: {
          x: {
            type: 'linear',
            min: 0,
            max: 4,
            grid: {color: colour('line')},
            afterBuildTicks: (axis) => {
              axis.ticks = TICKS.map((percentile) => ({value: nines(percentile)}));
            },
            ticks: {callback: (_, i) => TICKS[i] + ' %'},
          },
          y: {
            type: 'logarithmic',
            grid: {color: colour('line')},
            ticks: {callback: (us) => (/^[125]/.test(us.toExponential()) ? duration(us) : '')},
          },
        },
        plugins: {
          legend: {
            labels: {
              filter: (item) => item.text !== '',
              usePointStyle: true,
              color: colour('text'),
            },
          },
          tooltip: {
            filter: (item) => item.dataset.label !== '',
            callbacks: {
              title: ([item]) =>
                item ? +(100 - 100 * 10 ** -item.parsed.x).toFixed(3) + ' %' : '',
              label: ({dataset, parsed, raw}) =>
                (raw.goal ? `goal: ${raw.goal.goal}` : dataset.label) +
                `: ${duration(parsed.y)}`,
            },
          },
        },
      },
    };
  }

  function draw() {
    charts.forEach((chart) => chart.destroy());
    Chart.defaults.animation = false;
    Chart.defaults.maintainAspectRatio = false;
    Chart.defaults.devicePixelRatio = Math.max(2, window.devicePixelRatio);
    Chart.defaults.font.family = 'system-ui, sans-serif';
    Chart.defaults.color = colour('quiet');
    Chart.defaults.borderColor = colour('line');
    charts = [...document.querySelectorAll('canvas[data-plot]')].map((canvas) => {
      const {plot, section, figure} = canvas.dataset;
      const shown = sections.get(section);
      return new Chart(canvas, plot === 'bars' ? bars(shown, figure) : latency(shown));
    });
  }

  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  // Paper is white whatever the screen is.
  for (const [event, printing] of [['beforeprint', true], ['afterprint', false]]) {
    addEventListener(event, () => {
      root.classList.toggle('printing', printing);
      draw();
    });
  }
})();
