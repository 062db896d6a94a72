import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Rule {
  readonly alert: string;
  readonly for?: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description?: string };
}

const FILES = new URL('../../charts/cofferdam/files/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, FILES), 'utf8');
const { groups } = parse(read('alerts.yaml')) as {
  groups: { name: string; interval?: string; rules: Rule[] }[];
};
const rules = groups.flatMap(group => group.rules);

/** The metric of the API server: k8s.io/apiserver pkg/admission/metrics. */
const FOREIGN = ['apiserver_admission_webhook_fail_open_count'];

describe('the alerts', () => {
  it('ask for metrics that the dashboard shows, which has them all', () => {
    const asked = rules.flatMap(({ expr }) => expr.match(/(?:cofferdam|apiserver)_\w+/g) ?? []);
    const shown = read('dashboards/cofferdam.json');
    expect(asked.filter(name => !FOREIGN.includes(name) && !shown.includes(name))).toEqual([]);
    expect(asked.length).toBeGreaterThanOrEqual(rules.length);
  });

  it('about what is not in force come within a minute, and not of one reading alone', () => {
    const seconds = (text: string | undefined): number => {
      expect(text).toMatch(/^\d+s$/);
      return Number.parseInt(text ?? '', 10);
    };
    const { metrics } = parse(readFileSync(new URL('../values.yaml', FILES), 'utf8'));
    const scraped = seconds(metrics.serviceMonitor.interval);
    const inForce = groups.filter(({ name }) => name === 'cofferdam-in-force');
    const alerts = inForce.flatMap(group => group.rules.map(rule => ({ ...rule, group })));
    expect(alerts.map(({ alert }) => alert)).toEqual([
      'CofferdamDown',
      'CofferdamPolicyProblems',
      'CofferdamGuardOutOfStep',
      'CofferdamGuardLeftOut',
      'CofferdamNobodyLeads',
      'CofferdamCallsFail',
    ]);
    for (const { group, for: lasting } of alerts) {
      expect(scraped + seconds(group.interval) + seconds(lasting)).toBeLessThanOrEqual(60);
      expect(seconds(lasting)).toBeGreaterThanOrEqual(scraped);
    }
  });

  it('about calls that fail look at times in which an API server is read often enough', () => {
    const { expr = '' } = rules.find(({ alert }) => alert === 'CofferdamCallsFail') ?? {};
    const ranges = [...expr.matchAll(/\[(\d+)m\]/g)].map(([, minutes]) => 60 * Number(minutes));
    expect(ranges).toHaveLength(3);
    // Two readings make an increase. Of every 30 s, as is usual, a time of this length has two though one be missing.
    expect(Math.min(...ranges)).toBeGreaterThanOrEqual(3 * 30);
    // One that is late would otherwise be an alert for as long as it is in such a time.
    expect(expr.match(/(?:>=?) \d+/g)).toEqual(['>= 5', '> 0', '> 0']);
    expect(expr).toContain('offset 5m');
  });

  it('have names and severities of their own kind', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    expect(rules.filter(({ alert }) => !/^Cofferdam[A-Z]\w+$/.test(alert))).toEqual([]);
    expect(rules.filter(({ labels }) => !['warning', 'critical'].includes(labels.severity))).toEqual([]);
    expect(rules.filter(({ annotations }) => !annotations.summary.endsWith('.'))).toEqual([]);
  });
});
