import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtinView } from '../../src/cluster/builtin.ts';
import { decide } from '../../src/decision/decide.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { BUILTIN_POLICIES, builtinPolicy, isBuiltinPolicy } from '../../src/policy/builtin.ts';
import { compile } from '../../src/policy/load.ts';
import { readDocuments } from '../../src/source/yaml.ts';

interface Case {
  readonly name: string;
  readonly namespace?: { readonly labels: Record<string, string> };
  readonly pod: Pod;
  readonly expect: { verdict: string; runtimeClass?: string; required: string; score?: number };
}

const NOW = Date.parse('2026-06-01T00:00:00Z');

function casesOf(policy: string): readonly Case[] {
  const file = `policies/${policy}.tests.yaml`;
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  return readDocuments(text, file).documents[0]?.value as readonly Case[];
}

describe.each(BUILTIN_POLICIES)('built-in policy %s', name => {
  const { snapshot, problems } = compile(builtinPolicy(name), {
    builtin: builtinPolicy('balanced'),
    balanced: true,
    now: NOW,
  });

  it('compiles without a problem', () => {
    expect(problems).toEqual([]);
    expect(snapshot.policies.map(policy => policy.name)).toContain(name);
  });

  it.each(casesOf(name))('$name', ({ namespace, pod, expect: expected }) => {
    const decision = decide(
      {
        operation: 'CREATE',
        subresource: '',
        userInfo: { username: 'someone', groups: [] },
        pod,
        namespaceName: 'team',
        namespace: { name: 'team', labels: namespace?.labels ?? {} },
      },
      snapshot,
      builtinView(),
      NOW,
    );
    const { verdict, runtimeClass, required, governing } = decision;
    expect({
      verdict,
      ...(runtimeClass !== undefined && { runtimeClass }),
      required,
      ...(expected.score !== undefined && { score: governing.score }),
    }).toEqual(expected);
  });
});

it('knows a built-in policy by its exact name', () => {
  expect(['balanced', 'Balanced', 'toString'].map(isBuiltinPolicy)).toEqual([true, false, false]);
});
