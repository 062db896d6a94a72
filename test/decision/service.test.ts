import { expect, it } from 'vitest';
import type { Assessment, Contribution, Decision } from '../../src/decision/decision.ts';
import { asService } from '../../src/decision/service.ts';
import type { Finding } from '../../src/signals/signal.ts';

it('the decision on a service names its labels as its own, and what it has of the host as Compose files do', () => {
  const label = (on: 'pod' | 'namespace' | 'service'): Contribution => ({
    kind: 'label',
    id: 'risk',
    weight: 60,
    on,
  });
  const assessment = (...contributions: Contribution[]) => ({ contributions }) as unknown as Assessment;
  const finding = (signal: string): Finding => ({ signal, path: 'spec', value: true }) as Finding;
  const decision = {
    verdict: 'reject',
    governing: assessment(label('pod'), { kind: 'signal', id: 'hostPID', weight: 50 }),
    others: [assessment(label('namespace'), label('pod'))],
    findings: ['hostNetwork', 'hostPID', 'hostIPC', 'privileged'].map(finding),
  } as unknown as Decision;
  expect(asService(decision)).toEqual({
    verdict: 'reject',
    governing: assessment(label('service'), { kind: 'signal', id: 'hostPID', weight: 50 }),
    others: [assessment(label('namespace'), label('service'))],
    findings: [
      { ...finding('hostNetwork'), written: 'host' },
      { ...finding('hostPID'), written: 'host' },
      { ...finding('hostIPC'), written: 'host' },
      finding('privileged'),
    ],
    isService: true,
  });
});
