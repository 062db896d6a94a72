import { describe, expect, it } from 'vitest';
import { Atoms, assembled } from '../../src/decision/atoms.ts';
import { MAX_VALUES, MAX_WAIVED } from '../../src/policy/schema/exemption.ts';
import type { SandboxExemption } from '../../src/policy/types.gen.ts';

type Waived = SandboxExemption['spec']['waive'];

const draft = (waive: Waived, name = 'one', image = 'example.com/app'): SandboxExemption => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'SandboxExemption',
  metadata: { name },
  spec: {
    match: { namespaces: ['shop'], images: [image] },
    waive,
    owner: 'o',
    reason: 'r',
    expires: '2026-12-01T00:00:00Z',
  },
});
const told = (some: readonly SandboxExemption[]) =>
  some.map(({ metadata, spec }) => [metadata.name, spec.match.images, spec.waive]);

describe('what drafts ask to waive', () => {
  it('is told once, however many ask for it', () => {
    const known = new Atoms();
    expect(known.add([draft([{ signal: 'hostPID' }]), draft([{ signal: 'hostPID' }])])).toHaveLength(1);
    expect(known.add([draft([{ signal: 'hostPID' }], 'two')])).toEqual([]);
    expect(known.add([draft([{ signal: 'hostPID' }], 'two', 'example.com/other')])).toHaveLength(1);
    expect(known.add([draft([{ signal: 'hostPath', values: ['/a', '/b', '/a'] }])])).toHaveLength(2);
  });

  it('makes one exemption for each match, under the name of the first', () => {
    const atoms = new Atoms().add([
      draft([{ signal: 'hostPath', values: ['/a'] }]),
      draft([{ signal: 'hostPID' }], 'other', 'example.com/other'),
      draft([{ signal: 'hostPath', values: ['/b'] }, { signal: 'hostIPC' }], 'two'),
    ]);
    expect(told(assembled(atoms))).toEqual([
      ['one', ['example.com/app'], [{ signal: 'hostPath', values: ['/a', '/b'] }, { signal: 'hostIPC' }]],
      ['other', ['example.com/other'], [{ signal: 'hostPID' }]],
    ]);
    // This holds where nothing is left of the first, too.
    expect(assembled(atoms.slice(2)).map(({ metadata }) => metadata.name)).toEqual(['one']);
  });

  it('is waived as a whole where one asks for that', () => {
    const atoms = new Atoms().add([
      draft([{ signal: 'hostPath', values: ['/a'] }]),
      draft([{ signal: 'hostPath' }]),
    ]);
    expect(told(assembled(atoms))).toEqual([['one', ['example.com/app'], [{ signal: 'hostPath' }]]]);
  });

  it('makes entries of as many values as one may have, and exemptions of as many entries', () => {
    const values = Array.from({ length: MAX_VALUES * MAX_WAIVED + 1 }, (_, i) => `/srv/${i}`);
    const made = assembled(new Atoms().add([draft([{ signal: 'hostPath', values }])]));
    expect(made.map(({ spec }) => spec.waive.length)).toEqual([MAX_WAIVED, 1]);
    const entries = made.flatMap(({ spec }) => spec.waive);
    expect(new Set(entries.slice(0, -1).map(entry => entry.values?.length))).toEqual(new Set([MAX_VALUES]));
    expect(entries.flatMap(entry => entry.values)).toEqual(values);
  });
});
