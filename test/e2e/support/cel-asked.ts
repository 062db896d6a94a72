import type { V1Pod } from '@kubernetes/client-node';
import { dryRun, refusal } from './client.ts';
import { applyAll, remove } from './guarding.ts';
import { poll } from './poll.ts';
import { E2E_LABEL } from './settings.ts';

/*
The API server's answers to expressions, each of which is the text of a variable, as in the guard. One policy holds many, and a
Pod of a dry run selects one of them by its labels.
*/

const IN_ONE_POLICY = 60;
const PROBE = 'probe';
const own = { [E2E_LABEL]: 'true' };

export type Answer = 'true' | 'false' | 'error';

export interface Asked {
  /** The labels of the Pod that asks for an expression. */
  labelsFor(expression: string): Readonly<Record<string, string>>;
  answer(pod: V1Pod): Promise<Answer>;
  remove(): Promise<unknown>;
}

/** Puts them into force in a namespace with this name, which the policies have, too. */
export async function askAbout(name: string, expressions: readonly string[]): Promise<Asked> {
  const count = Math.ceil(expressions.length / IN_ONE_POLICY);
  const names = Array.from({ length: count }, (_, i) => `${name}-${i}`);
  const groups = names.map((_, i) => expressions.slice(i * IN_ONE_POLICY, (i + 1) * IN_ONE_POLICY));
  await applyAll([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: own } }]);
  await applyAll(
    groups.flatMap((group, i) => [policyOf(names[i] as string, name, group), bindingOf(names[i] as string)]),
  );
  const labelsFor = (expression: string) => {
    const at = expressions.indexOf(expression);
    return { group: names[Math.floor(at / IN_ONE_POLICY)] ?? '', case: String(at % IN_ONE_POLICY) };
  };
  await Promise.all(names.map(group => inForce(name, group)));
  return { labelsFor, answer, remove: () => removeAll(name, names) };
}

function policyOf(name: string, namespace: string, expressions: readonly string[]) {
  const asked = (label: string): string => `object.metadata.labels['case'] == '${label}'`;
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name, labels: own },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        objectSelector: { matchLabels: { group: name } },
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        ],
      },
      variables: expressions.map((expression, i) => ({ name: `rule${i}`, expression })),
      validations: [
        { expression: `!(${asked(PROBE)})`, message: 'in force' },
        ...expressions.map((_, i) => ({
          expression: `!(${asked(String(i))}) || (variables.rule${i} ? true : false)`,
          message: 'it is false',
        })),
      ],
    },
  };
}

const bindingOf = (name: string) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name, labels: own },
  spec: { policyName: name, validationActions: ['Deny'] },
});

/** The reason for which it denies the Pod; undefined where it accepts it. */
const denialOf = (pod: V1Pod): Promise<string | undefined> =>
  refusal(dryRun(pod).then(() => undefined)).catch((error: Error) => {
    if (error.message === 'the request was admitted') return undefined;
    throw error;
  });

const inForce = (namespace: string, group: string): Promise<unknown> =>
  poll(`${group} is in force`, async () => {
    const metadata = { name: PROBE, namespace, labels: { group, case: PROBE } };
    const told = await denialOf({ metadata, spec: { containers: [{ name: 'a', image: 'a' }] } });
    return told?.endsWith('in force') ? told : undefined;
  });

async function answer(pod: V1Pod): Promise<Answer> {
  const told = await denialOf(pod);
  if (told === undefined) return 'true';
  if (told.endsWith('denied request: it is false')) return 'false';
  if (told.includes(' resulted in error: ')) return 'error';
  throw new Error(told);
}

async function removeAll(name: string, names: readonly string[]): Promise<unknown> {
  await remove('validatingadmissionpolicybinding', ...names);
  await remove('validatingadmissionpolicy', ...names);
  return remove('namespace', name);
}
