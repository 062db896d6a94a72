import { describe, expect, it } from 'vitest';
import { edited, tidied } from '../../src/fix/edit.ts';
import { parsePath } from '../../src/input/path.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { viewPod } from '../../src/pod/view.ts';
import { inspect, SIGNALS } from '../../src/signals/index.ts';
import type { Mend } from '../../src/signals/mend.ts';
import { tweak } from '../fixtures/minimal.ts';
import { CASES } from './cases/index.ts';

/** The Pod without what was found of a signal. */
function mended(pod: Pod, id: string, mend: Mend): Pod {
  const view = viewPod(pod, 'default');
  const findings = inspect(view).filter(({ signal }) => signal === id);
  const edits = findings.flatMap(finding => mend(finding, view) ?? []);
  const inPod = edits.map(({ path, ...edit }) => ({ ...edit, keys: parsePath(path) }));
  return edited(pod, tidied(pod, inPod)) as Pod;
}

describe('what a program can mend', () => {
  const mends = new Map(SIGNALS.flatMap(({ id, mend }) => (mend ? [[id, mend] as const] : [])));
  const firing = CASES.filter(({ signal, hits }) => hits.length > 0 && mends.has(signal));

  it.each(firing)('is no longer found: $signal: $name', ({ signal, pod }) => {
    const mend = mends.get(signal) as Mend;
    const after = inspect(viewPod(mended(pod, signal, mend), 'default'));
    expect(after.filter(finding => finding.signal === signal)).toEqual([]);
  });

  it('is some of what bears on the host; the rest is for a person', () => {
    const byHand = SIGNALS.filter(({ category, mend }) => 'breakout exposure'.includes(category) && !mend);
    expect(byHand.map(({ id }) => id)).toEqual([
      'hostProcess',
      'hostPathDevice',
      'hostPath',
      'hostPathPublic',
    ]);
  });
});

it('an unprivileged container keeps no propagation that only a privileged one may have', () => {
  const pod = tweak(({ spec }) => {
    const [container] = spec.containers;
    Object.assign(container ?? {}, {
      securityContext: { privileged: true },
      volumeMounts: [{ name: 'a', mountPath: '/a', mountPropagation: 'Bidirectional' }],
    });
  });
  const { mend } = SIGNALS.find(({ id }) => id === 'privileged') ?? {};
  const [container] = mended(pod, 'privileged', mend as Mend).spec?.containers ?? [];
  expect(container).toMatchObject({ volumeMounts: [{ name: 'a', mountPath: '/a' }] });
  expect(container).not.toHaveProperty('securityContext');
  expect(JSON.stringify(container)).not.toContain('Bidirectional');
});

it('a HostProcess container, which an API server takes on the network of the host alone, stays there', () => {
  const pod = tweak(({ spec }) => {
    spec.hostNetwork = true;
    spec.securityContext = { windowsOptions: { hostProcess: true } };
  });
  const { mend } = SIGNALS.find(({ id }) => id === 'hostNetwork') ?? {};
  expect(mended(pod, 'hostNetwork', mend as Mend).spec).toHaveProperty('hostNetwork', true);
});
