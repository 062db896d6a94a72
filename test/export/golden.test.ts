import { expect, it } from 'vitest';
import { RUNTIMES, WITHOUT_DEVMAPPER } from '../../src/export/runtimes.ts';
import { cofferdam } from '../cli/stranger.ts';

const choose = (names: readonly string[]): string[] => names.flatMap(name => ['--runtime', name]);

// test/cluster runs gvisor-containerd-3.toml and gvisor-runsc.toml; check.sh reads the others with the real programs.
it.each([
  ['runtimeclasses.yaml', ['runtimeclasses', ...choose(RUNTIMES)]],
  ['gvisor-containerd-3.toml', ['containerd']],
  ['gvisor-runsc.toml', ['runsc']],
  ['crio-runsc.toml', ['runsc', '--crio']],
  ['all-containerd-3.toml', ['containerd', ...choose(RUNTIMES)]],
  ['all-containerd-2.toml', ['containerd', '--containerd-version', '2', ...choose(RUNTIMES)]],
  ['all-crio.toml', ['crio', ...choose(WITHOUT_DEVMAPPER)]],
])('%s', async (file, argv) => {
  const { out, err, code } = await cofferdam(['export', ...argv]);
  expect({ err, code }).toEqual({ err: '', code: 0 });
  await expect(out).toMatchFileSnapshot(`../golden/export/${file}`);
});

// JSON holds no comments: what is to be said goes to standard error.
it.each([
  ['gvisor-docker', []],
  ['all-docker', choose(WITHOUT_DEVMAPPER)],
])('%s.json', async (file, argv) => {
  const { out, err, code } = await cofferdam(['export', 'docker', ...argv]);
  expect(code).toBe(0);
  await expect(out).toMatchFileSnapshot(`../golden/export/${file}.json`);
  await expect(err).toMatchFileSnapshot(`../golden/export/${file}.notes.txt`);
});
