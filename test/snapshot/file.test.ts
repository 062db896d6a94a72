import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/kube/object.ts';
import { asCut, isCut } from '../../src/kube/object-text.ts';
import { SAVED_KINDS } from '../../src/snapshot/kinds.ts';
import { type ClusterSnapshot, readSnapshot } from '../../src/snapshot/read.ts';
import { savedObject, textAbove, textBelow, textOf, type Unread } from '../../src/snapshot/write.ts';
import { node, policy, runtimeClass, servedNamespace } from '../support/objects.ts';

const HEAD = { cofferdam: '1.2.3', context: 'test' };

function written(objects: readonly KubeObject[], unread: readonly Unread[] = []): string {
  const lines = objects.flatMap(object => {
    const kind = SAVED_KINDS.find(one => one.kind === object.kind);
    const saved = kind && savedObject(object, kind);
    return saved ? [saved] : [];
  });
  return textAbove(HEAD) + lines.map((one, i) => textOf(one, i === 0)).join('') + textBelow(unread);
}

function read(text: string): ClusterSnapshot {
  const snapshot = readSnapshot(Buffer.from(text));
  if ('problem' in snapshot) throw new Error(snapshot.problem);
  return snapshot;
}

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'shop', name: 'web', labels: { b: '2', a: '1' } },
  spec: { containers: [{ name: 'a', image: 'a:1', env: [{ name: 'TOKEN', value: 'secret' }] }] },
  status: { phase: 'Running' },
};

describe('a snapshot', () => {
  it('has a line an object, under a header of its own', () => {
    expect(written([POD, runtimeClass('gvisor', 'runsc')])).toBe(
      `{"apiVersion":"cofferdam.dev/v1alpha1","kind":"ClusterSnapshot","version":1,"cofferdam":"1.2.3","context":"test","items":[
{"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"shop","name":"web","labels":{"a":"1","b":"2"}},"spec":{"containers":[{"name":"a","image":"a:1","env":[{"name":"TOKEN"}]}]}},
{"apiVersion":"node.k8s.io/v1","kind":"RuntimeClass","handler":"runsc","metadata":{"name":"gvisor"}}
]}
`,
    );
  });

  it('is read as it was written', () => {
    const unread = [{ resource: 'mutating', status: 403, message: 'not for you' }] as const;
    const snapshot = read(written([POD, node('n', ['runsc']), servedNamespace('shop'), policy('p')], unread));
    expect(snapshot.head).toEqual(HEAD);
    expect(snapshot.unread).toEqual(unread);
    const counts = [...snapshot.objects].flatMap(([name, { length }]) =>
      length > 0 ? [[name, length]] : [],
    );
    expect(counts).toEqual([
      ['pods', 1],
      ['clusterPolicies', 1],
      ['nodes', 1],
      ['namespaces', 1],
    ]);
  });

  it('of nothing is one, too', () => {
    expect([...read(written([])).objects.values()].flat()).toEqual([]);
  });

  it('leaves out what has ended, owners of nothing, and webhooks and policies of others', () => {
    const ended = { ...POD, status: { phase: 'Failed' } };
    const others = [
      { kind: 'ReplicaSet', metadata: { name: 'a', namespace: 'b' } },
      { kind: 'MutatingWebhookConfiguration', metadata: { name: 'a' }, webhooks: [{ name: 'a.istio.io' }] },
      { kind: 'ValidatingAdmissionPolicy', metadata: { name: 'other' }, spec: {} },
      {
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: 'other' },
        spec: { policyName: 'other' },
      },
    ];
    expect(written([ended, ...others])).toBe(written([]));
  });

  it('says of an object with more than is read that it is one', () => {
    const cut = asCut({ kind: 'Namespace', metadata: { name: 'large' } });
    const [namespace] = read(written([cut])).objects.get('namespaces') ?? [];
    expect(isCut(namespace as object)).toBe(true);
    expect(namespace).toMatchObject({ metadata: { name: 'large' } });
  });

  it('has nothing in it that moves a terminal', () => {
    const hostile = { ...POD, metadata: { ...POD.metadata, labels: { a: '\u001b[2J\u202e' } } };
    expect(written([hostile])).toContain(String.raw`"a":"\u001b[2J\u202e"`);
  });
});

describe('what is read of a file that anybody has written', () => {
  const of = (...items: readonly string[]): string => `${textAbove(HEAD)}\n${items.join(',\n')}\n]}`;

  it.each([
    ['nothing', '', undefined, 'found no JSON'],
    ['YAML', 'kind: List\nitems: []\n', undefined, 'found no JSON'],
    ['a snapshot that is cut off', written([POD]).slice(0, -40), undefined, 'found no JSON'],
    ['another kind', '{"kind":"List","apiVersion":"v1","items":[]}', undefined, 'found kind "List"'],
    ['a list', '[]', undefined, 'found no JSON'],
    ['no items', textAbove(HEAD).replace(',"items":[', '}'), undefined, 'with its items'],
    ['another version', written([]).replace('"version":1', '"version":2'), undefined, 'found version 2'],
    ['an item that is none', of('{"kind":"Pod"', 'x}'), 2, 'found no object'],
    [
      'an item of another kind',
      of(JSON.stringify(POD), '{"kind":"Secret","metadata":{"name":"a"}}'),
      3,
      '"Secret"',
    ],
    ['an item without a name', of('{"kind":"Pod","apiVersion":"v1","metadata":{}}'), 2, 'with a name'],
    [
      'a kind of another group',
      of('{"kind":"Pod","apiVersion":"v2","metadata":{"name":"a"}}'),
      2,
      'found "Pod"',
    ],
  ])('%s is no snapshot, and it says why', (_, text, line, problem) => {
    const snapshot = readSnapshot(Buffer.from(text));
    expect(snapshot).toMatchObject({ problem: expect.stringContaining(problem) });
    expect('line' in snapshot ? snapshot.line : undefined).toBe(line);
  });

  it('takes no more of an object than a snapshot holds, and that in its form', () => {
    const deep = '['.repeat(2000) + ']'.repeat(2000);
    const webhook = { kind: 'MutatingWebhookConfiguration', apiVersion: 'admissionregistration.k8s.io/v1' };
    const snapshot = read(
      of(
        JSON.stringify({ ...POD, spec: { ...POD.spec, containers: { a: 1 }, nodeName: 'n' } }),
        JSON.stringify({ ...webhook, metadata: { name: 'a' }, webhooks: { name: 'x.cofferdam.dev' } }),
        `{"kind":"SandboxExemption","apiVersion":"cofferdam.dev/v1alpha1","metadata":{"name":"a"},"spec":{"match":${deep}}}`,
      ),
    );
    expect(snapshot.objects.get('pods')?.[0]?.spec).toEqual({});
    expect(snapshot.objects.get('mutating')?.[0]).not.toHaveProperty('webhooks');
    expect(JSON.stringify(snapshot.objects.get('exemptions')).length).toBeLessThan(500);
  });

  it('passes over what it says was not read where no such thing is', () => {
    const unread = [{ resource: 'secrets' }, 3, { resource: '__proto__' }];
    const text = written([]).replace(']}', `],"unread":${JSON.stringify(unread)}}`);
    expect(read(text).unread).toEqual([]);
  });
});
