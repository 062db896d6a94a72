import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { READERS } from '../../src/doctor/state.ts';
import { OWN_RESOURCES, RESOURCES, type ResourceName } from '../../src/kube/resources.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** The rules of the role there, which hold no template. */
function rules(): readonly Rule[] {
  const path = '../../charts/cofferdam/templates/tests/doctor.yaml';
  const text = readFileSync(new URL(path, import.meta.url), 'utf8');
  return (parse(/^rules:\n(?: +.*\n)+/m.exec(text)?.[0] ?? '') as { readonly rules: readonly Rule[] }).rules;
}

it('helm test may list what doctor lists without --preflight, and nothing else', () => {
  const may = rules().flatMap(({ apiGroups, resources, verbs }) => {
    expect([apiGroups.length, verbs]).toEqual([1, ['list']]);
    return resources.map(resource => [resource, ...apiGroups].filter(Boolean).join('.'));
  });
  const lists = [...(Object.keys(READERS) as ResourceName[]), ...OWN_RESOURCES, 'pods' as const];
  expect(may.toSorted()).toEqual([...new Set(lists.map(name => RESOURCES[name].name))].toSorted());
});
