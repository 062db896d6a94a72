import { describe, expect, it } from 'vitest';
import { judge } from '../../src/admission/judge.ts';
import { builtinView } from '../../src/cluster/builtin.ts';
import { decide } from '../../src/decision/decide.ts';
import type { Decision, DecisionRequest } from '../../src/decision/decision.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { depsWith, PODS, reviewOf } from '../admission/support.ts';
import { viewOf } from '../support/cluster.ts';
import { policy, runtimeClass } from '../support/objects.ts';
import { createOf, NOW, namespaceOf, updateOf } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';

/*
The table "What fails closed" of docs/decision.md, a test a line; each line of the code that says so has one here, or in
the test of the part that it belongs to: `test/cluster-view/live.test.ts` (a look-up that failed), `test/admission/live.test.ts`
and `test/guard`.
*/

const pod = (spec: object = {}, metadata: object = {}): Pod =>
  ({
    metadata: { name: 'p', ...metadata },
    spec: { containers: [{ name: 'a', image: 'a:1' }], ...spec },
  }) as unknown as Pod;
const judged = (request: DecisionRequest, objects: object[] = [], view = builtinView()): Decision =>
  decide(request, snapshotOf(objects), view, NOW);
const nowhere = { namespace: undefined };

describe('a namespace that cannot be looked up', () => {
  it('is taken for one that every namespaceSelector selects', () => {
    const selective = policy('own', { match: { namespaceSelector: { matchLabels: { tier: 'gold' } } } });
    const namesOf = ({ governing, others }: Decision) => [governing, ...others].map(one => one.policy).sort();
    expect(namesOf(judged(createOf(pod(), nowhere), [selective]))).toEqual(['balanced', 'own']);
    expect(namesOf(judged(createOf(pod()), [selective]))).toEqual(['balanced']);
  });

  it('is taken for one of the worst risk, which outweighs what the Pod says of itself', () => {
    const low = { labels: { 'cofferdam.dev/risk': 'low' } };
    expect(judged(createOf(pod({}, low), nowhere)).governing.contributions).toContainEqual({
      kind: 'label',
      id: 'cofferdam.dev/risk',
      weight: 90,
      on: 'namespace',
      note: 'unknown-namespace',
    });
  });

  it('is taken for one that asks for the strongest isolation', () => {
    const { verdict, required, governing } = judged(createOf(pod(), nowhere));
    expect([verdict, required]).toEqual(['reject', 'confidential-vm']);
    expect(governing.floors).toContainEqual({
      isolation: 'confidential-vm',
      because: 'namespace',
      id: 'unknown',
    });
  });

  it('is one that a cluster in a file does not list, where it lists any', () => {
    const listed = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } };
    const view = viewOf(listed, runtimeClass('gvisor', 'runsc'));
    const required = (namespaceName: string) =>
      judged(createOf(pod(), { namespaceName, namespace: view.namespace(namespaceName) }), [], view).required;
    expect([required('shop'), required('other')]).toEqual(['confidential-vm', 'host-kernel']);
  });

  it('is one with more labels than are read, whatever those that were say', () => {
    const labels = { 'cofferdam.dev/minimum-isolation': 'host-kernel', 'cofferdam.dev/risk': 'low' };
    const beyond = { ...namespaceOf(labels), beyond: 'more than 250 labels' };
    const unknown = judged(createOf(pod(), nowhere));
    expect(judged(createOf(pod(), { namespace: beyond }))).toEqual(unknown);
    expect(judged(updateOf(pod(), pod({ hostPID: true }), { namespace: beyond }))).toEqual(
      judged(updateOf(pod(), pod({ hostPID: true }), nowhere)),
    );
  });

  it('leads to a refusal at admission', () => {
    const deps = depsWith({ ...builtinView(), namespace: () => undefined });
    expect(judge(reviewOf(PODS.admit), 'mutate', 'enforce', deps).response.allowed).toBe(false);
  });
});

it.each(['', 'VM', 'vm ', 'none', 'constructor'])('the floor %j of a namespace is the strongest', word => {
  const namespace = namespaceOf({ 'cofferdam.dev/minimum-isolation': word });
  expect(judged(createOf(pod(), { namespace })).required).toBe('confidential-vm');
});

it.each(['pod', 'namespace'] as const)('a risk that nobody listed counts as the highest, on the %s', on => {
  const labels = { 'cofferdam.dev/risk': 'constructor' };
  const request =
    on === 'pod' ? createOf(pod({}, { labels })) : createOf(pod(), { namespace: namespaceOf(labels) });
  const { required, governing } = judged(request);
  expect(required).toBe('vm');
  expect(governing.contributions).toContainEqual(
    expect.objectContaining({ weight: 90, on, note: 'unknown-value' }),
  );
});

it('a rule that cannot be evaluated counts as matched', () => {
  const rule = { name: 'broken', expression: "object.metadata.annotations['no'] == 'x'", weight: 70 };
  const { required, governing } = judged(createOf(pod()), [policy('own', { scoring: { rules: [rule] } })]);
  expect([governing.policy, required]).toEqual(['own', 'vm']);
  expect(governing.contributions).toContainEqual({
    kind: 'rule',
    id: 'broken',
    weight: 70,
    value: expect.stringContaining('annotations'),
    note: 'rule-error',
  });
});

it('an update without the stored Pod is judged as if all of it were new', () => {
  const exposed = pod({ hostNetwork: true });
  expect(judged(updateOf(exposed, exposed)).verdict).toBe('admit');
  const { verdict, added, findings } = judged(updateOf(undefined, exposed));
  expect([verdict, added]).toEqual(['reject', findings]);
  const labelled = pod({}, { labels: { 'cofferdam.dev/risk': 'critical' } });
  expect(judged(updateOf(undefined, labelled)).required).toBe('vm');
});

it.each(['runsc-debug', 'kata-qemu-debug', 'kata-qemu-devkit', 'unheard-of', ''])(
  'the handler %j shares the host kernel',
  handler => {
    const view = viewOf(runtimeClass('gvisor', handler));
    const risky = pod({ runtimeClassName: 'gvisor' }, { labels: { 'cofferdam.dev/risk': 'high' } });
    const { verdict, placement } = judged(createOf(risky), [], view);
    expect(verdict).toBe('reject');
    expect(placement[0]).toMatchObject({ isolation: 'host-kernel', profile: 'host' });
  },
);

it.each([
  ['enforce', false],
  ['inject', true],
  ['warn', true],
] as const)('a Pod that cannot be understood is answered on /%s', (mode, allowed) => {
  const odd = { metadata: { name: 'p' }, spec: { containers: 'none' } };
  const { response } = judge(reviewOf(odd), 'validate', mode, depsWith());
  expect(response.allowed).toBe(allowed);
  if (allowed) expect(response.warnings).toHaveLength(1);
});
