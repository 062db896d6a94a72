import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src/log/logger.ts';
import { PODS, pod, reviewOf, startTestServer } from './support.ts';

/** DEL, a control sequence introducer of one character, a line separator, a text that turns around, one that is not seen. */
const UNSAFE = '\u007f\u009b2J\u2028\u202e\u200b\u{e0001}';
const SPELT = '\\u007f\\u009b2J\\u2028\\u202e\\u200b\\udb40\\udc01';

/** What the text could do to a terminal, but for ending the line. */
const unsafeIn = (text: string): readonly string[] => text.match(/[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--\n]/gv) ?? [];

describe('what could move the terminal of who reads the log is spelt out, wherever it stands', () => {
  it.each<[string, object]>([
    ['the name of a Pod', reviewOf(pod({ hostPID: true }, { name: UNSAFE }))],
    ['the beginning of one', reviewOf(pod({}, { name: undefined, generateName: UNSAFE }))],
    ['the kind of an owner', reviewOf(pod({}, { ownerReferences: [{ kind: UNSAFE, controller: true }] }))],
    ['a namespace', reviewOf(PODS.admit, { namespace: UNSAFE })],
    ['a user', reviewOf(PODS.admit, { userInfo: { username: UNSAFE } })],
    ['the uid of a review', reviewOf(PODS.admit, { uid: UNSAFE })],
    [
      'a kind, and what is wrong with it',
      reviewOf(PODS.admit, { kind: { group: '', version: UNSAFE, kind: 'Pod' } }),
    ],
  ])('%s', async (_, review) => {
    const lines: string[] = [];
    const server = await startTestServer({ log: createLogger('info', line => void lines.push(line)) });
    try {
      await server.post('/mutate/enforce', JSON.stringify(review));
      const [line = ''] = lines.filter(one => one.includes('"msg":"decision"'));
      expect(unsafeIn(line)).toEqual([]);
      expect(line).toContain(SPELT);
      expect(JSON.stringify(JSON.parse(line))).toContain(UNSAFE);
    } finally {
      await server.stop(0, 1000);
    }
  });

  it('also in what the audit log of the API server is given', async () => {
    const server = await startTestServer();
    try {
      const review = reviewOf(pod({}, { annotations: { [`io.katacontainers.${UNSAFE}`]: 'x' } }));
      const { response } = (await server.post('/mutate/warn', JSON.stringify(review))).body;
      expect(response.auditAnnotations?.findings).toContain('\\u009b');
      expect(unsafeIn(Object.values(response.auditAnnotations ?? {}).join(''))).toEqual([]);
    } finally {
      await server.stop(0, 1000);
    }
  });

  it('also in lines about anything else', () => {
    const lines: string[] = [];
    const log = createLogger('info', line => void lines.push(line));
    log.warn({ object: `ClusterSandboxPolicy/${UNSAFE}`, err: new Error(UNSAFE) }, UNSAFE);
    expect(unsafeIn(lines.join(''))).toEqual([]);
    expect(lines).toEqual([expect.stringMatching(/^\{.*\}\n$/)]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      object: `ClusterSandboxPolicy/${UNSAFE}`,
      msg: UNSAFE,
    });
  });
});
