import type { Decision } from '../../decision/decision.ts';
import { signalById } from '../../signals/index.ts';
import type { Finding } from '../../signals/signal.ts';
import type { Position, Problem } from '../../source/document.ts';
import { jsonText, sentence, shorten } from '../../source/text.ts';
import { baselineOf, sinceOf } from '../baseline/json.ts';
import { leftOut, listed } from '../listed.ts';
import { type Assumptions, type Review, type Reviewed, type ReviewNote, tally } from '../result.ts';
import { isWaiting } from '../waiting.ts';
import { isExempt } from '../words/exemptions.ts';
import { fixOf, fixSentence } from '../words/fix.ts';
import { notesOf, resultNotes, scopeNotes, tenseOf } from '../words/notes.ts';
import { objectionSentence } from '../words/objection.ts';
import { countOf, passedOver } from '../words/passed-over.ts';
import { rulesCounted } from '../words/rules.ts';
import { noteLines, reasonLines } from '../words/sentences.ts';
import { saidOf } from '../words/service-words.ts';
import { withoutPlace } from '../words/terms.ts';
import { clusterJson } from './cluster/json.ts';

/** `-o json`, as docs/schema/review.schema.json has it. Fields are added, never changed, within a version. */
export function json(review: Review): string {
  const { version, results, skipped, unrelated, excluded, linked = 0 } = review;
  const { problems, assumed, cluster, notes, baseline } = review;
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
      ...(linked > 0 && { linked }),
      ...leftOutOf(review),
    },
    passedOver: passedOver(skipped),
    results: listed(review).map(resultOf),
    problems: problems.map(problemOf),
    ...(notes && notes.length > 0 && { notes: notes.map(noteOf) }),
    ...(baseline && { baseline: baselineOf(review, baseline) }),
    ...(assumed && { assumed: assumedOf(assumed) }),
    ...(cluster && { cluster: clusterJson(review, cluster) }),
  };
  return `${jsonText(document, 2)}\n`;
}

/** How many of the judged objects are not listed. */
function leftOutOf(review: Review): { readonly notListed?: number } {
  const { known, admitted, unwanted } = leftOut(review);
  const notListed = known + admitted + unwanted;
  return notListed > 0 ? { notListed } : {};
}

const noteOf = ({ position, object, message, fix }: ReviewNote): object => ({
  source: position.file,
  line: position.line ?? null,
  object: object === undefined ? null : cut(object),
  message: cut(message),
  fix,
});

/** What was assumed. */
export const assumedOf = ({
  classes,
  nodes,
  namespaces,
  runtimes,
  decisive,
  settings,
}: Assumptions): object => ({
  classes,
  nodes,
  namespaces: namespaces.map(cut),
  ...(runtimes && { runtimes }),
  ...(decisive && { decisive: decisive.map(cut) }),
  ...(settings && { settings: { file: settings.file, values: settings.values } }),
});

/**
 * The most characters of a text, which is more than any name or path in Kubernetes has: otherwise a text of 50 MB would be
 * repeated with each finding.
 */
const LONGEST = 4096;
const cut = (text: string): string => shorten(text, LONGEST);

/** One object of a review. */
export function resultOf(result: Reviewed): Record<string, unknown> {
  const { decision, source } = result;
  const rules = rulesCounted(decision);
  return {
    source: source.file,
    line: source.line ?? null,
    ...renderedOf(source),
    apiVersion: cut(result.apiVersion),
    kind: cut(result.kind),
    namespace: cut(result.namespace),
    name: cut(result.name),
    ...(result.owner && { owner: result.owner }),
    ...(result.isNext && { next: true }),
    ...(result.isFragment && { fragment: true }),
    ...(result.outOfScope && { outOfScope: true }),
    ...(result.since && { since: sinceOf(result.since) }),
    ...(result.injected && { injected: injectedOf(result.injected) }),
    ...(result.nodes && { nodes: nodesOf(result.nodes) }),
    verdict: decision.verdict,
    outcome: decision.outcome,
    policy: decision.governing.policy,
    runtimeClass: decision.runtimeClass ?? null,
    isolation: decision.isolation ?? null,
    ...(isWaiting(result) && { waits: true }),
    required: decision.required,
    score: decision.governing.score,
    tierScore: decision.governing.tierScore,
    findings: decision.findings.map(finding => findingOf(finding, result)),
    fix: fixSentence(decision) || null,
    reasons: reasonLines(decision, withoutPlace, tenseOf(result)),
    warnings: [
      ...scopeNotes(result),
      ...resultNotes(result).map(({ phrase }) => phrase),
      ...noteLines(decision),
    ],
    notes: notesOf(result).map(({ phrase, fix }) => ({ text: sentence(phrase), fix: fix || null })),
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

/** The place in the manifests that a program made from a file. */
const renderedOf = ({ rendered }: Position): object =>
  rendered ? { rendered: { source: rendered.file, line: rendered.line ?? null } } : {};

const nodesOf = ({ goesTo, cannotRun, otherwise }: NonNullable<Reviewed['nodes']>): object => ({
  goesTo,
  cannotRun,
  ...(otherwise.length > 0 && { otherwise }),
});

const injectedOf = ({ mesh, decision }: NonNullable<Reviewed['injected']>): Record<string, unknown> => ({
  mesh,
  verdict: decision.verdict,
  runtimeClass: decision.runtimeClass ?? null,
});

function findingOf(finding: Finding, { locate, decision, since }: Reviewed): Record<string, unknown> {
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
    column: position.column ?? null,
    ...renderedOf(position),
    value: typeof value === 'string' ? cut(value) : (value ?? null),
    message: signal ? `${signal.title}: ${saidOf(signal.reason, decision)}` : finding.signal,
    weight: finding.waivedBy === undefined ? (weighs?.weight ?? 0) : 0,
    waivedBy: finding.waivedBy ?? null,
    ...(since && { new: since.added.has(finding) }),
    fix: (finding.waivedBy === undefined && fixOf(finding, decision)) || null,
    source: signal?.source ?? null,
  };
}

const placementOf = (decision: Decision): Record<string, unknown>[] =>
  decision.placement.map(step => ({
    runtimeClass: step.runtimeClass,
    chosen: step.chosen,
    objections: step.objections.map(objection => ({
      code: objection.code,
      signal: objection.signal ?? null,
      message: objectionSentence(objection, step, decision),
    })),
  }));

/** A problem with its place in separate fields, for programs. */
function problemOf({
  severity,
  position,
  object,
  path,
  message,
  fix,
  also,
}: Problem): Record<string, unknown> {
  return {
    severity,
    source: position.file,
    line: position.line ?? null,
    ...renderedOf(position),
    object: object === undefined ? null : cut(object),
    path: cut(path),
    message: cut(message),
    fix: fix ?? null,
    ...(also && {
      also: also.map(one => ({ source: one.file, line: one.line ?? null, ...renderedOf(one) })),
    }),
  };
}
