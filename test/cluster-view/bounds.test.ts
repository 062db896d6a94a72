import { describe, expect, it } from 'vitest';
import { NAMESPACE_BOUNDS, NODE_BOUNDS } from '../../src/cluster/bounds.ts';
import { factsOf, namespaceFacts } from '../../src/cluster/facts.ts';
import { NodeIndex } from '../../src/cluster/node-index.ts';
import type { HandlerFacts, NodeFacts } from '../../src/cluster/view.ts';
import { builtinProfileTable } from '../../src/profiles/builtin.ts';
import { BOUNDS } from '../../src/signals/bounds.ts';
import { namespace } from '../support/objects.ts';

const most = (bounds: typeof NODE_BOUNDS, what: string): number =>
  bounds.find(one => one.what === what)?.most ?? 0;

describe('the bounds', () => {
  it('of a node have room for every handler that a built-in profile knows, twice', () => {
    const known = builtinProfileTable().all.flatMap(({ handlers }) => handlers);
    expect(known.length).toBeGreaterThan(50);
    expect(most(NODE_BOUNDS, 'runtime handlers')).toBeGreaterThan(2 * known.length);
  });

  it('of a namespace are those of a Pod', () => {
    expect(most(NAMESPACE_BOUNDS, 'labels')).toBe(BOUNDS.find(({ id }) => id === 'labels')?.most);
  });
});

describe('a namespace with fewer labels than it may have', () => {
  const factsOfLabels = (prefix: string) =>
    factsOf(
      namespace('shop', Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`${prefix}/l${i}`, 'x']))),
      namespaceFacts,
    );

  it('is not read where these are longer than any real ones', () => {
    expect(factsOfLabels('a'.repeat(200))).toMatchObject({
      labels: {},
      beyond: 'more than 16384 characters of labels',
    });
    expect(factsOfLabels('shop.example.com')).not.toHaveProperty('beyond');
  });
});

describe('the index of nodes', () => {
  const plain = { userNamespaces: false, recursiveReadOnlyMounts: false };
  const node = (handlers: readonly HandlerFacts[]): NodeFacts => ({
    name: 'a',
    labels: {},
    taints: [],
    ready: true,
    unschedulable: false,
    handlers,
  });

  it('looks at each handler of a node a few times, however many there are', () => {
    let looks = 0;
    const handlers = Array.from({ length: 2000 }, (_, i) => ({
      ...plain,
      get name() {
        looks++;
        return `h${i}`;
      },
    }));
    const index = new NodeIndex([node(handlers)]);
    index.put(node(handlers));
    // Two for each pair of them, before.
    expect(looks).toBeLessThan(20 * handlers.length);
  });

  it('forgets the name of a handler that no node has any more', () => {
    const index = new NodeIndex();
    for (let i = 0; i < 100; i++) index.put(node([{ name: `h${i}`, ...plain }]));
    expect(Array.from({ length: 100 }, (_, i) => index.handler(`h${i}`)).filter(one => one)).toHaveLength(1);
    index.remove('a');
    expect(index.handler('h99')).toBeUndefined();
  });

  it('believes a handler that is listed twice what it says in either place', () => {
    const index = new NodeIndex([
      node([
        { name: 'runsc', userNamespaces: true, recursiveReadOnlyMounts: false },
        { name: 'runsc', userNamespaces: false, recursiveReadOnlyMounts: true },
      ]),
    ]);
    const bits = index.none();
    index.handler('runsc')?.all.addTo(bits);
    const { userNamespaces, recursiveReadOnlyMounts } = index.handler('runsc')?.offering ?? {};
    expect([userNamespaces?.meets(bits), recursiveReadOnlyMounts?.meets(bits)]).toEqual([true, true]);
    index.put(node([]));
    expect(index.handler('runsc')).toBeUndefined();
  });
});
