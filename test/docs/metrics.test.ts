import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Described, LABELS, metricGroups } from '../../scripts/pages/metrics.ts';
import { tablesIn, textOf } from './pages.ts';

/*
docs/metrics.md has every metric that the program registers.
*/

const PAGE = 'docs/metrics.md';
const all = [...(await metricGroups()).values()].flat();
const own = all.filter(({ name }) => name.startsWith('cofferdam_'));

const plain = (cell: string): string => cell.replaceAll('`', '');
const rowsHeaded = (page: string, ...head: readonly string[]) =>
  tablesIn(page)
    .filter(table => head.every((word, i) => table.head[i] === word))
    .flatMap(({ rows }) => rows.map(row => row.map(plain)));

/** A metric as a row of the page tells it. */
const rowOf = ({ name, type, labels, help }: Described): string =>
  [name, type, labels.join(', '), help].join(' | ');

/** What of the metrics is not on a page, or is there otherwise. */
function lackingOn(page: string, metrics: readonly Described[]): readonly string[] {
  const rows = rowsHeaded(page, 'metric', 'type').map(row => row.slice(0, 4).join(' | '));
  return metrics.filter(metric => !rows.includes(rowOf(metric))).map(({ name }) => name);
}

/** Names of metrics that a text of the program has in quotes. */
const namedIn = (source: string): readonly string[] =>
  Array.from(source.matchAll(/['"`](cofferdam_\w+)['"`]/g), ([, name = '']) => name);

it('has every metric as its registry describes it, and no other', () => {
  expect(lackingOn(textOf(PAGE), own)).toEqual([]);
  expect(rowsHeaded(textOf(PAGE), 'metric', 'type')).toHaveLength(own.length);
});

it('has every metric that src names, wherever it is registered', () => {
  const named = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .flatMap(file => namedIn(textOf(`src/${file}`)));
  expect(new Set(named)).toEqual(new Set(own.map(({ name }) => name)));
});

it('says of the others what they are of', () => {
  const others = all.map(({ name }) => name).filter(name => !name.startsWith('cofferdam_'));
  expect(others.filter(name => !/^(process|nodejs)_/.test(name))).toEqual([]);
});

it('finds a metric that is not there, and one that says something else', () => {
  const [first] = own as [Described];
  const added = { name: 'cofferdam_new_total', type: 'counter', labels: [], help: 'Something new.' };
  expect(lackingOn(textOf(PAGE), [...own, added])).toEqual(['cofferdam_new_total']);
  expect(lackingOn(textOf(PAGE), [{ ...first, labels: [...first.labels, 'new'] }])).toEqual([first.name]);
  expect(lackingOn(textOf(PAGE), [{ ...first, help: 'Another meaning.' }])).toEqual([first.name]);
  expect(namedIn("new Gauge({ name: 'cofferdam_new' })")).toEqual(['cofferdam_new']);
});

it.each(own)('$name says in whole sentences what it says', ({ help }) => {
  expect(help).toMatch(/^[A-Z1].{30,}\.$/);
});

it('explains every label, and none that no metric has', () => {
  const labels = new Set(own.flatMap(metric => metric.labels));
  expect(new Set(Object.keys(LABELS))).toEqual(labels);
  const rows = rowsHeaded(textOf(PAGE), 'label').map(([label]) => label);
  expect(new Set(rows)).toEqual(labels);
});

describe('the alerts', () => {
  const alerts = textOf('charts/cofferdam/files/alerts.yaml');
  const asked = [...alerts.matchAll(/\bcofferdam_\w+/g)].map(([name]) => name);

  it('ask for no metric that no replica has', () => {
    const names = own.map(({ name }) => name);
    expect(asked.filter(name => !names.includes(name))).toEqual([]);
    expect(asked.length).toBeGreaterThan(8);
  });

  it('stand each beside a metric', () => {
    const names = Array.from(alerts.matchAll(/- alert: (\w+)/g), ([, name = '']) => name);
    const cells = [
      ...rowsHeaded(textOf(PAGE), 'metric', 'type'),
      ...rowsHeaded(textOf(PAGE), 'metric', 'alert'),
    ].flatMap(row => row.at(-1)?.split(', ') ?? []);
    expect(names.filter(name => !cells.includes(name))).toEqual([]);
  });
});
