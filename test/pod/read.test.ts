import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPod } from '../../src/pod/read.ts';
import { viewPod } from '../../src/pod/view.ts';
import { inspect } from '../../src/signals/index.ts';
import { CASES } from '../signals/cases/index.ts';

const containers = [{ name: 'a' }];

describe('readPod', () => {
  it.each<[string, unknown, string, string | undefined, string]>([
    ['null', null, '', 'null', 'a map'],
    ['a number', 3, '', 'a number', 'a map'],
    ['a list', [], '', 'an empty list', 'a map'],
    ['another kind', { kind: 'Node' }, 'kind', '"Node"', 'Pod'],
    ['a kind that is long', { kind: `\n${'x'.repeat(99)}` }, 'kind', `"\\n${'x'.repeat(56)}..."`, 'Pod'],
    ['a kind that is a number', { kind: 3 }, 'kind', 'a number', 'Pod'],
    ['nothing', undefined, '', undefined, 'a map'],
    ['no spec', { kind: 'Pod' }, 'spec', undefined, 'a value'],
    ['a null spec', { spec: null }, 'spec', 'null', 'a map'],
    ['no containers', { spec: {} }, 'spec.containers', undefined, 'a value'],
    [
      'empty containers',
      { spec: { containers: [] } },
      'spec.containers',
      'an empty list',
      'at least one element',
    ],
    ['a null container', { spec: { containers: [null] } }, 'spec.containers[0]', 'null', 'a map'],
    [
      'a container without a name',
      { spec: { containers: [{}] } },
      'spec.containers[0].name',
      undefined,
      'a value',
    ],
    [
      'a word for a boolean',
      { spec: { containers, hostPID: 'yes' } },
      'spec.hostPID',
      'a string',
      'true or false',
    ],
    [
      'a number for a label',
      { metadata: { labels: { 'a/b': 3 } }, spec: { containers } },
      'metadata.labels["a/b"]',
      'a number',
      'a string',
    ],
    [
      'a string for a volume source',
      { spec: { containers, volumes: [{ name: 'v', hostPath: '/' }] } },
      'spec.volumes[0].hostPath',
      'a string',
      'a map',
    ],
    [
      'a fraction for a uid',
      { spec: { containers: [{ name: 'a', securityContext: { runAsUser: 0.5 } }] } },
      'spec.containers[0].securityContext.runAsUser',
      'a number',
      'a whole number',
    ],
    [
      'a list for a port',
      { spec: { containers: [{ name: 'a', livenessProbe: { tcpSocket: { port: [1] } } }] } },
      'spec.containers[0].livenessProbe.tcpSocket.port',
      'a list',
      'a whole number or a string',
    ],
  ])('refuses %s', (_, value, path, found, expected) => {
    expect(readPod(value)).toEqual({ problem: { path, found, expected } });
  });

  it('never repeats a value: it may be a secret in the wrong place', () => {
    const answer = readPod({ spec: { containers: [{ name: 'a', command: 'hunter2' }] } });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });

  it('takes null for absent', () => {
    const pod = {
      metadata: null,
      spec: { containers, volumes: null, nodeName: null, securityContext: null },
    };
    expect(readPod(pod)).toEqual({ pod });
  });

  it.each(['labels', 'annotations', 'nodeSelector'])(
    'takes null among %s for the empty string, as Go decodes it',
    map => {
      const texts = { a: 'x', b: null, ['__proto__']: null };
      const pod = (values: object): unknown =>
        map === 'nodeSelector'
          ? { spec: { containers, nodeSelector: values } }
          : { metadata: { name: 'a', [map]: values }, spec: { containers } };
      const given = pod(texts);
      const read = readPod(given);
      expect(read).toEqual({ pod: pod({ a: 'x', b: '', ['__proto__']: '' }) });
      // The Pod as sent is not changed, as messages and patches refer to it.
      expect(given).toEqual(pod(texts));
    },
  );

  it('answers for any JSON, and what it accepts can be viewed and inspected', () => {
    // Keys that are looked at, so that the shapes reach deep.
    const key = fc.constantFrom(
      'spec',
      'containers',
      'name',
      'securityContext',
      'volumes',
      'hostPath',
      'metadata',
      'labels',
      '__proto__',
    );
    const json = fc.letrec(tie => ({
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom(null, true, 0, 'x', ''),
        fc.array(tie('node'), { maxLength: 2 }),
        fc.dictionary(key, tie('node'), { maxKeys: 4 }),
      ),
    })).node;
    const shaped = fc.record({
      spec: fc.record({
        containers: fc.array(fc.record({ name: fc.string(), securityContext: json }), { maxLength: 2 }),
        volumes: json,
        securityContext: json,
      }),
    });
    fc.assert(
      fc.property(fc.oneof(json, shaped), value => {
        const answer = readPod(value);
        if ('problem' in answer) expect(answer.problem.expected).toBeTypeOf('string');
        else expect(inspect(viewPod(answer.pod, 'default'))).toBeInstanceOf(Array);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a wrong type in any place that a signal reads, or it does no harm there', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2 }), value => {
        for (const { pod, keys } of PLACES) {
          const answer = readPod(replaced(pod, keys, value));
          const findings = 'problem' in answer ? [] : inspect(viewPod(answer.pod, 'default'));
          expect(findings.filter(finding => typeof finding.value === 'object')).toEqual([]);
        }
      }),
      { numRuns: 40, examples: [null, false, 5, 'x', [], {}, [null], ['x'], [{}]].map(value => [value]) },
    );
  });
});

interface Place {
  readonly pod: unknown;
  readonly keys: readonly string[];
}

const children = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

const below = (pod: unknown, value: unknown, keys: readonly string[] = []): Place[] => [
  { pod, keys },
  ...children(value).flatMap(([key, child]) => below(pod, child, [...keys, key])),
];

/** Every place in the Pods on which signals fire, each with one Pod that has it: among them is all that signals read. */
const PLACES: readonly Place[] = [
  ...new Map(
    CASES.filter(({ hits }) => hits.length > 0)
      .flatMap(({ pod }) => below(pod, pod))
      .map(place => [place.keys.join('\n'), place]),
  ).values(),
];

/** A copy with another value in one place; all else is shared. */
function replaced(node: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(node) ? [...node] : { ...(node as object) };
  const entries = copy as Record<string, unknown>;
  entries[key] = replaced(entries[key], rest, value);
  return copy;
}
