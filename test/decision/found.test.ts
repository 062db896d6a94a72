import { describe, expect, it } from 'vitest';
import { resourcesIn, signalsFound } from '../../src/decision/found.ts';
import { isPurpose } from '../../src/decision/purpose.ts';
import { isHygiene } from '../../src/decision/score.ts';
import type { Finding } from '../../src/signals/signal.ts';

const finding = (signal: string, more: Partial<Finding> = {}): Finding =>
  ({ signal, path: 'spec', ...more }) as Finding;

describe('a signal that is found', () => {
  it('is waived only where all of its findings are, in whatever order they come', () => {
    const [waived, other] = [finding('hostPort', { waivedBy: 'e' }), finding('hostPort')];
    const isWaived = (...findings: Finding[]) => signalsFound(findings).map(one => one.waived);
    expect(isWaived(waived, other)).toEqual([false]);
    expect(isWaived(other, waived)).toEqual([false]);
    expect(isWaived(waived, waived)).toEqual([true]);
  });

  it('stands once, with its category, behind those that were found before it', () => {
    const findings = [finding('privileged'), finding('privileged'), finding('hostPort')];
    expect(signalsFound(findings)).toEqual([
      { signal: 'privileged', category: 'breakout', waived: false },
      { signal: 'hostPort', category: 'exposure', waived: false },
    ]);
  });

  it('counts as a breakout where nobody knows it, and as no purpose', () => {
    expect(signalsFound([finding('none-such')])).toEqual([
      { signal: 'none-such', category: 'breakout', waived: false },
    ]);
    expect(isPurpose('none-such', { findings: [finding('none-such')] })).toBe(false);
  });
});

it('what counts as hygiene is a signal of it, and no rule or label that is called the same', () => {
  const of = (kind: 'signal' | 'rule' | 'label', id: string) => isHygiene({ kind, id, weight: 5 });
  expect([of('signal', 'runAsRoot'), of('rule', 'runAsRoot'), of('label', 'runAsRoot')]).toEqual([
    true,
    false,
    false,
  ]);
  expect([of('signal', 'privileged'), of('signal', 'none-such')]).toEqual([false, false]);
});

describe('the resources that a signal is about', () => {
  const findings = [
    finding('gpu', { value: 'nvidia.com/gpu' }),
    finding('hugepages', { value: 'hugepages-2Mi' }),
    finding('gpu', { value: 'amd.com/gpu' }),
    finding('gpu', { value: 'nvidia.com/gpu' }),
    finding('hostPath', { value: '/srv' }),
  ];

  it('are those of its own findings, each once', () => {
    expect(resourcesIn(findings, 'gpu')).toEqual(['nvidia.com/gpu', 'amd.com/gpu']);
  });

  it('are none where it is about something else', () => {
    expect(resourcesIn(findings, 'hostPath')).toEqual([]);
  });
});
