import type { Decision } from '../decision/decision.ts';
import type { Mode } from '../pod/mode.ts';
import { rulesCounted } from '../report/words/rules.ts';
import { cut } from './cut.ts';
import type { Judgement, Path } from './judgement.ts';

/** Names are checked by the API server after admission: until then they may be of any length. */
const NAME_LIMIT = 253;
const PROBLEM_LIMIT = 500;

/** The fields of a decision's log line: codes and names, never a value of an environment variable or an annotation. */
export function logFields(
  { request, pod, decision, verdict, response, problem }: Judgement,
  path: Path,
  mode: Mode,
  durationMs: number,
): Readonly<Record<string, unknown>> {
  const owner = pod?.metadata?.ownerReferences?.find(reference => reference.controller);
  return {
    uid: cut(response.uid, NAME_LIMIT),
    path,
    mode,
    operation: request?.operation,
    subresource: request?.subResource ? cut(request.subResource, NAME_LIMIT) : undefined,
    kind: request && cut(request.kind.kind, NAME_LIMIT),
    namespace: request && cut(request.namespace, NAME_LIMIT),
    name: request && cut(request.name || pod?.metadata?.name || '', NAME_LIMIT),
    generateName: pod?.metadata?.generateName ? cut(pod.metadata.generateName, NAME_LIMIT) : undefined,
    owner: owner?.kind ? cut(owner.kind, NAME_LIMIT) : undefined,
    user: request && cut(request.userInfo.username, NAME_LIMIT),
    verdict,
    allowed: response.allowed,
    ...(decision && {
      outcome: decision.outcome,
      runtimeClass: decision.runtimeClass && cut(decision.runtimeClass, NAME_LIMIT),
      required: decision.required,
      score: decision.governing.score,
      policy: decision.governing.policy,
      signals: signalsOf(decision),
      ...rulesOf(decision),
      ...exemptionsOf(decision),
    }),
    problem: problem === undefined ? undefined : cut(problem, PROBLEM_LIMIT),
    durationMs: Math.round(durationMs * 1000) / 1000,
  };
}

/** Rules that counted, with their messages; left out where there are none. */
function rulesOf(decision: Decision): Readonly<Record<string, unknown>> {
  const rules = rulesCounted(decision).map(({ message, error, ...rule }) => ({
    ...rule,
    ...(message !== undefined && { message: cut(message, PROBLEM_LIMIT) }),
    ...(error !== undefined && { error: cut(error, PROBLEM_LIMIT) }),
  }));
  return rules.length > 0 ? { rules } : {};
}

/** Exemptions that applied, with their owners; left out where there are none. */
function exemptionsOf({ exemptions }: Decision): Readonly<Record<string, unknown>> {
  if (exemptions.length === 0) return {};
  return {
    exemptions: exemptions.map(({ name, owner, expires }) => ({
      name,
      owner: cut(owner, NAME_LIMIT),
      expires: new Date(expires).toISOString(),
    })),
  };
}

/** The signals that were found, each once; findings of one signal stand together. */
export function signalsOf({ findings }: Decision): readonly string[] {
  const signals: string[] = [];
  for (const { signal } of findings) if (signals.at(-1) !== signal) signals.push(signal);
  return signals;
}
