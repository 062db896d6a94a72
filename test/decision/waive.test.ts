import { expect, it } from 'vitest';
import { waive } from '../../src/decision/waive.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { viewPod } from '../../src/pod/view.ts';
import { compileExemption } from '../../src/policy/exemption.ts';
import { inspect } from '../../src/signals/index.ts';
import { NOW } from '../support/request.ts';

const MANY = 1000;
const pod = viewPod({ metadata: {}, spec: { hostPID: true, containers: [] } } as unknown as Pod, 'n500');
const findings = inspect(pod);

/** One for each of as many namespaces, and one for the last two. */
function exemptions(many: number) {
  const asked: string[] = [];
  const list = Array.from({ length: many }, (_, i) => {
    const compiled = compileExemption({
      apiVersion: 'cofferdam.dev/v1alpha1',
      kind: 'SandboxExemption',
      metadata: { name: `e${i}` },
      spec: {
        match: { namespaces: [`n${i}`, `n${i + 1}`] },
        waive: [{ signal: 'hostPID' }],
        owner: 'o',
        reason: 'r',
        expires: '2099-01-01T00:00:00Z',
      },
    });
    return {
      ...compiled,
      covers: (of: typeof pod) => {
        asked.push(compiled.name);
        return compiled.covers(of);
      },
    };
  });
  return { list, asked };
}

it('asks of thousands of exemptions those that name the namespace, in their order', () => {
  const { list, asked } = exemptions(MANY);
  const waived = waive(findings, pod, list, NOW);
  expect(asked).toEqual(['e499', 'e500']);
  expect(waived.exemptions.map(({ name }) => name)).toEqual(['e499']);
  expect(waived.findings.map(({ signal, waivedBy }) => [signal, waivedBy])).toContainEqual([
    'hostPID',
    'e499',
  ]);
});

it('says the same as where all are asked', () => {
  const { list } = exemptions(MANY);
  const few = list.slice(490, 510);
  expect(waive(findings, pod, list, NOW)).toEqual(waive(findings, pod, few, NOW));
});
