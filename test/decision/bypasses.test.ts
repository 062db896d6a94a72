import { describe, expect, it } from 'vitest';
import { decide } from '../../src/decision/decide.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { viewOf } from '../support/cluster.ts';
import { node, runtimeClass } from '../support/objects.ts';
import { createOf, NOW, namespaceOf } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';

/** Ways around a decision that the Pod's own words could open. */
const view = viewOf(
  runtimeClass('gvisor', 'runsc', {
    overhead: { podFixed: { memory: '64Mi' } },
    scheduling: {
      nodeSelector: { sandbox: 'gvisor' },
      tolerations: [{ key: 'sandbox', operator: 'Exists' }],
    },
  }),
  node('sandboxes', ['runsc'], {
    labels: { sandbox: 'gvisor' },
    taints: [{ key: 'sandbox', effect: 'NoSchedule' }],
  }),
  node('others', ['runc']),
);

const decided = (spec: object, risk: string, onNamespace = {}) => {
  const metadata = { name: 'p', labels: { 'cofferdam.dev/risk': risk } };
  const pod = { metadata, spec: { containers: [{ name: 'app', image: 'nginx:1.27' }], ...spec } };
  const request = createOf(pod as unknown as Pod, { namespace: namespaceOf(onNamespace) });
  return decide(request, snapshotOf(), view, NOW);
};

it('bypass 9: a low risk on the Pod does not lower that of its namespace', () => {
  expect(decided({}, 'low', { 'cofferdam.dev/risk': 'medium' })).toMatchObject({
    verdict: 'sandbox',
    runtimeClass: 'gvisor',
  });
});

describe('bypass 14: hostNetwork is no way out of the sandbox', () => {
  it.each([
    ['by itself', {}],
    ['beside a class', { runtimeClassName: 'gvisor' }],
    [
      'beside a privileged container',
      { containers: [{ name: 'app', image: 'nginx:1.27', securityContext: { privileged: true } }] },
    ],
  ])('%s', (_, spec) => {
    expect(decided({ hostNetwork: true, ...spec }, 'medium').verdict).toBe('reject');
  });
});

describe('bypass 15: scheduling that the author sets does not lead out of the sandbox', () => {
  it.each<[string, object, string]>([
    ['overhead', { overhead: { memory: '1Ki' } }, 'sandbox'],
    ['tolerations', { tolerations: [{ operator: 'Exists' }] }, 'sandbox'],
    ['a node without sandboxes', { nodeName: 'others' }, 'sandbox'],
    ['a label of no sandbox node', { nodeSelector: { disk: 'ssd' } }, 'sandbox'],
    ['a label against that of the class', { nodeSelector: { sandbox: 'none' } }, 'reject'],
  ])('%s', (_, spec, verdict) => {
    const decision = decided(spec, 'medium');
    expect(decision).toMatchObject({ verdict, required: 'app-kernel' });
    expect(decision.runtimeClass).toBe(verdict === 'reject' ? undefined : 'gvisor');
  });
});
