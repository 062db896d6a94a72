import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileCel } from '../../src/policy/cel.ts';
import { blocks, examples } from '../cel/examples.ts';
import { OURS, REFUSED, TAKEN, UNLIKE } from '../cel/kubernetes.ts';
import { VARIABLES } from '../cel/rules.ts';
import { DEVIATIONS, SEMANTICS } from '../cel/semantics.ts';
import { semanticsPod } from '../cel/semantics-pod.ts';
import { type Asked, askAbout } from './support/cel-asked.ts';
import { refusalOf } from './support/client.ts';
import { applyAll, remove } from './support/guarding.ts';

const PATH = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';

/** What the API server says of a policy with the expression as a variable, as the guard has a rule; empty where it takes it. */
const refusal = (expression: string): Promise<string> =>
  refusalOf(PATH, {
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
  });

const isTaken = (expression: string): boolean => {
  const program = compileCel(expression, VARIABLES);
  return !('problem' in program) && program.foreign === undefined;
};
const takenExamples = examples.filter(([expression]) => isTaken(expression));
const taken = takenExamples.map(([expression]) => expression);

describe('the API server compiles', () => {
  it.each(taken)('what docs/cel.md has as an example: %s', async expression => {
    expect(await refusal(expression)).toBe('');
  });

  it.each(TAKEN)('what the loader takes: %s', async expression => {
    expect(await refusal(expression)).toBe('');
  });

  it.each(UNLIKE)('what the loader refuses, as it would be answered otherwise: %s', async expression => {
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

describe('the API server answers', () => {
  const NAMESPACE = 'cofferdam-e2e-cel-semantics';
  let asked: Asked;
  beforeAll(async () => {
    asked = await askAbout(
      NAMESPACE,
      [...SEMANTICS, ...DEVIATIONS].map(([expression]) => expression),
    );
  });
  afterAll(() => asked.remove());

  const answerTo = (expression: string): Promise<string> => {
    const { metadata, ...pod } = semanticsPod('semantics', NAMESPACE, '');
    const labels = { ...metadata.labels, ...asked.labelsFor(expression) };
    return asked.answer({ ...pod, metadata: { ...metadata, labels } } as V1Pod);
  };

  it.each(SEMANTICS)('what the engine answers: %s is %s', async (expression, answer) => {
    expect(await answerTo(expression)).toBe(String(answer));
  });

  it.each(DEVIATIONS)(
    'otherwise, where the documents say so: %s (%s in the engine) is %s',
    async (expression, _, answer) => {
      expect(await answerTo(expression)).toBe(String(answer));
    },
  );
});

/** The answers for a Pod that is stored, where the page has the Pod as written: no annotations that are null, and defaults. */
const STORED: ReadonlyMap<string, readonly string[]> = new Map([
  ['object.metadata.?annotations.orValue({}).size() == 0', ['true']],
  ['object.metadata.annotations == null', ['error']],
  ['has(object.metadata.annotations)', ['false']],
  ['has(object.spec.securityContext.sysctls)', ['false']],
  // Keys come in whatever order.
  ["object.metadata.map(k, k)[0] == 'name'", ['true', 'false']],
]);

describe('the API server answers to the examples of docs/cel.md', () => {
  const NAMESPACE = 'cofferdam-e2e-cel-examples';
  const PRIORITY = {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: NAMESPACE },
    value: 1000,
  };
  let asked: Asked;
  beforeAll(async () => {
    await applyAll([PRIORITY]);
    asked = await askAbout(NAMESPACE, taken);
  });
  afterAll(async () => {
    await asked.remove();
    await remove('priorityclass', NAMESPACE);
  });

  it.each(takenExamples)('%s is %s', async (expression, answer) => {
    const told = await asked.answer(examplePod(NAMESPACE, asked.labelsFor(expression)));
    expect(STORED.get(expression) ?? [answer]).toContain(told);
  });

  it('as the page says, but for what is known to be stored otherwise', () => {
    const answers = new Map(takenExamples);
    for (const [expression, told] of STORED) expect(told).not.toContain(answers.get(expression) ?? told[0]);
  });
});

/** The page's Pod as an API server takes it: with the class of its priority, and without annotations. */
function examplePod(namespace: string, labels: Readonly<Record<string, string>>): V1Pod {
  const [pod] = blocks('yaml').map(text => parse(text) as V1Pod);
  const { metadata, spec } = pod as V1Pod;
  const withPorts = (spec?.containers ?? []).map(({ ports, ...one }) => ({
    ...one,
    ...(ports && { ports: ports.map(port => ({ ...port, containerPort: 80 })) }),
  }));
  return {
    metadata: { name: metadata?.name as string, namespace, labels: { ...metadata?.labels, ...labels } },
    spec: { ...spec, priorityClassName: namespace, containers: withPorts },
  };
}
