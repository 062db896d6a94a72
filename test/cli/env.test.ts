import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { applyEnv, unknownEnv } from '../../src/cli/console/env.ts';
import { addServeOptions } from '../../src/cli/serve/options.ts';

const command = () => addServeOptions(new Command('serve'));

/** What the kubelet sets for the Services cofferdam, of two ports, and cofferdam-metrics. */
const SERVICE_LINKS = {
  COFFERDAM_SERVICE_HOST: '10.0.0.1',
  COFFERDAM_SERVICE_PORT: '443',
  COFFERDAM_SERVICE_PORT_WEBHOOK: '443',
  COFFERDAM_SERVICE_PORT_METRICS: '8080',
  COFFERDAM_PORT: 'tcp://10.0.0.1:443',
  COFFERDAM_PORT_443_TCP: 'tcp://10.0.0.1:443',
  COFFERDAM_PORT_443_TCP_PROTO: 'tcp',
  COFFERDAM_PORT_443_TCP_PORT: '443',
  COFFERDAM_PORT_443_TCP_ADDR: '10.0.0.1',
  COFFERDAM_PORT_53_UDP: 'udp://10.0.0.1:53',
  COFFERDAM_METRICS_SERVICE_HOST: '10.0.0.2',
  COFFERDAM_METRICS_PORT: 'tcp://10.0.0.2:8080',
};

it.each([
  ['COFFERDAM_PROT', '; did you mean COFFERDAM_PORT?'],
  ['COFFERDAM_TLS_CRT', '; did you mean COFFERDAM_TLS_CERT?'],
  ['COFFERDAM_LOGLEVEL', '; did you mean COFFERDAM_LOG_LEVEL?'],
  ['COFFERDAM_QUX', ''],
  ['COFFERDAM_', ''],
])('tells of %s', (name, hint) => {
  expect(unknownEnv(command(), { [name]: 'x', PATH: '/bin' })).toEqual([`${name} is no setting${hint}`]);
});

it('does not tell of options, nor of what is nobody else', () => {
  const env = { COFFERDAM_PORT: '1', COFFERDAM_NO_BALANCED: '', COFFERDAMS: '1', cofferdam_port: '1' };
  expect(unknownEnv(command(), env)).toEqual([]);
});

it('takes what Kubernetes sets for Services for no settings', () => {
  const options = command();
  expect(unknownEnv(options, SERVICE_LINKS)).toEqual([]);
  applyEnv(options, SERVICE_LINKS);
  expect(options.opts()).toEqual(command().opts());
});

it('is not set up by Services in the chart', async () => {
  for (const file of ['deployment.yaml', '_helpers.tpl']) {
    const text = await readFile(join('charts/cofferdam/templates', file), 'utf8');
    expect(text.split('enableServiceLinks: false')).toHaveLength(2);
  }
});

it('knows every variable that scripts, tests and the chart use: those of tests are called otherwise', async () => {
  const names = new Set<string>();
  for (const folder of ['charts', 'test/bench', 'test/cluster', 'test/e2e', 'test/scale', 'test/soak']) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
      for (const [name] of text.matchAll(/\b(TEST_)?COFFERDAM_[A-Z0-9_]+/g)) names.add(name);
    }
  }
  expect(names).toContain('TEST_COFFERDAM_E2E_MAIN');
  expect(unknownEnv(command(), Object.fromEntries([...names].map(name => [name, 'x'])))).toEqual([]);
});
