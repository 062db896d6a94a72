import { expect, it } from 'vitest';
import { cofferdam, type Ran } from './stranger.ts';

const IN = 'test/golden/inputs';

/** Everything that a terminal would show, and the exit code. */
const transcript = (argv: readonly string[], { out, err, code }: Ran): string =>
  [
    `$ cofferdam ${argv.join(' ')}`,
    out,
    ...(err ? ['--- standard error', err] : []),
    `--- exit code ${code}`,
    '',
  ].join('\n');

it.each<[string, readonly string[], Parameters<typeof cofferdam>[1]?]>([
  ['review', ['review', `${IN}/shop.yaml`]],
  ['review-namespace-mode', ['review', `${IN}/shop.yaml`, '--mode', 'namespace', '-n', 'shop']],
  ['review-strict', ['review', `${IN}/shop.yaml`, '--policy', 'strict']],
  ['review-cluster', ['review', `${IN}/shop.yaml`, '--cluster', `${IN}/cluster.yaml`]],
  ['review-broken', ['review', `${IN}/broken.yaml`]],
  ['review-hostile', ['review', `${IN}/hostile.yaml`]],
  [
    'review-80',
    ['review', `${IN}/fleet`, '--policy', `${IN}/fleet-policies.yaml`],
    { env: { COLUMNS: '80' } },
  ],
  ['review-only', ['review', `${IN}/fleet`, '--only', 'reject'], { env: { COLUMNS: '80' } }],
  [
    'review-baseline',
    ['review', `${IN}/fleet`, `${IN}/shop.yaml`, '--baseline', `${IN}/fleet-known.json`],
    { env: { COLUMNS: '80' } },
  ],
  ['explain-sandbox', ['explain', `${IN}/shop.yaml`, '--name', 'builder']],
  ['explain-reject', ['explain', `${IN}/shop.yaml`, '--name', 'daemonset/exporter']],
  ['explain-admit', ['explain', `${IN}/shop.yaml`, '--name', 'restricted']],
])('%s', async (name, argv, given = {}) => {
  const ran = await cofferdam(argv, given);
  // The one line that tells the time of the run.
  const out = ran.out.replace(/expires: \d{4}-\d\d-\d\dT00:00:00Z/, 'expires: <90 days from now>');
  await expect(transcript(argv, { ...ran, out })).toMatchFileSnapshot(`../golden/${name}.txt`);
});
