import { MINIMUM_ISOLATION_LABEL, MODE_LABEL, RISK_LABEL } from '../pod/labels.ts';
import { MODES } from '../pod/mode.ts';
import type { NamespaceFacts } from '../pod/namespace.ts';
import { ISOLATIONS, meantIsolation } from '../profiles/isolation.ts';
import { quoteStart } from '../source/describe.ts';
import type { Problem, SourceDocument } from '../source/document.ts';
import { nearest } from '../source/nearest.ts';
import { formatPath, type Keys, valueAt } from '../source/path.ts';
import { list } from '../source/text.ts';
import { isPlaceholder } from './placeholder.ts';

/** The values that a label of a Namespace can have, what another value counts as, and what was then meant. */
const LABELS = [
  {
    key: MODE_LABEL,
    words: MODES,
    countsAs: 'enforce',
    meantBy: (word: string) => nearest(word, MODES),
  },
  {
    key: MINIMUM_ISOLATION_LABEL,
    words: ISOLATIONS,
    countsAs: 'confidential-vm',
    meantBy: meantIsolation,
  },
] as const;

const AT = ['metadata', 'labels'];

/** A warning for each label of a Namespace with an unknown value, which counts as the strongest, and is rarely meant to. */
export const unknownWords = (
  { name, labels }: NamespaceFacts,
  document: SourceDocument,
): readonly Problem[] => [
  ...unknownKeys(labels, NAMESPACE_KEYS, document, AT, `Namespace/${name}`),
  ...LABELS.flatMap(({ key, words, countsAs, meantBy }) => {
    const word = labels[key];
    if (word === undefined || words.some(one => one === word) || isPlaceholder(word)) return [];
    const path = [...AT, key];
    const meant = meantBy(word);
    const choices = list(words, 'or');
    return [
      {
        severity: 'warning' as const,
        position: document.positionOf(path),
        object: `Namespace/${name}`,
        path: formatPath(path),
        message: `found ${quoteStart(word)}, expected ${choices}: it counts as ${countsAs}`,
        fix: meant === undefined ? `Set it to ${choices}.` : `Did you mean ${meant}?`,
      },
    ];
  }),
];

const NAMESPACE_KEYS = [RISK_LABEL, MODE_LABEL, MINIMUM_ISOLATION_LABEL];
const POD_KEYS = [RISK_LABEL];
const PREFIX = 'cofferdam.dev/';

/**
 * A warning for each label of a Pod whose name is almost one of this project's: nothing reads it.
 * @param at where its labels are
 */
export const unknownPodLabels = (
  labels: Readonly<Record<string, unknown>>,
  document: SourceDocument,
  at: Keys,
  object: string,
): readonly Problem[] => unknownKeys(labels, POD_KEYS, document, at, object);

/**
 * A warning for each place of a workload, beside its Pod's own labels, with another risk than these: nothing reads it there.
 * @param places where an object of its kind has metadata of its own, from the root of the document
 */
export const strayRisks = (
  places: readonly Keys[],
  podLabels: Readonly<Record<string, unknown>>,
  document: SourceDocument,
  at: Keys,
  object: string,
): readonly Problem[] =>
  places.flatMap(place => {
    const path = [...place, ...AT, RISK_LABEL];
    const risk = valueAt(document.value, path);
    if (typeof risk !== 'string' || risk === podLabels[RISK_LABEL]) return [];
    return [
      {
        severity: 'warning' as const,
        position: document.positionOf(path),
        object,
        path: formatPath(path),
        message: `found the risk ${quoteStart(risk)} where nothing reads it: the labels of its Pods count`,
        fix: `Set it in ${formatPath(at)}.`,
      },
    ];
  });

/** A policy may read labels with any name, so a warning is given only for names that are almost one of these. */
function unknownKeys(
  labels: Readonly<Record<string, unknown>>,
  known: readonly string[],
  document: SourceDocument,
  at: Keys,
  object: string,
): readonly Problem[] {
  return Object.keys(labels).flatMap(key => {
    if (!key.startsWith(PREFIX) || known.includes(key)) return [];
    const meant = nearest(
      key.slice(PREFIX.length),
      known.map(one => one.slice(PREFIX.length)),
    );
    if (meant === undefined) return [];
    const path = [...at, key];
    return [
      {
        severity: 'warning' as const,
        position: document.positionOf(path),
        object,
        path: formatPath(path),
        message: 'found a label that only a policy of your own could read',
        fix: `Did you mean ${PREFIX}${meant}?`,
      },
    ];
  });
}
