import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/kube/object.ts';
import { targetsOf, type Wanted } from '../../src/verify/targets.ts';
import { node, runtimeClass } from '../support/objects.ts';

const ALL: Wanted = { classes: [], nodes: [] };

const info = (object: object, nodeInfo: object) => {
  const { status, ...rest } = object as { status: object };
  return { ...rest, status: { ...status, nodeInfo } };
};
const linux = { operatingSystem: 'linux', kernelVersion: '6.1', bootID: 'A-B' };
const worker = (name: string, handlers: readonly string[], more = {}) =>
  info(node(name, handlers, more), linux);

const found = (classes: readonly object[], nodes: readonly object[], wanted = ALL) =>
  targetsOf(classes as readonly KubeObject[], nodes as readonly KubeObject[], wanted);
const pairs = (...given: Parameters<typeof found>) =>
  found(...given).targets.map(one => `${one.runtimeClass} on ${one.node}`);

const CLASSES = [runtimeClass('gvisor', 'runsc'), runtimeClass('kata', 'kata-qemu')];
const NODES = [worker('a', ['runc', 'runsc']), worker('b', ['runc', 'runsc', 'kata-qemu'])];

describe('what there is to verify', () => {
  it('is each class on each node that claims its handler, and the kernel of the node', () => {
    expect(pairs(CLASSES, NODES)).toEqual(['gvisor on a', 'gvisor on b', 'kata on b']);
    expect(found(CLASSES, NODES).targets[0]?.kernel).toEqual({
      name: 'node a',
      release: '6.1',
      bootId: 'a-b',
    });
  });

  it('can be narrowed', () => {
    expect(pairs(CLASSES, NODES, { classes: ['gvisor'], nodes: ['b'] })).toEqual(['gvisor on b']);
  });

  it('tells, where it is narrowed, where else those handlers are', () => {
    const again = [...CLASSES, runtimeClass('gvisor-too', 'runsc')];
    const leftOut = (wanted: Wanted) =>
      found(again, NODES, wanted).leftOut.map(({ handler, node }) => `${handler} on ${node}`);
    expect(leftOut(ALL)).toEqual([]);
    expect(leftOut({ classes: ['gvisor'], nodes: [] })).toEqual([]);
    expect(leftOut({ classes: ['gvisor'], nodes: ['b'] })).toEqual(['runsc on a']);
    expect(leftOut({ classes: [], nodes: ['b'] })).toEqual(['runsc on a']);
  });

  it('leaves out nodes that the class does not select', () => {
    const scheduling = { nodeSelector: { sandbox: 'yes' } };
    const nodes = [worker('a', ['runsc']), worker('b', ['runsc'], { labels: { sandbox: 'yes' } })];
    expect(pairs([runtimeClass('gvisor', 'runsc', { scheduling })], nodes)).toEqual(['gvisor on b']);
  });

  it('may be on any node that reports no handlers and that the class selects', () => {
    const scheduling = { nodeSelector: { sandbox: 'yes' } };
    const nodes = [worker('a', []), worker('b', [], { labels: { sandbox: 'yes' } }), worker('c', ['runc'])];
    expect(pairs([runtimeClass('gvisor', 'runsc', { scheduling })], nodes)).toEqual(['gvisor on b']);
    expect(pairs([runtimeClass('gvisor', 'runsc')], nodes)).toEqual(['gvisor on a', 'gvisor on b']);
  });

  it('names classes that no node claims', () => {
    expect(found(CLASSES, [worker('a', ['runsc'])]).nowhere).toEqual(['kata']);
  });

  it.each([
    ['a node that is not ready', worker('a', ['runsc'], { ready: false }), 'the node is not ready'],
    [
      'a Windows node',
      info(node('a', ['runsc']), { ...linux, operatingSystem: 'windows' }),
      'the node runs windows, not Linux',
    ],
    ['a cordoned node', worker('a', ['runsc'], { unschedulable: true }), undefined],
  ])('knows what stands in the way: %s', (_, one, obstacle) => {
    expect(found(CLASSES, [one]).targets[0]?.obstacle).toBe(obstacle);
  });
});
