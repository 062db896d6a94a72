import type { Decision } from '../decision/decision.ts';
import { signalById } from '../signals/index.ts';
import type { Finding } from '../signals/signal.ts';
import type { Problem } from '../source/document.ts';
import type { Assumptions } from './assumed.ts';
import { clusterJson } from './cluster/json.ts';
import { isExempt } from './exempt.ts';
import { resultNotes, scopeNotes } from './notes.ts';
import { objectionSentence } from './objection.ts';
import { countOf, passedOver } from './passed-over.ts';
import { type Review, type Reviewed, tally, tenseOf } from './result.ts';
import { rulesCounted } from './rules.ts';
import { noteLines, reasonLines } from './sentences.ts';
import { shorten } from './text.ts';
import { withoutPlace } from './words.ts';

/** `-o json`, as docs/schema/review.schema.json has it. Fields are added, never changed, within a version. */
export function json(review: Review): string {
  const { version, results, skipped, unrelated, excluded, problems, assumed, cluster } = review;
  const outside = results.filter(({ outOfScope }) => outOfScope).length;
  const exempt = results.filter(isExempt).length;
  const document = {
    version,
    summary: {
      ...tally(results),
      ...(outside > 0 && { outOfScope: outside }),
      ...(exempt > 0 && { exempt }),
      skipped: countOf(skipped),
      unrelated,
      excluded,
    },
    passedOver: passedOver(skipped),
    results: results.map(resultOf),
    problems: problems.map(problemOf),
    ...(assumed && { assumed: assumedOf(assumed) }),
    ...(cluster && { cluster: clusterJson(review, cluster) }),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** What was taken for granted. */
export const assumedOf = ({ classes, nodes, namespaces, decisive }: Assumptions): object => ({
  classes,
  nodes,
  namespaces: namespaces.map(cut),
  ...(decisive && { decisive: decisive.map(cut) }),
});

/** Longer than any name or path that Kubernetes takes: a text of 50 MB would be repeated with each finding. */
const LONGEST = 4096;
const cut = (text: string): string => shorten(text, LONGEST);

/** One object of a review. */
export function resultOf(result: Reviewed): Record<string, unknown> {
  const { decision, source } = result;
  const rules = rulesCounted(decision);
  return {
    source: source.file,
    line: source.line ?? null,
    apiVersion: cut(result.apiVersion),
    kind: cut(result.kind),
    namespace: cut(result.namespace),
    name: cut(result.name),
    ...(result.owner && { owner: result.owner }),
    ...(result.isFragment && { fragment: true }),
    ...(result.outOfScope && { outOfScope: true }),
    ...(result.injected && { injected: injectedOf(result.injected) }),
    ...(result.nodes && { nodes: result.nodes }),
    verdict: decision.verdict,
    runtimeClass: decision.runtimeClass ?? null,
    isolation: decision.isolation ?? null,
    required: decision.required,
    score: decision.governing.score,
    findings: decision.findings.map(finding => findingOf(finding, result)),
    reasons: reasonLines(decision, withoutPlace, tenseOf(result)),
    warnings: [...scopeNotes(result), ...resultNotes(result), ...noteLines(decision)],
    placement: placementOf(decision),
    ...(decision.excess && {
      excess: decision.excess.map(({ bound, count, most }) => ({ bound, count, most })),
    }),
    ...(rules.length > 0 && { rules }),
    exemptions: decision.exemptions.map(({ expires, ...exemption }) => ({
      ...exemption,
      expires: new Date(expires).toISOString(),
    })),
  };
}

const injectedOf = ({ mesh, decision }: NonNullable<Reviewed['injected']>): Record<string, unknown> => ({
  mesh,
  verdict: decision.verdict,
  runtimeClass: decision.runtimeClass ?? null,
});

function findingOf(finding: Finding, { locate, decision }: Reviewed): Record<string, unknown> {
  const { path, position } = locate(finding.path);
  const value = finding.written ?? finding.value;
  const signal = signalById.get(finding.signal);
  const weighs = decision.governing.contributions.find(
    ({ kind, id }) => kind === 'signal' && id === finding.signal,
  );
  return {
    signal: finding.signal,
    category: signal?.category ?? 'requirement',
    path: cut(path),
    line: position.line ?? null,
    value: typeof value === 'string' ? cut(value) : (value ?? null),
    message: signal ? `${signal.title}: ${signal.reason}` : finding.signal,
    weight: finding.waivedBy === undefined ? (weighs?.weight ?? 0) : 0,
    waivedBy: finding.waivedBy ?? null,
  };
}

const placementOf = ({ placement, required }: Decision): Record<string, unknown>[] =>
  placement.map(step => ({
    runtimeClass: step.runtimeClass,
    chosen: step.chosen,
    objections: step.objections.map(objection => ({
      code: objection.code,
      signal: objection.signal ?? null,
      message: objectionSentence(objection, step, required),
    })),
  }));

/** A problem's place, spread out for whoever reads it by machine. */
function problemOf({ severity, position, object, path, message, fix }: Problem): Record<string, unknown> {
  return {
    severity,
    source: position.file,
    line: position.line ?? null,
    object: object === undefined ? null : cut(object),
    path: cut(path),
    message: cut(message),
    fix: fix ?? null,
  };
}
