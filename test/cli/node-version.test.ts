import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { nodeProblem } from '../../src/cli/node-version.ts';

it.each(['24.0.0', '24.21.0', '100.1.0'])('Node %s will do', version => {
  expect(nodeProblem(version)).toBeUndefined();
});

it.each(['20.20.2', '22.19.0', '8.0.0'])('Node %s will not', version => {
  expect(nodeProblem(version)).toBe(
    `error: this is Node ${version}, and Node 24 or newer is needed\nIn the checkout, "npx --no-install cofferdam" and "npm start" bring it along. Elsewhere, put its node_modules/.bin first on PATH.\n`,
  );
});

it('agrees with package.json', () => {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
  expect(engines.node).toBe('>=24');
});
