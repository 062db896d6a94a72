import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CRITICAL, PODS, pod, reviewOf, startTestServer, type TestServer } from './support.ts';

const HELP = 'Questions: #platform-security https://wiki.example/sandboxes';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ help: HELP });
});
afterAll(() => server?.stop(0, 1000));

const answerTo = async (path: string, body: unknown) =>
  (await server.post(path, JSON.stringify(body))).body.response;

describe("the installation's own words", () => {
  it.each([
    ['a Pod that nothing contains', reviewOf(PODS.reject)],
    ['a request that cannot be judged', reviewOf({ ...PODS.admit, spec: 7 })],
    ['a Pod that goes over a bound', reviewOf(pod({}, { annotations: manyAnnotations() }))],
  ])('end the refusal of %s', async (_what, review) => {
    const { allowed, status } = await answerTo('/mutate/enforce', review);
    expect(allowed).toBe(false);
    expect(status?.message.split('\n').at(-1)).toBe(HELP);
  });

  it('end the refusal of a Pod that lost its class', async () => {
    const { status } = await answerTo('/validate/enforce', reviewOf(pod({}, CRITICAL)));
    expect(status?.message.split('\n').at(-1)).toBe(HELP);
  });

  it('are said to nobody who is let in, or only warned', async () => {
    for (const [path, given] of [
      ['/mutate/enforce', PODS.admit],
      ['/mutate/warn', PODS.reject],
    ] as const) {
      expect(JSON.stringify(await answerTo(path, reviewOf(given)))).not.toContain('#platform');
    }
  });

  it('do not take the place of the reason and the fix', async () => {
    const { status } = await answerTo('/mutate/enforce', reviewOf(PODS.reject));
    expect(status?.message.split('\n')).toEqual([
      'Pod "web" rejected by policy "balanced": no sandbox can contain the host\'s PID namespace (spec.hostPID = true)',
      expect.stringMatching(/^Fix: Remove hostPID/),
      'If it has to be so, ask for a SandboxExemption in namespace "shop" that waives hostPID; "cofferdam explain FILE -n shop --exempt" drafts it.',
      HELP,
    ]);
  });
});

function manyAnnotations(): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 251 }, (_, i) => [`a${i}`, '']));
}
