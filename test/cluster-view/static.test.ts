import { describe, expect, it } from 'vitest';
import { readCluster } from '../../src/cluster/static.ts';
import type { Problem } from '../../src/source/document.ts';
import { readDocuments } from '../../src/source/yaml/yaml.ts';
import { namespace, node, runtimeClass } from '../support/objects.ts';
import { viewContract } from './contract.ts';

const read = (text: string) => readCluster(readDocuments(text, 'cluster.yaml').documents);
const listOf = (objects: readonly object[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
const multiOf = (objects: readonly object[]): string =>
  objects.map(object => JSON.stringify(object)).join('\n---\n');
const told = ({ problems }: { readonly problems: readonly Problem[] }): string[] =>
  problems.map(
    ({ severity, position, object, path, message }) =>
      `${severity} ${position.line} ${object ?? '-'} ${path}: ${message}`,
  );

viewContract('a List', objects => read(listOf(objects)).view);
viewContract('a stream of documents', objects => read(multiOf(objects)).view);

it('an object with more than is read of its kind is told', () => {
  const labels = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`l${i}`, '']));
  expect(
    told(read(multiOf([node('a', [], { labels: labels(513) }), namespace('shop', labels(251))]))),
  ).toEqual([
    'warning 1 Node/a metadata.labels: more than 512 labels: nothing of it is read, so no Pod counts as one that could run there',
    'warning 3 Namespace/shop metadata.labels: more than 250 labels: nothing of it is read, so every Pod there needs the most isolation there is',
  ]);
});

describe('what kubectl prints', () => {
  it('is read from YAML, with all the fields that are of no use', () => {
    const { view, problems } = read(`
apiVersion: v1
items:
- apiVersion: node.k8s.io/v1
  handler: kata-qemu
  kind: RuntimeClass
  metadata:
    creationTimestamp: "2026-10-01T10:00:00Z"
    labels:
      app.kubernetes.io/managed-by: kata-deploy
    name: kata-qemu
    resourceVersion: "812"
    uid: 0d1c5a3e-6f0e-4b1c-8c0c-0a4f5c1f4b1d
  overhead:
    podFixed:
      cpu: 250m
      memory: 320Mi
  scheduling:
    nodeSelector:
      katacontainers.io/kata-runtime: "true"
kind: List
metadata:
  resourceVersion: ""
`);
    expect(problems).toEqual([]);
    expect(view.builtin).toBe(false);
    expect(view.runtimeClasses()).toEqual([
      {
        name: 'kata-qemu',
        handler: 'kata-qemu',
        overhead: { cpu: '250m', memory: '320Mi' },
        nodeSelector: { 'katacontainers.io/kata-runtime': 'true' },
        tolerations: [],
      },
    ]);
  });

  it('may hold null for what is absent', () => {
    const { view, problems } = read(`
kind: RuntimeClass
metadata: {name: gvisor}
handler: runsc
overhead: null
scheduling: {nodeSelector: null, tolerations: null}`);
    expect(problems).toEqual([]);
    expect(view.runtimeClass('gvisor')?.tolerations).toEqual([]);
  });

  it('may hold a number for a quantity, as hand-written files do', () => {
    const text = 'kind: RuntimeClass\nmetadata: {name: k}\nhandler: k\noverhead: {podFixed: {cpu: 1}}';
    expect(read(text).view.runtimeClass('k')?.overhead).toEqual({ cpu: '1' });
  });
});

describe('documents without a kind of object', () => {
  it('say nothing about nodes without a Node', () => {
    const { view } = read(multiOf([runtimeClass('gvisor', 'runsc'), namespace('shop')]));
    expect(view.nodes()).toBeUndefined();
  });

  it('say nothing about namespaces without a Namespace: each is taken to exist with its name alone', () => {
    const { view } = read(multiOf([runtimeClass('gvisor', 'runsc'), node('a')]));
    expect(view.namespace('shop')).toEqual({
      name: 'shop',
      labels: { 'kubernetes.io/metadata.name': 'shop' },
      assumed: true,
    });
  });

  it('hold no classes without a RuntimeClass', () => {
    expect(read('').view.runtimeClasses()).toEqual([]);
  });
});

describe('objects of other kinds', () => {
  it('are passed over, with one warning for each kind', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };
    const other = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } };
    expect(told(read(multiOf([pod, other, runtimeClass('gvisor', 'runsc'), pod])))).toEqual([
      'warning 1 - kind: passed over 2 objects of kind Pod',
      'warning 3 - kind: passed over 1 object of kind Service',
    ]);
  });

  it('include those that have none', () => {
    expect(told(read('metadata: {name: a}\n---\n- 1\n---\nkind: 7\n'))).toEqual([
      'warning 1 - kind: passed over 3 objects without a kind',
    ]);
  });
});

describe('objects of the wrong shape', () => {
  it.each([
    [
      'a class without a name',
      'kind: RuntimeClass\nhandler: runsc',
      ['error 1 RuntimeClass metadata.name: found nothing, expected a string'],
    ],
    [
      'a class without a handler',
      'kind: RuntimeClass\nmetadata:\n  name: gvisor',
      ['error 1 RuntimeClass/gvisor handler: found nothing, expected a string'],
    ],
    [
      'a handler that is a number',
      'kind: RuntimeClass\nmetadata: {name: gvisor}\nhandler: 7',
      ['error 3 RuntimeClass/gvisor handler: found 7, expected a string'],
    ],
    [
      'an overhead that is a list',
      'kind: RuntimeClass\nmetadata: {name: gvisor}\nhandler: runsc\noverhead:\n  podFixed: [1]',
      ['error 5 RuntimeClass/gvisor overhead.podFixed: found a list, expected a map'],
    ],
    [
      'a nodeSelector with a boolean, the quotes forgotten',
      'kind: RuntimeClass\nmetadata: {name: k}\nhandler: k\nscheduling:\n  nodeSelector:\n    kata.io/runtime: true',
      ['error 6 RuntimeClass/k scheduling.nodeSelector["kata.io/runtime"]: found true, expected a string'],
    ],
    [
      'tolerations that are a map, and one with a wrong field',
      'kind: RuntimeClass\nmetadata: {name: k}\nhandler: k\nscheduling:\n  tolerations: {key: a}\n---\nkind: RuntimeClass\nmetadata: {name: l}\nhandler: l\nscheduling:\n  tolerations:\n    - {key: a, tolerationSeconds: "5"}',
      [
        'error 5 RuntimeClass/k scheduling.tolerations: found a map, expected a list',
        'error 12 RuntimeClass/l scheduling.tolerations[0].tolerationSeconds: found "5", expected a number',
      ],
    ],
    [
      'a node with a taint that has no key, and a flag that is no boolean',
      'kind: Node\nmetadata: {name: a}\nspec:\n  unschedulable: "yes"\n  taints:\n    - effect: NoSchedule',
      [
        'error 6 Node/a spec.taints[0].key: found nothing, expected a string',
        'error 4 Node/a spec.unschedulable: found "yes", expected true or false',
      ],
    ],
    [
      'a Node inside a List',
      'kind: List\nitems:\n- kind: Node\n  metadata:\n    name: a\n    labels: zone',
      ['error 6 Node/a metadata.labels: found "zone", expected a map'],
    ],
    [
      'a Namespace without a name',
      'kind: Namespace\nmetadata: {}',
      ['error 2 Namespace metadata.name: found nothing, expected a string'],
    ],
    [
      'two objects of one kind and name',
      'kind: Namespace\nmetadata: {name: a}\n---\nkind: Namespace\nmetadata: {name: a}',
      ['error 5 Namespace/a metadata.name: found a second object of this name, expected each once'],
    ],
  ])('%s', (_, text, messages) => {
    expect(told(read(text))).toEqual(messages);
  });

  it('are left out, and the others stay', () => {
    const { view } = read(multiOf([{ kind: 'RuntimeClass' }, runtimeClass('gvisor', 'runsc')]));
    expect(view.runtimeClasses().map(one => one.name)).toEqual(['gvisor']);
  });

  it('still count as known: a broken Node does not make its cluster one without nodes', () => {
    const { view } = read(multiOf([{ kind: 'Node' }, { kind: 'Namespace' }]));
    expect(view.nodes()?.having('runsc')).toEqual([]);
    expect(view.namespace('shop')).toBeUndefined();
  });
});
