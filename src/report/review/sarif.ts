import { pathToFileURL } from 'node:url';
import type { Decision } from '../../decision/decision.ts';
import { signalById } from '../../signals/index.ts';
import { jsonText, sentence } from '../../source/text.ts';
import type { Review } from '../result.ts';
import { COMPOSE_FIXES } from '../words/kinds.ts';
import { overallSentences } from '../words/overall.ts';
import { saidOf } from '../words/service-words.ts';
import { INPUT, type Remark, remarksOf, SETTINGS, withFix } from './remarks.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
/** The field that Cofferdam sets, which chooses a sandbox. */
const CLASSES = 'https://kubernetes.io/docs/concepts/containers/runtime-class/';

/** A rule that is not a signal. */
interface Rule {
  readonly title: string;
  readonly reason: string;
  /** What helps. */
  readonly help: string;
  /** A page about it; left out where there is none that anybody can reach, for which the schema has `help` stand by itself. */
  readonly source?: string;
}

/** The rules for outcomes about an object as a whole, and for the input. */
export const OTHER_RULES: Readonly<Record<string, Rule>> = {
  'nothing-contains': {
    title: 'No sandbox contains it',
    reason: 'No sandbox that is there contains what it asks for, so it is rejected.',
    help: 'Change the Pod, or ask for an exemption; "cofferdam explain" drafts one.',
    source: CLASSES,
  },
  'explicit-not-enough': {
    title: 'Its RuntimeClass is not enough',
    reason: 'Its RuntimeClass stands for less isolation than what it asks for requires, so it is rejected.',
    help: 'Name a RuntimeClass that isolates as it is required, or leave runtimeClassName out.',
    source: CLASSES,
  },
  'out-of-bounds': {
    title: 'It has too many of something',
    reason:
      'What a Pod may have many of has a bound, beyond which it is rejected and not judged any further.',
    help: 'Take out what it does not need, or make several Pods of it.',
    source: 'https://kubernetes.io/docs/concepts/workloads/pods/',
  },
  unavailable: {
    title: 'No node can run it now',
    reason: 'A sandbox would contain it, but no node that can run that sandbox may run it now.',
    help: 'Add a ready node with the handler, or loosen where it may be scheduled.',
    source: `${CLASSES}#scheduling`,
  },
  injected: {
    title: 'It is put into a sandbox',
    reason:
      'What it asks for requires more isolation than the host kernel gives, so a sandbox is chosen for it.',
    help: 'Nothing is to be done: this is where it runs.',
    source: CLASSES,
  },
  raised: {
    title: 'It is put into a stronger sandbox',
    reason:
      'The sandbox that was chosen for it before no longer isolates as much as what it asks for requires.',
    help: 'Nothing is to be done: this is where it runs.',
    source: CLASSES,
  },
  'nothing-required': {
    title: 'It is less isolated than before',
    reason: 'It ran in a sandbox when the baseline was written, and runs on the host kernel now.',
    help: 'Nothing asks for a sandbox any more: look whether that is meant.',
    source: CLASSES,
  },
  'explicit-enough': {
    title: 'It is less isolated than before',
    reason: 'It ran in a stronger sandbox when the baseline was written.',
    help: 'Its RuntimeClass is enough for what it asks now: look whether that is meant.',
    source: CLASSES,
  },
  [SETTINGS]: {
    title: 'A policy, exemption or profile without effect',
    reason: 'It is there, and nothing that was reviewed is judged by it.',
    help: 'Give it with --policy, correct what it names, or take it away.',
  },
  [INPUT]: {
    title: 'Input that is not judged as it stands',
    reason:
      'What cannot be read, or says something else than was probably meant, may be judged otherwise in a cluster.',
    help: 'Mend the file, or leave it out with --exclude.',
    source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/',
  },
};

/**
 * `-o sarif`: SARIF 2.1.0, which code scanning tracks from one change to the next.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/
 */
export function sarif(review: Review): string {
  const remarks = remarksOf(review);
  const rules = [...new Set(remarks.map(({ rule }) => rule))].sort();
  // A rule has one text for all results: the one about Docker, where only services of Compose files were judged.
  const isService = review.results.length > 0 && review.results.every(({ decision }) => decision.isService);
  const told = isService ? { isService } : {};
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'cofferdam',
            version: review.version,
            rules: rules.map(rule => ruleOf(rule, told)),
          },
        },
        columnKind: 'utf16CodeUnits',
        ...propertiesOf(review),
        results: remarks.map(remark => resultOf(remark, rules.indexOf(remark.rule))),
      },
    ],
  };
  return `${jsonText(log, 2)}\n`;
}

/** What none of its results says: what is not listed, what was assumed and what was passed over. */
function propertiesOf(review: Review): object {
  const overall = overallSentences(review);
  return overall.length > 0 ? { properties: { overall } } : {};
}

/**
 * Code scanning asks for both descriptions and for help, none of them empty, and takes at most 1,024 characters of a description.
 * https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
 */
function ruleOf(id: string, told: Pick<Decision, 'isService'>): object {
  const signal = signalById.get(id);
  if (!signal) {
    const { title, reason, help, source } = OTHER_RULES[id] ?? { title: id, reason: id, help: id };
    return {
      id,
      shortDescription: { text: saidOf(title, told) },
      fullDescription: { text: saidOf(reason, told) },
      help: { text: saidOf(help, told) },
      ...(source !== undefined && { helpUri: source }),
    };
  }
  const { title, reason, fix, source, category, weight } = signal;
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: sentence(saidOf(reason, told)) },
    help: { text: sentence((told.isService && COMPOSE_FIXES[id]) || fix) },
    helpUri: source,
    // GitHub orders alerts by this number, from 0 to 10.
    properties: { tags: ['security', category], 'security-severity': (weight / 10).toFixed(1) },
  };
}

function resultOf(remark: Remark, ruleIndex: number): object {
  const { level, rule, position, object, fingerprint, since } = remark;
  const { file, line, column } = position;
  return {
    ruleId: rule,
    ruleIndex,
    level,
    message: { text: withFix(remark) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          // Code scanning refuses a file if a result in it has no line. Where a value ends is not known, and without an end a region
          // goes to the end of its line, as the standard has it (3.30.7, 3.30.8).
          region: { startLine: line ?? 1, startColumn: column ?? 1 },
        },
        ...(object && { logicalLocations: [{ fullyQualifiedName: object, kind: 'resource' }] }),
      },
    ],
    partialFingerprints: { 'cofferdam/v1': fingerprint },
    ...(since && { baselineState: since }),
  };
}

/** The path relative to where the command ran, as code scanning expects it, or an absolute one. */
const uriOf = (file: string): string =>
  file.startsWith('/') ? pathToFileURL(file).href : file.split('/').map(encodeURIComponent).join('/');
