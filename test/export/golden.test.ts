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

it('docker: JSON alone on standard output, what is to be said of it on standard error', async () => {
  const { out, err, code } = await cofferdam(['export', 'docker', ...choose(WITHOUT_DEVMAPPER)]);
  expect(code).toBe(0);
  await expect(out).toMatchFileSnapshot('../golden/export/all-docker.json');
  await expect(err).toMatchFileSnapshot('../golden/export/all-docker.notes.txt');
});
