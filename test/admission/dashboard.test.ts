import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/admission/metrics.ts';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string }[];
}

const FILE = new URL('../../charts/cofferdam/files/dashboards/cofferdam.json', import.meta.url);
const { panels } = JSON.parse(readFileSync(FILE, 'utf8')) as { readonly panels: readonly Panel[] };

/** Histograms show as three series; informers add theirs once a cluster is watched. */
const SUFFIX = /_(?:bucket|sum|count)$/;
const OF_INFORMERS = ['cofferdam_informer_staleness_seconds', 'cofferdam_informer_synced'];

describe('the dashboard', () => {
  it('asks for no metric that the webhook does not have', async () => {
    const known = new Set([
      ...createMetrics('test')
        .registry.getMetricsAsArray()
        .map(({ name }) => name),
      ...OF_INFORMERS,
    ]);
    const asked = panels
      .flatMap(({ targets }) =>
        targets.flatMap(({ expr }) => expr.match(/(?:cofferdam|process|nodejs)_\w+/g) ?? []),
      )
      .map(name => (known.has(name) ? name : name.replace(SUFFIX, '')));
    expect(asked.filter(name => !known.has(name))).toEqual([]);
    expect(asked.length).toBeGreaterThanOrEqual(panels.length);
  });

  it('shows every metric of its own that the webhook has', () => {
    const shown = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n');
    const own = createMetrics('test')
      .registry.getMetricsAsArray()
      .map(({ name }) => name)
      .filter(name => name.startsWith('cofferdam_'));
    expect(own.filter(name => !shown.includes(name))).toEqual([]);
  });

  it('explains each panel, and lays none over another', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.filter(({ description }) => description === '')).toEqual([]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });
});
