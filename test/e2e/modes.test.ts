import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { apply } from './support/kubectl.ts';
import { HIGH_RISK, type PodTweak, pod, UNCONTAINABLE } from './support/pods.ts';
import { GVISOR_CLASS, LATE, MISSPELT, type Mode, namespaceOf } from './support/settings.ts';

/** The output of kubectl for a Pod there, and the outcome for the Pod. */
async function applied(namespace: string, tweak: PodTweak) {
  const { code, stdout, stderr } = await apply(
    pod('subject', { namespace, ...tweak }),
    '--dry-run=server',
    '-o',
    'json',
  );
  const stored = stdout === '' ? undefined : (JSON.parse(stdout) as V1Pod);
  const ours = Object.keys(stored?.metadata?.annotations ?? {}).filter(key =>
    key.startsWith('cofferdam.dev/'),
  );
  return { code, stderr, ours, runtimeClass: stored?.spec?.runtimeClassName };
}

const sandboxed: PodTweak = { labels: HIGH_RISK };
const uncontainable: PodTweak = { spec: UNCONTAINABLE };
const UNTOUCHED = { code: 0, ours: [], runtimeClass: undefined };

describe('mode audit', () => {
  it.each([
    ['needs a sandbox', sandboxed],
    ['no sandbox contains', uncontainable],
  ])('never changes a Pod that %s, and says nothing', async (_what, tweak) => {
    expect(await applied(namespaceOf('audit'), tweak)).toEqual({ ...UNTOUCHED, stderr: '' });
  });
});

describe('mode warn', () => {
  it.each([
    ['needs a sandbox', sandboxed, `would be given RuntimeClass "${GVISOR_CLASS}"`],
    ['no sandbox contains', uncontainable, 'would be rejected by policy "balanced": no sandbox can contain'],
  ])('never changes a Pod that %s, and warns', async (_what, tweak, warning) => {
    const { stderr, ...rest } = await applied(namespaceOf('warn'), tweak);
    expect(rest).toEqual(UNTOUCHED);
    expect(stderr).toContain(`Warning: Pod "subject" ${warning}`);
  });
});

describe('mode inject', () => {
  it('gives a class to a Pod that needs a sandbox', async () => {
    const { code, runtimeClass } = await applied(namespaceOf('inject'), sandboxed);
    expect({ code, runtimeClass }).toEqual({ code: 0, runtimeClass: GVISOR_CLASS });
  });

  it('never rejects: a Pod that no sandbox contains is admitted with a warning', async () => {
    const { stderr, ...rest } = await applied(namespaceOf('inject'), uncontainable);
    expect(rest).toEqual(UNTOUCHED);
    expect(stderr).toContain(
      'Warning: Pod "subject" would be rejected by policy "balanced": no sandbox can contain',
    );
  });
});

describe('mode enforce', () => {
  const refused = { code: 1, ours: [], runtimeClass: undefined };
  it('rejects what no sandbox contains', async () => {
    const { stderr, ...rest } = await applied(namespaceOf('enforce'), uncontainable);
    expect(rest).toEqual(refused);
    expect(stderr).toContain('denied the request: Pod "subject" rejected');
  });

  it('is what a mode that is none of the words means', async () => {
    const { stderr, ...rest } = await applied(MISSPELT, uncontainable);
    expect(rest).toEqual(refused);
    expect(stderr).toContain('denied the request: Pod "subject" rejected');
  });
});

describe('every mode', () => {
  it.each(['audit', 'warn', 'inject', 'enforce'] satisfies Mode[])(
    '%s leaves a harmless Pod as it is',
    async mode => {
      expect(await applied(namespaceOf(mode), {})).toEqual({ ...UNTOUCHED, stderr: '' });
    },
  );

  it('is opted into: a namespace without one is not looked at', async () => {
    expect(await applied(LATE, uncontainable)).toEqual({ ...UNTOUCHED, stderr: '' });
  });
});
