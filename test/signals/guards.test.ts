import { Environment } from '@marcbachmann/cel-js';
import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/pod/kube.ts';
import { viewPod } from '../../src/pod/view.ts';
import { bindCel } from '../../src/policy/cel/bind.ts';
import { registerMatches } from '../../src/policy/cel/matches.ts';
import { WHOLE_POD } from '../../src/signals/guards.ts';
import { SIGNALS } from '../../src/signals/index.ts';
import { madeOnce } from '../../src/signals/made.ts';
import { BASELINE_VIOLATIONS, PASSING, RESTRICTED_VIOLATIONS } from '../fixtures/pods.ts';
import { CASES } from './cases/index.ts';

const guards = SIGNALS.flatMap(signal => ('guard' in signal ? [{ ...signal, guard: signal.guard }] : []));

/** Without the limits that rules have: the API server has its own, and guards stay far below them. */
const environment = registerMatches(
  new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false })
    .registerVariable('object', 'dyn')
    .registerVariable('variables', 'dyn'),
);

const MADE = Object.entries({
  ...madeOnce(WHOLE_POD.pod, WHOLE_POD.containers, WHOLE_POD.made),
}).map(([name, cel]) => ({ name, program: environment.parse(cel) }));

/** What the API server gives an admission policy: the Pod, and the variables that guards read. */
function bindings(pod: Pod) {
  const variables: Record<string, unknown> = {
    containers: [
      ...(pod.spec?.containers ?? []),
      ...(pod.spec?.initContainers ?? []),
      ...(pod.spec?.ephemeralContainers ?? []),
    ],
  };
  const object = { ...pod, metadata: pod.metadata ?? {}, spec: pod.spec ?? {} };
  const bound = bindCel({ object, variables });
  const known = bound.values.get('variables') as Map<string, unknown>;
  for (const { name, program } of MADE) known.set(name, program(bound.values as never));
  return bound;
}

const PODS = [...CASES, ...BASELINE_VIOLATIONS, ...RESTRICTED_VIOLATIONS, ...PASSING].map(({ pod }) => ({
  pod,
  view: viewPod(pod, 'default'),
  bound: bindings(pod),
}));

/** The API server has refused such a path before it evaluates a policy; CEL could not resolve it. */
const isRefused = (pod: Pod): boolean =>
  pod.spec?.volumes?.some(volume => volume.hostPath?.path?.split('/').includes('..')) ?? false;

describe('the guard of each signal', () => {
  it.each(guards)('is true on the same Pods as its inspection: $id', ({ guard, inspect }) => {
    const program = environment.parse(guard);
    const wrong = PODS.filter(({ pod }) => !isRefused(pod)).filter(
      ({ view, bound }) => program(bound.values as never) !== inspect(view).length > 0,
    );
    expect(wrong.map(({ pod }) => pod)).toEqual([]);
  });

  it.each(guards)('is not true on a path that it cannot resolve: $id', ({ guard }) => {
    const program = environment.parse(guard);
    const refused = PODS.filter(({ pod }) => isRefused(pod));
    expect(refused.map(({ bound }) => program(bound.values as never))).toEqual(refused.map(() => false));
  });
});
