import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { namespaceText, runtimeClassText } from '../support/manifests.ts';
import { writeFiles } from '../support/write-files.ts';
import { cofferdam } from './stranger.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function review(stdin: string, ...more: string[]) {
  const { code, out, err } = await cofferdam(['review', '-', '-o', 'json', ...more], { stdin });
  const { results, problems, summary } = JSON.parse(out);
  return { code, err, results, problems, summary };
}

const HEAD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n';
const SAFE = 'spec: {containers: [{name: c, image: i}]}\n';
const HOST = 'spec: {hostPID: true, containers: [{name: c, image: i}]}\n';

describe('a manifest with a key that is set twice', () => {
  it.each([
    ['admitted by its last value', HEAD + HOST + SAFE, 'admit', 0],
    ['rejected by its last value', HEAD + SAFE + HOST, 'reject', 1],
    [
      'the same in JSON',
      '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"},\n\n"spec": {"hostPID": true, "containers": []},\n"spec": {"containers": [{"name": "c", "image": "i"}]}}',
      'admit',
      0,
    ],
  ])('is %s, with a warning', async (_, text, verdict, expected) => {
    const { code, results, problems } = await review(text);
    expect(results).toMatchObject([{ verdict }]);
    expect(problems).toMatchObject([
      { severity: 'warning', source: '-', line: text.startsWith('{') ? 4 : 5 },
    ]);
    expect(code).toBe(expected);
  });

  it('names the line of the value that counts, of what is found too', async () => {
    const text = `${HEAD}spec:\n  hostPID: false\n  containers: [{name: c, image: i}]\n  hostPID: true\n`;
    const { results, err } = await review(text);
    expect(results[0].findings).toContainEqual(expect.objectContaining({ path: 'spec.hostPID', line: 7 }));
    expect(err).toContain(
      '-:7: warning: the key hostPID is set twice: this value counts, the last, as for kubectl, not the one in line 5\n',
    );
  });

  it('is told of once in a list', async () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n- {${HEAD.trim().replaceAll('\n', ', ')}, ${SAFE.trim()}}\n- {${HEAD.trim().replaceAll('\n', ', ')}, kind: Pod, ${SAFE.trim()}}\n`;
    const { results, problems } = await review(text);
    expect(results).toHaveLength(2);
    expect(problems).toHaveLength(1);
  });

  it('is no answer with --strict, in review and in explain', async () => {
    const cluster = join(folder, 'cluster.yaml');
    await writeFiles(folder, {
      'cluster.yaml': runtimeClassText('gvisor', 'runsc') + namespaceText('default'),
    });
    for (const command of ['review', 'explain']) {
      const run = (stdin: string) => cofferdam([command, '-', '--strict', '--cluster', cluster], { stdin });
      expect((await run(HEAD + SAFE)).code).toBe(0);
      const { code, err } = await run(HEAD + HOST + SAFE);
      expect(code).toBe(2);
      expect(err).toContain(
        command === 'review' ? '-:5: error: the key spec' : 'error: --strict: Pod/a stands',
      );
      expect(
        (await cofferdam([command, '-', '--cluster', cluster], { stdin: HEAD + HOST + SAFE })).code,
      ).toBe(0);
    }
  });

  it('is passed over without a word where it is none and nobody named it', async () => {
    await writeFiles(folder, { 'values.yaml': 'a: 1\na: 2\n', 'pod.yaml': HEAD + SAFE });
    const { code, out } = await cofferdam(['review', folder, '-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({ problems: [], summary: { unrelated: 1 } });
    expect(code).toBe(0);
  });

  it('does not hide by their number what cannot be read', async () => {
    const many = Array.from(
      { length: 100 },
      () => `${HEAD}${Array.from({ length: 19 }, (_, i) => `k${i}: 1\nk${i}: 2\n`).join('')}${SAFE}`,
    );
    const { code, problems } = await review([...many, `${HEAD}${HEAD}spec: {a: .inf}\n`].join('---\n'));
    expect(code).toBe(2);
    expect(problems.filter(({ severity }: { severity: string }) => severity === 'error')).toHaveLength(1);
  });

  it('is an error in a policy and in what describes a cluster', async () => {
    await writeFiles(folder, {
      'policy.yaml':
        'apiVersion: cofferdam.dev/v1alpha1\nkind: ClusterSandboxPolicy\nmetadata: {name: p}\nspec: {minimumIsolation: vm, minimumIsolation: host-kernel}\n',
      'cluster.yaml':
        'apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: gvisor}\nhandler: runc\nhandler: runsc\n',
    });
    for (const [option, file, line] of [
      ['--policy', 'policy.yaml', '4: error: the key minimumIsolation'],
      ['--cluster', 'cluster.yaml', '5: error: the key handler'],
    ] as const) {
      const { code, err } = await cofferdam(['review', '-', option, join(folder, file)], {
        stdin: HEAD + SAFE,
      });
      expect(code).toBe(2);
      expect(err).toContain(`${file}:${line} is set twice`);
    }
  });
});

const BASE = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web', 'cofferdam.dev/risk': 'medium' } },
      spec: {
        hostNetwork: true,
        volumes: [{ name: 'v', hostPath: { path: '/var/log' } }],
        containers: [
          {
            name: 'c',
            image: 'i',
            securityContext: { privileged: true, capabilities: { add: ['SYS_ADMIN'] } },
          },
        ],
      },
    },
  },
};

/** Words that might have stood in place of a value. */
const LOST = [
  'true',
  'null',
  '"x"',
  '{"hostPID": true, "privileged": true, "hostPath": {"path": "/"}}',
  '[{"name": "x"}]',
];

/** The value as JSON, where each entry may come behind one that is lost. */
function withLost(value: unknown, lost: (key: string) => string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(one => withLost(one, lost))}]`;
  return `{${Object.entries(value).map(([key, one]) => `${lost(key)}"${key}": ${withLost(one, lost)}`)}}`;
}

it.each(['', '---\n'])('has the answer of one without what is lost, whatever that is (%j)', async start => {
  const plain = await review(stringify(BASE));
  expect(plain.results[0].findings.length).toBeGreaterThan(3);
  const withoutPlace = (results: unknown): unknown =>
    JSON.parse(
      JSON.stringify(results, (key, value) => (key === 'line' || key === 'column' ? undefined : value)),
    );
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.option(fc.constantFrom(...LOST))), async stream => {
      let count = 0;
      const text = withLost(BASE, key => {
        const { value } = stream.next();
        if (value === null || value === undefined) return '';
        count++;
        return `"${key}": ${value}, `;
      });
      const { code, results, problems } = await review(start + text);
      expect([code, withoutPlace(results)]).toEqual([plain.code, withoutPlace(plain.results)]);
      expect(problems).toHaveLength(Math.min(count, 21));
    }),
    { numRuns: 30 },
  );
});
