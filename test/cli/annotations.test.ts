import { expect, it } from 'vitest';
import { cofferdam } from './stranger.ts';

it('the one annotation that gVisor documents for authors is allowed, and no other with it', async () => {
  const { out, code } = await cofferdam(['review', '-o', 'json', 'test/fixtures/annotated.yaml']);
  const { results } = JSON.parse(out) as {
    results: { name: string; verdict: string; findings: { signal: string; path: string }[] }[];
  };
  const told = results.map(({ name, verdict, findings }) => [
    name,
    verdict,
    ...findings.filter(({ signal }) => signal === 'gvisorAnnotation').map(({ path }) => path),
  ]);
  expect(told).toEqual([
    ['watcher', 'admit'],
    ['opener', 'reject', 'metadata.annotations[dev.gvisor.flag.host-uds]'],
  ]);
  expect(code).toBe(1);
});
