import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { sandboxProfileSchema } from '../../src/profiles/schema.ts';

const validate = new Ajv({ strictRequired: false }).compile(sandboxProfileSchema);
const document = (spec: object) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'SandboxProfile',
  metadata: { name: 'ours' },
  spec,
});
const word = { support: 'contained', reason: 'r', source: 's' };

describe('the schema of a SandboxProfile', () => {
  it.each([
    ['nothing but a parent', { extends: 'kata-qemu' }],
    ['a word', { signals: { hostPath: word } }],
    ['a word for a resource', { resources: { 'google.com/tpu': word } }],
    [
      'cases',
      { signals: { hostPath: { cases: [{ ...word, when: { privilegedWithoutHostDevices: true } }] } } },
    ],
    ['node settings', { handlers: ['kata'], node: { privilegedWithoutHostDevices: true } }],
  ])('takes %s', (_, spec) => {
    expect(validate(document(spec))).toBe(true);
  });

  it.each([
    ['an unknown field', { handler: 'kata' }],
    ['an unknown isolation', { isolation: 'strong' }],
    ['an unknown support', { signals: { hostPath: { ...word, support: 'fine' } } }],
    ['a word without a reason', { signals: { hostPath: { support: 'contained', source: 's' } } }],
    ['a word without a source', { signals: { hostPath: { support: 'contained', reason: 'r' } } }],
    ['a word and cases at once', { signals: { hostPath: { ...word, cases: [word] } } }],
    ['cases for a resource', { resources: { 'google.com/tpu': { cases: [word] } } }],
    ['no cases', { signals: { hostPath: { cases: [] } } }],
    [
      'a case without a reason',
      { signals: { hostPath: { cases: [{ support: 'contained', source: 's' }] } } },
    ],
    [
      'a case on an unknown setting',
      { signals: { hostPath: { cases: [{ ...word, when: { gpu: true } }] } } },
    ],
    ['the default handler, which no class can name', { handlers: [''] }],
    ['a handler that the API server would refuse', { handlers: ['Kata_QEMU'] }],
    ['a handler that is too long', { handlers: ['a'.repeat(64)] }],
    ['a node setting that is no boolean', { node: { privilegedWithoutHostDevices: 'yes' } }],
  ])('refuses %s', (_, spec) => {
    expect(validate(document(spec))).toBe(false);
  });

  it.each(['apiVersion', 'kind', 'metadata', 'spec'])('asks for %s', field => {
    const { [field as 'spec']: _, ...rest } = document({});
    expect(validate(rest)).toBe(false);
  });

  it('refuses a name that the API server would refuse', () => {
    expect(validate({ ...document({}), metadata: { name: 'Ours' } })).toBe(false);
  });

  it('describes every field, for the reference page and the CRD', () => {
    expect(undescribed(sandboxProfileSchema.properties as object, '')).toEqual([]);
  });
});

/** Paths of the properties without a description, `spec.signals` and its words included. */
function undescribed(properties: object, path: string): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const here = path ? `${path}.${name}` : name;
    const children = [schema, schema.items ?? {}, schema.additionalProperties || {}];
    return [
      ...(schema.description ? [] : [here]),
      ...children.flatMap(child => undescribed(child.properties ?? {}, here)),
    ];
  });
}
