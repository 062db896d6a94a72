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
  /** What to do. */
  readonly help: string;
  /** A page about it; left out where there is no public one. */
  readonly source?: string;
}

/** The rules for outcomes about an object as a whole, and for the input. */
export const OTHER_RULES: Readonly<Record<string, Rule>> = {
  'nothing-contains': {
    title: 'No sandbox contains it',
    help: 'Change the Pod, or ask for an exemption; "cofferdam explain" drafts one.',
    source: CLASSES,
  },
  'explicit-not-enough': {
    title: 'Its RuntimeClass is not enough',
    help: 'Name a RuntimeClass that isolates as it is required, or leave runtimeClassName out.',
    source: CLASSES,
  },
  'out-of-bounds': {
    title: 'It has too many of something',
    help: 'Take out what it does not need, or make several Pods of it.',
    source: 'https://kubernetes.io/docs/concepts/workloads/pods/',
  },
  unavailable: {
    title: 'No node can run it now',
    help: 'Add a ready node with the handler, or loosen where it may be scheduled.',
    source: `${CLASSES}#scheduling`,
  },
  injected: {
    title: 'It is put into a sandbox',
    help: 'Nothing is to be done: this is where it runs.',
    source: CLASSES,
  },
  raised: {
    title: 'It is put into a stronger sandbox',
    help: 'Nothing is to be done: this is where it runs.',
    source: CLASSES,
  },
  'nothing-required': {
    title: 'It is less isolated than before',
    help: 'Nothing asks for a sandbox any more: look whether that is meant.',
    source: CLASSES,
  },
  'explicit-enough': {
    title: 'It is less isolated than before',
    help: 'Its RuntimeClass is enough for what it asks now: look whether that is meant.',
    source: CLASSES,
  },
  [SETTINGS]: {
    title: 'A policy, exemption or profile without effect',
    help: 'Give it with --policy, correct what it names, or take it away.',
  },
  [INPUT]: {
    title: 'Input that is not judged as it stands',
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

function ruleOf(id: string, told: Pick<Decision, 'isService'>): object {
  const signal = signalById.get(id);
  if (!signal) {
    const { title, help, source } = OTHER_RULES[id] ?? { title: id, help: '' };
    return {
      id,
      shortDescription: { text: saidOf(title, told) },
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
          // Code scanning refuses a file if a result in it has no line.
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
