import { describe, expect, it } from 'vitest';
import { compileCel } from '../../src/policy/cel.ts';
import { examples } from '../cel/examples.ts';
import { OURS, REFUSED, TAKEN } from '../cel/kubernetes.ts';
import { VARIABLES } from '../cel/rules.ts';
import { kubectl } from './support/kubectl.ts';

const PATH = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';

/** What the API server says of a policy with the expression as a variable, as the guard has a rule; empty where it takes it. */
async function refusal(expression: string): Promise<string> {
  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'cofferdam-e2e-cel' },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        ],
      },
      variables: [{ name: 'rule', expression }],
      validations: [{ expression: 'variables.rule || true' }],
    },
  };
  const { code, stderr } = await kubectl(['create', '--raw', `${PATH}?dryRun=All`, '-f', '-'], policy);
  return code === 0 ? '' : stderr;
}

const isTaken = (expression: string): boolean => {
  const program = compileCel(expression, VARIABLES);
  return !('problem' in program) && program.foreign === undefined;
};
const taken = examples.map(([expression]) => expression).filter(isTaken);

describe('the API server compiles', () => {
  it.each(taken)('what docs/cel.md has as an example: %s', async expression => {
    expect(await refusal(expression)).toBe('');
  });

  it.each(TAKEN)('what the loader takes: %s', async expression => {
    expect(await refusal(expression)).toBe('');
  });

  it('most examples of docs/cel.md, since the loader takes those', () => {
    expect(taken.length).toBeGreaterThan(25);
  });
});

describe('the API server refuses', () => {
  it.each(REFUSED)('what the loader refuses: %s', async expression => {
    expect(await refusal(expression)).toMatch(/compilation failed|program instantiation failed/);
  });
});

it('some that the loader refuses for itself, an API server would take', async () => {
  const refused = await Promise.all(OURS.map(refusal));
  expect(refused.filter(text => text === '').length).toBeGreaterThan(0);
});
