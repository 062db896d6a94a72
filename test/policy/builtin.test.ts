import { describe, expect, it } from 'vitest';
import { BUILTIN_POLICIES, builtinPolicy, isBuiltinPolicy } from '../../src/policy/builtin.ts';
import { compile } from '../../src/policy/load.ts';
import { cofferdam } from '../cli/stranger.ts';

describe.each(BUILTIN_POLICIES)('built-in policy %s', name => {
  it('compiles without a problem', () => {
    const { snapshot, problems } = compile(builtinPolicy(name), {
      builtin: builtinPolicy('balanced'),
      balanced: true,
      now: Date.parse('2026-06-01T00:00:00Z'),
    });
    expect(problems).toEqual([]);
    expect(snapshot.policies.map(policy => policy.name)).toContain(name);
  });

  it('does what its cases say', async () => {
    const { code, out, err } = await cofferdam(['test', `policies/${name}.tests.yaml`, '--policy', name]);
    expect(err).toBe('');
    expect(out).toMatch(/^(\d+) cases: \1 passed, 0 failed\.$/m);
    expect(code).toBe(0);
  });
});

it('knows a built-in policy by its exact name', () => {
  expect(['balanced', 'Balanced', 'toString'].map(isBuiltinPolicy)).toEqual([true, false, false]);
});
