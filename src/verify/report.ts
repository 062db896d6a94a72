import { rowOf, widthsOf } from '../report/layout/grid.ts';
import { type Paint, painter } from '../report/layout/paint.ts';
import { hang } from '../report/layout/wrap.ts';
import type { Style } from '../report/result.ts';
import { clean, count, jsonText, sentence } from '../source/text.ts';
import type { Seen } from './classify.ts';
import { type Draft, draftsText } from './draft.ts';
import { VERDICTS, type Verdict } from './judge.ts';
import type { Checked } from './run-probe.ts';

/** Everything that a report on a cluster is made from. */
export interface Verification {
  /** The version of this program. */
  readonly version: string;
  readonly checked: readonly Checked[];
  /** The names of classes that no node claims. */
  readonly nowhere: readonly string[];
  /** Drafts for handlers that no profile names. */
  readonly drafts: readonly Draft[];
}

/** Everything that a report on a transcript is made from. */
export interface Told extends Seen {
  /** The version of this program. */
  readonly version: string;
}

const HEADERS = ['VERDICT', 'CLASS', 'NODE', 'HANDLER', 'PROMISES', 'SEEN'] as const;
const INDENT = '  ';

/** `-o table`: one row for each probe, with the evidence below it, and a summary. */
export function verifyTable({ checked, nowhere }: Verification, { color, width }: Style): string {
  const paint = painter(color);
  const rows = checked.map(cellsOf);
  const widths = widthsOf([HEADERS, ...rows]);
  const lines = checked.length > 0 ? [paint.head(rowOf(HEADERS, widths, []))] : [];
  checked.forEach((one, i) => {
    const mark = markOf(one.verdict, paint);
    lines.push(rowOf(rows[i] ?? [], widths, [], mark), ...detailsOf(one, paint, width));
  });
  if (lines.length > 0) lines.push('');
  return `${[...lines, summary(checked, paint), ...nowhereLines(nowhere, paint, width)].join('\n')}\n`;
}

function cellsOf({ verdict, target, privileged, profile, seen }: Checked): string[] {
  return [
    verdict,
    `${clean(target.runtimeClass)}${privileged ? ' (privileged)' : ''}`,
    clean(target.node),
    clean(target.handler),
    profile.isolation,
    seen === undefined ? '-' : seenWords(seen),
  ];
}

/** `vm (Kata, QEMU)` */
const seenWords = ({ isolation, products }: Seen): string =>
  `${isolation ?? 'nothing certain'}${products.length > 0 ? ` (${products.join(', ')})` : ''}`;

const markOf = (verdict: Verdict, paint: Paint): ((text: string) => string) =>
  verdict === 'verified' ? paint.good : verdict === 'could not run' ? paint.warn : paint.bad;

const LABELS: Readonly<Record<Verdict, string>> = {
  verified: 'Note: ',
  'not what it claims': 'Fix: ',
  'could not run': 'Why: ',
};

function detailsOf({ verdict, evidence, note }: Checked, paint: Paint, width: number): string[] {
  const lines = evidence.flatMap(line => hang(INDENT, clean(line), width)).map(paint.dim);
  if (note === undefined) return lines;
  return [...lines, ...hang(`${INDENT}${LABELS[verdict]}`, clean(sentence(note), 1000), width)];
}

/** `3 probes: 2 verified, 1 not what it claims.` */
function summary(checked: readonly Checked[], paint: Paint): string {
  const parts = VERDICTS.flatMap(verdict => {
    const number = checked.filter(one => one.verdict === verdict).length;
    return number > 0 ? [markOf(verdict, paint)(`${number} ${verdict}`)] : [];
  });
  return `${count(checked.length, 'probe')}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}.`;
}

const nowhereLines = (names: readonly string[], paint: Paint, width: number): string[] =>
  names.length === 0
    ? []
    : hang(
        '',
        `Not probed, as no node claims to have the handler: ${names.map(name => clean(name)).join(', ')}.`,
        width,
      ).map(paint.dim);

/** `-o json`. Fields are added, never changed, within a version. */
export function verifyJson({ version, checked, nowhere, drafts }: Verification): string {
  const document = {
    version,
    summary: {
      verified: checked.filter(({ verdict }) => verdict === 'verified').length,
      notWhatItClaims: checked.filter(({ verdict }) => verdict === 'not what it claims').length,
      couldNotRun: checked.filter(({ verdict }) => verdict === 'could not run').length,
    },
    results: checked.map(({ target, privileged, profile, seen, ...rest }) => ({
      runtimeClass: target.runtimeClass,
      node: target.node,
      handler: target.handler,
      privileged,
      verdict: rest.verdict,
      profile: profile.id,
      promises: profile.isolation,
      seen: seen?.isolation ?? null,
      products: seen?.products ?? [],
      evidence: rest.evidence,
      note: rest.note ?? null,
    })),
    nowhere,
    profiles: drafts.map(one => ({
      handler: one.handler,
      draft: 'yaml' in one ? one.yaml : null,
      note: 'why' in one ? one.why : null,
    })),
  };
  return `${jsonText(document, 2)}\n`;
}

/** The report on a transcript for a person. */
function transcriptText(seen: Told, { color, width }: Style): string {
  const paint = painter(color);
  const { isolation } = seen;
  const mark = isolation === undefined ? paint.warn : isolation === 'host-kernel' ? paint.bad : paint.good;
  const verdict = isolation === undefined ? 'consistent with anything' : `consistent with ${seenWords(seen)}`;
  const lines = [
    mark(verdict),
    ...seen.evidence.flatMap(line => hang(INDENT, clean(line), width)).map(paint.dim),
    ...(isolation === undefined ? hang('', UNKNOWN, width) : []),
    ...hang('', CAVEAT, width).map(paint.dim),
  ];
  return `${lines.join('\n')}\n`;
}

const UNKNOWN =
  'Nothing tells a sandbox from the host kernel. Give the release of the host\'s kernel: --host-kernel "$(uname -r)", run on that host.';
const CAVEAT =
  'A program can fake what it prints: this shows how a runtime is set up, not that it is trustworthy.';

/** The report on a transcript for a program. */
const transcriptJson = ({ version, isolation, products, evidence }: Told): string =>
  `${jsonText({ version, consistentWith: isolation ?? null, products, evidence }, 2)}\n`;

/** Every output format of `verify`, by the name for `-o`: for a cluster, and for a transcript. */
export const VERIFY_FORMATS: Readonly<Record<string, (result: Verification, style: Style) => string>> = {
  table: verifyTable,
  json: verifyJson,
  profiles: ({ drafts }) => draftsText(drafts),
};
export const TRANSCRIPT_FORMATS: Readonly<Record<string, (seen: Told, style: Style) => string>> = {
  table: transcriptText,
  json: transcriptJson,
};
