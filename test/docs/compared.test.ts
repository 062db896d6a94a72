import process from 'node:process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cofferdam } from '../cli/stranger.ts';
import { textOf } from './pages.ts';

/*
What docs/compared.md says of this project's own review is what it prints. What others print was read on the day that the page
names.
*/

const before = process.cwd();
const section = textOf('docs/compared.md').split('## Reviews of manifests')[1]?.split('\n## ')[0] ?? '';
beforeEach(() => process.chdir('test/fixtures/compared'));
afterEach(() => process.chdir(before));

it('prints of the repository what the page quotes, in as many lines', async () => {
  const { code, out, err } = await cofferdam(['review', '.'], { columns: 100 });
  const [, quoted = ''] = section.split('```\n');
  expect(quoted.split('\n').length).toBeGreaterThan(4);
  expect(out).toContain(quoted);
  const lines = out.trimEnd().split('\n');
  expect([code, section.includes(`| ${lines.length} lines, what is rejected first |`)]).toEqual([1, true]);
  expect(
    lines.filter(line => /^(reject|sandbox|admit) /.test(line)).map(line => line.split(/ +/).slice(0, 4)),
  ).toEqual([
    ['reject', 'DaemonSet/node-exporter', 'monitoring', '-'],
    ['sandbox', 'CronJob/build-images', 'ci', 'kata-qemu'],
    ['sandbox', 'Deployment/reports', 'shop', 'gvisor'],
    ['admit', 'Deployment/web', 'shop', '-'],
  ]);
  expect(out).toContain('1 object of other kinds passed over: 1 Service.');
  expect(err).toContain(
    'deploy/reports.yaml:7: warning: Deployment/reports: metadata.labels["cofferdam.dev/risk"]',
  );
  expect(err).toContain('helm template shop charts/shop | cofferdam review -');
});

it('names the file of the chart for what Helm has rendered', async () => {
  const stdin = `---
# Source: shop/templates/cart.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop-cart}
spec: {template: {spec: {hostNetwork: true, containers: [{name: cart, image: "registry.example.com/shop/cart:2.1.0"}]}}}
`;
  const { code, out } = await cofferdam(['review', '-'], { stdin });
  expect([code, out]).toEqual([
    1,
    expect.stringContaining('  charts/shop/templates/cart.yaml  hostNetwork  '),
  ]);
});
