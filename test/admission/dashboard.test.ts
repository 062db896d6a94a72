import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { metricGroups } from '../../scripts/pages/metrics.ts';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string }[];
}

const FILE = new URL('../../charts/cofferdam/files/dashboards/cofferdam.json', import.meta.url);
const { panels } = JSON.parse(readFileSync(FILE, 'utf8')) as { readonly panels: readonly Panel[] };

/** Histograms show as three series. */
const SUFFIX = /_(?:bucket|sum|count)$/;

/** What a replica shows that watches a cluster, leads and has scanned. */
const known = [...(await metricGroups()).values()].flat().map(({ name }) => name);

describe('the dashboard', () => {
  it('asks for no metric that the webhook does not have', () => {
    const asked = panels
      .flatMap(({ targets }) =>
        targets.flatMap(({ expr }) => expr.match(/(?:cofferdam|process|nodejs)_\w+/g) ?? []),
      )
      .map(name => (known.includes(name) ? name : name.replace(SUFFIX, '')));
    expect(asked.filter(name => !known.includes(name))).toEqual([]);
    expect(asked.length).toBeGreaterThanOrEqual(panels.length);
  });

  it('shows every metric of its own that the webhook has', () => {
    const shown = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n');
    const own = known.filter(name => name.startsWith('cofferdam_'));
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
