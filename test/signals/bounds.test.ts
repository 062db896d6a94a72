import { Environment } from '@marcbachmann/cel-js';
import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/pod/kube.ts';
import { bindCel } from '../../src/policy/cel/bind.ts';
import { BOUNDS, type Bound, boundOn, excessOf } from '../../src/signals/bounds.ts';
import { filledTo, filledToAll } from '../support/bounds.ts';

/** The environment has the one function of Kubernetes' lists that the counts need. */
const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false })
  .registerVariable('object', 'dyn')
  .registerVariable('variables', 'dyn')
  .registerFunction('list.sum(): int', (list: readonly bigint[]) => list.reduce((a, b) => a + b, 0n));

/** The number that a bound counts in a Pod, here and in the guard. */
function counts({ count, countAt }: Bound, pod: Pod): readonly [number, number] {
  const { containers = [], initContainers, ephemeralContainers } = pod.spec ?? {};
  const all = [...(containers ?? []), ...(initContainers ?? []), ...(ephemeralContainers ?? [])];
  const { values } = bindCel({ object: pod, variables: { containers: all } });
  const cel = countAt({ pod: 'object', containers: 'variables.containers' });
  return [count(pod), Number(environment.parse(cel)(values as never))];
}

const BARE = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } } as unknown as Pod;

describe.each(BOUNDS)('the bound on $what', bound => {
  const { id, most, largest } = bound;

  it('is ten times what anybody was found to have, or more', () => {
    expect(most).toBeGreaterThanOrEqual(10 * largest);
  });

  it.each([1, 2, most])('counts %i, and in the guard as many', count => {
    expect(counts(bound, filledTo(id, count))).toEqual([count, count]);
  });

  it('counts a Pod without any', () => {
    const expected = id === 'containers' ? 1 : 0;
    expect(counts(bound, BARE)).toEqual([expected, expected]);
  });

  it('is passed by one more, not by as many', () => {
    expect(excessOf(filledTo(id, most), undefined)).toEqual([]);
    expect(excessOf(filledTo(id, most + 1), undefined)).toEqual([
      { bound: id, what: bound.what, count: most + 1, most },
    ]);
  });

  it('of an update is passed by what has grown alone', () => {
    const over = filledTo(id, most + 2);
    expect(excessOf(over, over)).toEqual([]);
    expect(excessOf(filledTo(id, most + 1), over)).toEqual([]);
    expect(excessOf(filledTo(id, most + 3), over)).toEqual([expect.objectContaining({ count: most + 3 })]);
    expect(excessOf(over, BARE)).toEqual([expect.objectContaining({ count: most + 2 })]);
  });
});

it('bounds count containers of every kind', () => {
  const more = { securityContext: { capabilities: { add: ['A', 'B'] } }, ports: [{ containerPort: 1 }] };
  const container = (name: string) => ({ name, ...more, volumeMounts: [{ name: 'v', mountPath: '/' }] });
  const spec = {
    containers: [container('a')],
    initContainers: [container('b')],
    ephemeralContainers: [container('c')],
  };
  const pod = { metadata: {}, spec } as unknown as Pod;
  const counted = BOUNDS.filter(({ count }) => count(pod) > 0).map(bound => [
    bound.id,
    ...counts(bound, pod),
  ]);
  expect(counted).toEqual([
    ['containers', 3, 3],
    ['capabilities', 6, 6],
    ['ports', 3, 3],
    ['volumeMounts', 3, 3],
  ]);
});

it('bounds count characters, not the halves that some of them are stored in', () => {
  const volumes = [{ name: 'v', hostPath: { path: '/💥' } }];
  const pod = { ...BARE, spec: { ...BARE.spec, volumes } } as Pod;
  expect(boundOn('hostPathCharacters').count(pod)).toBe(2);
});

it('bounds that loop stand after those that ask for a size, and loop over what one of these bounds', () => {
  const loops = ({ countAt }: Bound) => /[.](map|filter)[(]/.test(countAt({ pod: 'p', containers: 'cs' }));
  expect(BOUNDS.filter(loops)).toEqual(BOUNDS.filter(({ loopsOver }) => loopsOver));
  expect(BOUNDS.map(loops)).toEqual(BOUNDS.map(loops).toSorted((a, b) => Number(a) - Number(b)));
  for (const { loopsOver = '', countAt } of BOUNDS.filter(loops)) {
    const over = /^(?:size[(])?(.*?)[.](?:map|filter)[(]/.exec(countAt({ pod: 'p', containers: 'cs' }))?.[1];
    expect(`size(${over})`).toBe(boundOn(loopsOver).countAt({ pod: 'p', containers: 'cs' }));
  }
});

it('a bound that there is not is no bound that anything could be made with', () => {
  expect(() => boundOn('label')).toThrow('there is no bound on label');
});

it('a Pod may have as much as it may of everything at once', () => {
  const full = filledToAll();
  expect(BOUNDS.map(({ id, count }) => [id, count(full)])).toEqual(BOUNDS.map(({ id, most }) => [id, most]));
  expect(BOUNDS.map(bound => counts(bound, full)[1])).toEqual(BOUNDS.map(({ most }) => most));
  expect(excessOf(full, undefined)).toEqual([]);
});
