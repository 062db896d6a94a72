import type { Contribution, Decision, PlacementStep } from '../../decision/decision.ts';
import { resourcesIn } from '../../decision/found.ts';
import { asUnnamed, signalsToWaive } from '../../decision/to-waive.ts';
import { isNamespaceName } from '../../pod/namespace.ts';
import type { SignalId } from '../../signals/signal.ts';
import { clean, count, quote, sentence, someOf } from '../../source/text.ts';
import type { Subject } from '../subject.ts';
import { fixSentence } from './fix.ts';
import { wordsFor } from './kinds.ts';
import { subjectOf } from './objection.ts';
import { outcomeSentence, type Tense } from './outcome.ts';
import { ruleSentences } from './rules.ts';
import { contributionWords, type Namer, withPlace } from './terms.ts';

/**
 * The most characters of a warning header before the API server cuts it (apiserver pkg/endpoints/filters/warning.go,
 * `truncateItemRunes`).
 */
export const WARNING_LIMIT = 256;
/** Three lines on a terminal, even where they wrap once. */
const LINE_LIMIT = 400;

/**
 * Why a request is denied, in at most four lines: the policy, what and why; the messages of the rules that counted; the fix;
 * how to get an exemption.
 */
export function denialMessage(decision: Decision, subject: Subject): string {
  const unnamed = asUnnamed(decision);
  const signals = signalsToWaive(unnamed ?? decision);
  return [
    `${subjectName(subject)} rejected${byPolicy(decision)}: ${outcomeSentence(decision)}`,
    ruleLine(decision),
    fixLine(decision),
    signals.length > 0
      ? `If it has to be so, ask for a SandboxExemption in namespace ${quote(subject.namespace)} that waives ${someOf(signals)}${unnamed ? ', and leave runtimeClassName out' : ''}; "cofferdam explain FILE${namespaceFlag(subject)} --exempt" drafts it.`
      : '',
  ]
    .filter(line => line !== '')
    .map(line => clean(line, LINE_LIMIT))
    .join('\n');
}

/** The manifest may name no namespace, and a draft for another one would waive nothing here. */
const namespaceFlag = ({ namespace }: Subject): string =>
  isNamespaceName(namespace) ? ` -n ${namespace}` : '';

/** The bounds on what a Pod may hold belong to the engine, whatever the policies are. */
const byPolicy = ({ outcome, governing }: Decision): string =>
  outcome === 'out-of-bounds' ? '' : ` by policy ${quote(governing.policy)}`;

/** The messages of the rules that counted, in one line. */
export const ruleLine = (decision: Decision): string => ruleSentences(decision).map(sentence).join(' ');

function fixLine(decision: Decision): string {
  const fix = fixSentence(decision);
  return fix ? `Fix: ${fix}` : '';
}

/** `Pod "web"`, or `Pod of ...` where it has no name yet. */
export const subjectName = ({ kind, name }: Subject): string =>
  name ? `${clean(kind)} ${quote(name)}` : clean(kind);

/** Warnings for a request that may go through, each of at most 256 characters. Hygiene is left out, as it would only nag. */
export function warningLines(decision: Decision, subject: Subject): string[] {
  const who = subjectName(subject);
  const warnings = verdictWarnings(decision, who).map(line => clean(line, WARNING_LIMIT));
  // An author who is admitted as asked is not told what weighed little.
  const said = decision.verdict === 'admit' ? [] : ruleWarnings(decision, subject);
  const notes = notesBesideRules(decision, warnings.join('\n')).map(note =>
    clean(`${who}: ${note}`, WARNING_LIMIT),
  );
  return [...warnings, ...said, ...notes];
}

/** The messages of the rules that counted, one warning each. */
export const ruleWarnings = (decision: Decision, subject: Subject): string[] =>
  ruleSentences(decision).map(text => clean(`${subjectName(subject)}: ${text}`, WARNING_LIMIT));

function verdictWarnings(decision: Decision, who: string): string[] {
  if (decision.verdict === 'admit') return [];
  if (decision.verdict === 'sandbox') return [`${who}: ${outcomeSentence(decision)}`];
  const fix = fixLine(decision);
  return [
    `${who} would be rejected${byPolicy(decision)}: ${outcomeSentence(decision)}`,
    ...(fix ? [`${who}: ${fix}`] : []),
  ];
}

/**
 * Remarks whatever the verdict: messages of rules to authors, degraded or waiting placement, and what counted although nobody
 * meant it to.
 * @param told what the reader knows already, and is not told again
 */
export const noteLines = (decision: Decision, told = ''): string[] => [
  ...ruleSentences(decision),
  ...notesBesideRules(decision, told),
];

function notesBesideRules(decision: Decision, told: string): string[] {
  const { placement, verdict } = decision;
  const chosen = verdict === 'reject' ? undefined : placement.find(step => step.chosen);
  return [
    ...(chosen ? placementNotes(chosen, decision) : []),
    ...untoldContributions(decision, told).flatMap(contributionNotes),
  ];
}

/** What counted although nobody meant it to. A rule's error is news even where the rule has been named. */
export const untoldContributions = ({ governing }: Decision, told: string): readonly Contribution[] =>
  governing.contributions.filter(
    one => one.note === 'rule-error' || (one.note !== undefined && !told.includes(contributionWords(one))),
  );

/** Says that no node can run a class that fits now. */
export const waitingNote = ({ runtimeClass }: Pick<PlacementStep, 'runtimeClass'>): string =>
  `it will wait: RuntimeClass ${quote(runtimeClass)} has no ready node that can take it now`;

function placementNotes(step: PlacementStep, decision: Decision): string[] {
  const { runtimeClass, available, degraded } = step;
  return [
    ...(available ? [] : [waitingNote(step)]),
    ...(degraded.length > 0
      ? [
          `works differently under ${wordsFor(decision).sandboxClass} ${quote(runtimeClass)}: ${someOf(degraded.map(signal => titleWithName(signal, decision.findings)))}`,
        ]
      : []),
  ];
}

/** `the extended resource google.com/tpu`: with the name of a resource, where there is only one. */
function titleWithName(signal: SignalId, findings: Decision['findings']): string {
  const [name, ...others] = resourcesIn(findings, signal);
  return subjectOf(signal, others.length === 0 ? name : undefined);
}

export function contributionNotes(contribution: Contribution): string[] {
  if (contribution.note === undefined) return [];
  const detail = contribution.note === 'rule-error' ? `: ${clean(contribution.value ?? '', 120)}` : '';
  return [`${contributionWords(contribution)}, weight ${contribution.weight}${detail}`];
}

/** Why the verdict is what it is: first the outcome, then what an exemption waived. Without a full stop. */
export function reasonLines(decision: Decision, name: Namer = withPlace, tense: Tense = 'is'): string[] {
  const waived = decision.findings.filter(({ waivedBy }) => waivedBy !== undefined).length;
  const names = decision.exemptions.map(({ name }) => quote(name));
  return [
    outcomeSentence(decision, name, tense),
    ...(waived > 0 ? [`${count(waived, 'finding')} waived by exemption ${someOf(names)}`] : []),
  ].map(line => clean(line, LINE_LIMIT));
}
