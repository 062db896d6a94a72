import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { TESTED } from '../../src/export/evidence.ts';

const required = (module: string, name: string): string => {
  const text = readFileSync(new URL(`../cluster/modules/${module}/go.mod`, import.meta.url), 'utf8');
  return new RegExp(`\\s${name} v(\\S+)`).exec(text)?.[1] ?? '';
};

it('names the versions that the test cluster is built from', () => {
  expect(TESTED.containerd).toBe(
    `containerd ${required('containerd', 'github.com/containerd/containerd/v2')}`,
  );
  expect(TESTED.kubernetes).toBe(`Kubernetes ${required('kube', 'k8s.io/kubernetes')}`);
  // A pseudo-version holds the time of the commit: v0.0.0-20260905035102-160fafc42237.
  const [, year, month, day] =
    /-(\d{4})(\d\d)(\d\d)\d{6}-/.exec(required('gvisor', 'gvisor.dev/gvisor')) ?? [];
  const date = new Date(`${year}-${month}-${day}`);
  const written = date.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  expect(TESTED.gvisor).toBe(`gVisor of ${written}`);
});
