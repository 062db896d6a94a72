import { describe, expect, it } from 'vitest';
import type { ClusterView } from '../../src/cluster/view.ts';
import { namespace, node, runtimeClass } from '../support/objects.ts';

/** Makes a view of a cluster that holds these objects. */
export type MakeView = (objects: readonly object[]) => ClusterView | Promise<ClusterView>;

/** What every view of a given cluster answers, wherever it has the objects from. */
export function viewContract(name: string, make: MakeView): void {
  describe(`${name}: RuntimeClasses`, () => {
    it('keep name, handler, overhead and scheduling', async () => {
      const tolerations = [
        { key: 'sandbox', operator: 'Equal', value: 'gvisor', effect: 'NoSchedule' },
        { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 },
      ];
      const view = await make([
        runtimeClass('gvisor', 'runsc', {
          overhead: { podFixed: { memory: '64Mi', 'tdx.intel.com/keys': '1' } },
          scheduling: { nodeSelector: { sandbox: 'gvisor' }, tolerations },
        }),
      ]);
      expect(view.runtimeClass('gvisor')).toEqual({
        name: 'gvisor',
        handler: 'runsc',
        overhead: { memory: '64Mi', 'tdx.intel.com/keys': '1' },
        nodeSelector: { sandbox: 'gvisor' },
        tolerations,
      });
    });

    it('have no overhead and no scheduling where none is given', async () => {
      const view = await make([runtimeClass('gvisor', 'runsc')]);
      expect(view.runtimeClass('gvisor')).toEqual({
        name: 'gvisor',
        handler: 'runsc',
        nodeSelector: {},
        tolerations: [],
      });
    });

    it('are all listed, and found by name alone, not by handler', async () => {
      const view = await make([runtimeClass('gvisor', 'runc'), runtimeClass('kata', 'kata-qemu')]);
      expect(view.runtimeClasses().map(one => [one.name, one.handler])).toEqual([
        ['gvisor', 'runc'],
        ['kata', 'kata-qemu'],
      ]);
      expect(view.runtimeClass('kata-qemu')).toBeUndefined();
      expect(view.runtimeClass('toString')).toBeUndefined();
    });
  });

  describe(`${name}: nodes`, () => {
    const namesFor = (view: ClusterView, handler: string) =>
      view
        .nodes()
        ?.having(handler)
        .map(found => found.name)
        .sort();
    const sandboxed = runtimeClass('gvisor', 'runsc', {
      scheduling: { nodeSelector: { sandbox: 'gvisor' } },
    });

    it('have the handlers that their status lists', async () => {
      const view = await make([
        node('a', [{ name: '' }, { name: 'runc' }, { name: 'runsc' }]),
        node('b', [{ name: '' }, { name: 'runc' }]),
      ]);
      expect(namesFor(view, 'runsc')).toEqual(['a']);
      expect(namesFor(view, 'runc')).toEqual(['a', 'b']);
      expect(namesFor(view, '')).toEqual(['a', 'b']);
      expect(namesFor(view, 'kata')).toEqual([]);
    });

    it('have, where they list none, the handlers of the classes that select them', async () => {
      const view = await make([
        sandboxed,
        node('a', undefined, { labels: { sandbox: 'gvisor' } }),
        node('b', []),
      ]);
      expect(namesFor(view, 'runsc')).toEqual(['a']);
      expect(
        view
          .nodes()
          ?.having('runsc')
          .map(found => found.handlers),
      ).toEqual([undefined]);
    });

    it('are believed in what they list over what a class selects', async () => {
      const view = await make([sandboxed, node('a', [{ name: 'runc' }], { labels: { sandbox: 'gvisor' } })]);
      expect(namesFor(view, 'runsc')).toEqual([]);
    });

    it('must match the whole nodeSelector of a class', async () => {
      const both = { scheduling: { nodeSelector: { sandbox: 'gvisor', zone: 'a' } } };
      const view = await make([
        runtimeClass('gvisor', 'runsc', both),
        node('a', undefined, { labels: { sandbox: 'gvisor', zone: 'a' } }),
        node('b', undefined, { labels: { sandbox: 'gvisor' } }),
      ]);
      expect(namesFor(view, 'runsc')).toEqual(['a']);
    });

    it('are not found through a class that selects all nodes: it says nothing about where its handler is', async () => {
      const view = await make([runtimeClass('gvisor', 'runsc'), node('a')]);
      expect(namesFor(view, 'runsc')).toEqual([]);
    });

    it('are found once through several classes of one handler', async () => {
      const view = await make([
        sandboxed,
        { ...sandboxed, metadata: { name: 'gvisor-large' } },
        node('a', undefined, { labels: { sandbox: 'gvisor' } }),
      ]);
      expect(namesFor(view, 'runsc')).toEqual(['a']);
    });

    it('keep labels, taints, readiness and the features of handlers', async () => {
      const taints = [
        { key: 'sandbox', value: 'gvisor', effect: 'NoSchedule' },
        { key: 'k', effect: 'NoExecute' },
      ];
      const features = { userNamespaces: true, recursiveReadOnlyMounts: false };
      const view = await make([
        {
          ...node('a', [{ name: 'runsc', features }, { name: 'runc' }, {}], { labels: { zone: 'a' } }),
          spec: { taints, unschedulable: true },
        },
      ]);
      const plain = { userNamespaces: false, recursiveReadOnlyMounts: false };
      expect(view.nodes()?.having('runsc')).toEqual([
        {
          name: 'a',
          labels: { zone: 'a' },
          taints,
          ready: true,
          unschedulable: true,
          handlers: [
            { name: 'runsc', ...features },
            { name: 'runc', ...plain },
            { name: '', ...plain },
          ],
        },
      ]);
    });

    it.each([
      ['True', true],
      ['False', false],
      ['Unknown', false],
    ])('are ready by their condition alone: %s', async (status, ready) => {
      const conditions = [
        { type: 'DiskPressure', status: 'True' },
        { type: 'Ready', status },
      ];
      const one = node('a', [{ name: 'runsc' }]);
      const view = await make([{ ...one, status: { ...one.status, conditions } }]);
      expect(
        view
          .nodes()
          ?.having('runsc')
          .map(found => found.ready),
      ).toEqual([ready]);
    });

    it('are not ready before they have said so', async () => {
      const view = await make([{ ...node('a'), status: { runtimeHandlers: [{ name: 'runsc' }] } }]);
      expect(
        view
          .nodes()
          ?.having('runsc')
          .map(found => found.ready),
      ).toEqual([false]);
    });
  });

  describe(`${name}: of a node with more than is read of one`, () => {
    const many = (count: number, make: (i: number) => object) =>
      Array.from({ length: count }, (_, i) => make(i));
    const labels = Object.fromEntries(Array.from({ length: 513 }, (_, i) => [`l${i}`, '']));
    const listed = node('a', [{ name: 'runsc' }], { labels: { sandbox: 'gvisor' } });
    it.each<[string, object]>([
      ['labels', node('a', [{ name: 'runsc' }], { labels: labels })],
      ['handlers', node('a', [{ name: 'runsc' }, ...many(160, i => ({ name: `h${i}` }))])],
      ['taints', { ...listed, spec: { taints: many(65, i => ({ key: `k${i}`, effect: 'NoSchedule' })) } }],
      [
        'conditions',
        {
          ...listed,
          status: {
            ...listed.status,
            conditions: [...listed.status.conditions, ...many(256, i => ({ type: `t${i}` }))],
          },
        },
      ],
    ])('nothing is known, so it fits no Pod: %s', async (_, one) => {
      const selected = runtimeClass('gvisor', 'runsc', {
        scheduling: { nodeSelector: { sandbox: 'gvisor' } },
      });
      const view = await make([selected, one, node('b', [{ name: 'runc' }])]);
      const nodes = view.nodes();
      const ready = nodes?.none() ?? [];
      nodes?.ready.addTo(ready as never);
      expect(nodes?.having('runsc')).toEqual([]);
      expect(nodes?.labels.get('l0')).toBeUndefined();
      expect(nodes?.having('runc').map(found => found.name)).toEqual(['b']);
      const a = nodes?.fields.get('metadata.name')?.values.get('a');
      expect(a?.meets(ready as never)).toBe(false);
    });

    it('handlers of names that no class can name are left out, and the node is one that reports', async () => {
      const selected = runtimeClass('gvisor', 'runsc', {
        scheduling: { nodeSelector: { sandbox: 'gvisor' } },
      });
      const view = await make([
        selected,
        node('a', [{ name: 'x'.repeat(64) }], { labels: { sandbox: 'gvisor' } }),
      ]);
      expect(view.nodes()?.having('x'.repeat(64))).toEqual([]);
      expect(view.nodes()?.having('runsc')).toEqual([]);
    });
  });

  describe(`${name}: namespaces`, () => {
    it('with more labels than are read of one say so, and keep the label by which the API server asks', async () => {
      const labels = (count: number) =>
        Object.fromEntries(Array.from({ length: count }, (_, i) => [`l${i}`, '']));
      const mode = { 'cofferdam.dev/mode': 'warn', 'cofferdam.dev/minimum-isolation': 'vm' };
      const view = await make([
        namespace('shop', { ...labels(251), ...mode }),
        namespace('bare', labels(251)),
        namespace('other', labels(250)),
      ]);
      const beyond = 'more than 250 labels';
      expect(view.namespace('shop')).toEqual({
        name: 'shop',
        labels: { 'cofferdam.dev/mode': 'warn' },
        beyond,
      });
      expect(view.namespace('bare')).toEqual({ name: 'bare', labels: {}, beyond });
      expect(Object.keys(view.namespace('other')?.labels ?? {})).toHaveLength(250);
    });

    it('keep their labels', async () => {
      const view = await make([namespace('shop', { 'cofferdam.dev/mode': 'enforce' })]);
      expect(view.namespace('shop')).toEqual({ name: 'shop', labels: { 'cofferdam.dev/mode': 'enforce' } });
    });

    it('are unknown where others are known and they are not', async () => {
      const view = await make([namespace('shop')]);
      expect(view.namespace('other')).toBeUndefined();
      expect(view.namespace('constructor')).toBeUndefined();
    });
  });

  describe(`${name}: what it answers`, () => {
    it('cannot be changed by who asks', async () => {
      const view = await make([
        runtimeClass('gvisor', 'runsc', { overhead: { podFixed: { cpu: '1' } } }),
        node('a', [{ name: 'runsc' }], { labels: { zone: 'a' } }),
        namespace('shop', { a: 'b' }),
      ]);
      const found = view.nodes()?.having('runsc');
      const answers = [
        ...[view, view.runtimeClasses(), view.runtimeClass('gvisor'), view.runtimeClass('gvisor')?.overhead],
        ...[found, view.nodes()?.having('nobody'), found?.[0], found?.[0]?.labels, found?.[0]?.handlers],
        ...[view.namespace('shop'), view.namespace('shop')?.labels],
      ];
      expect(answers.map(answer => answer !== undefined && Object.isFrozen(answer))).toEqual(
        answers.map(() => true),
      );
    });
  });
}
