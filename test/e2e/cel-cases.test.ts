import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CASES, caseBinding, casePod, casePolicy, type NamedCase } from '../guard/support/cel-cases.ts';
import { dryRun, refusal } from './support/client.ts';
import { applyAll, remove } from './support/guarding.ts';
import { kubectl } from './support/kubectl.ts';
import { poll } from './support/poll.ts';
import { E2E_LABEL } from './support/settings.ts';

/** The table that the unit tests of the guard rest on, with the API server as the judge. */

const NAMESPACE = 'cofferdam-e2e-cases';
const REFUSED = CASES.filter(({ is }) => is === 'refused');
const TAKEN = CASES.filter(({ is }) => is !== 'refused');
/** This policy is created after the others, so all of them are in force where it denies. */
const LAST: NamedCase = {
  id: 'cofferdam-e2e-case-last',
  title: 'the last',
  is: 'fails',
  expression: 'false',
  says: 'failed expression: false',
};

const labelled = <T extends { readonly metadata: object }>(object: T): T => ({
  ...object,
  metadata: { ...object.metadata, labels: { [E2E_LABEL]: 'true' } },
});
const objects = (cases: readonly NamedCase[]): object[] =>
  cases.flatMap(one => [casePolicy(one, NAMESPACE), caseBinding(one.id)]).map(labelled);

/** The words with which the API server turns the case's Pod away; undefined where it takes it. */
async function denialOf({ id }: NamedCase): Promise<string | undefined> {
  const pod = casePod(id, NAMESPACE) as V1Pod;
  const told = await refusal(dryRun(pod).then(() => undefined)).catch((error: Error) => {
    if (error.message === 'the request was admitted') return undefined;
    throw error;
  });
  return told?.split(`'${id}' with binding '${id}' denied request: `).at(-1);
}

beforeAll(async () => {
  const labels = { [E2E_LABEL]: 'true' };
  await applyAll([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } }]);
  await applyAll(objects(TAKEN));
  await applyAll(objects([LAST]));
  await poll('the cases are in force', async () => ((await denialOf(LAST)) === LAST.says ? true : undefined));
});
afterAll(async () => {
  const names = [...TAKEN, LAST].map(({ id }) => id);
  await remove('validatingadmissionpolicybinding', ...names);
  await remove('validatingadmissionpolicy', ...names);
  await remove('namespace', NAMESPACE);
});

it.each(TAKEN)('$title', async one => {
  const told = await denialOf(one);
  if (one.is === 'holds' || one.is === 'unmatched') return expect(told).toBeUndefined();
  if (one.is === 'error') return expect(told).toMatch(/^expression '.*' resulted in error: /s);
  expect(told).toBe(one.says ?? `failed expression: ${one.expression}`);
});

describe('a policy that the API server does not take', () => {
  it.each(REFUSED)('$title', async one => {
    const { code, stderr } = await kubectl(
      ['create', '--dry-run=server', '-f', '-'],
      labelled(casePolicy(one, NAMESPACE)),
    );
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/is invalid: /) });
  });
});
