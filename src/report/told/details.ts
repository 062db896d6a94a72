import { clean, count, sentence } from '../../source/text.ts';
import { widthsOf } from '../layout/grid.ts';
import type { Paint } from '../layout/paint.ts';
import { placeWords } from '../layout/problem.ts';
import { columns, fill, hang, wrap } from '../layout/wrap.ts';
import { noteText } from '../words/notes.ts';
import { worseWords } from '../words/since.ts';
import { placeOf } from '../words/terms.ts';
import { type Common, NOTHING_COMMON, type Told } from './told.ts';

const INDENT = '  ';
/** The most places for one signal; a workload with ten containers has as many. */
const MAX_PLACES = 3;

/**
 * The lines below a row: why, where, and what to do. An admitted object only has its exemptions and notes.
 * @param common what is said below all rows, and so not here
 */
export function details(told: Told, paint: Paint, width: number, common: Common = NOTHING_COMMON): string[] {
  const lines = (label: string, texts: readonly string[]): string[] =>
    texts
      .filter(text => text !== '' && !common.has(text))
      .flatMap(text => labelled(label, text, paint, width));
  const worse = worseWords(told.result);
  return [
    ...lines('Why', [told.why]),
    ...lines('Worse', worse === '' ? [] : [sentence(worse)]),
    ...places(told, paint, width, common),
    ...lines('Fix', [told.fix]),
    ...lines('Exemption', told.exemptions),
    ...lines(
      'Note',
      told.notes
        .filter(note => !common.has(noteText(note)))
        .map(note => noteText(common.has(note.fix) ? { ...note, fix: '' } : note)),
    ),
  ];
}

/** `  Label: a text whose further lines are indented` */
function labelled(label: string, text: string, paint: Paint, width: number): string[] {
  const [first = '', ...rest] = hang(`${INDENT}${label}: `, clean(text, 1000), width);
  return [first.replace(`${label}:`, paint.dim(`${label}:`)), ...rest];
}

/** What applies to several objects, one paragraph for each set of objects. */
export const commonLines = ({ groups }: Common, paint: Paint, width: number): readonly string[][] =>
  groups.map(({ who, fixes, notes }) => [
    ...wrap(who, width),
    ...fixes.flatMap(text => labelled('Fix', text, paint, width)),
    ...notes.flatMap(text => labelled('Note', text, paint, width)),
  ]);

/** One line for each finding: its place, the signal by which policies and exemptions name it, and what was found. */
function places({ result, signals }: Told, paint: Paint, width: number, common: Common): string[] {
  const groups = signals.map(({ signal, findings, fix }) => ({
    signal,
    fix: common.has(fix) ? '' : fix,
    found: findings.map(finding => {
      const { path, position } = result.locate(finding.path);
      const waived = finding.waivedBy === undefined ? '' : ` (waived by ${clean(finding.waivedBy)})`;
      const isNew = result.since?.state === 'worse' && result.since.added.has(finding) ? ' (new)' : '';
      return { where: placeWords(position), text: `${placeOf({ ...finding, path })}${isNew}${waived}` };
    }),
  }));
  const leads = groups.flatMap(({ signal, found }) => found.map(({ where }) => [where, signal]));
  const widths = widthsOf(leads).filter(column => column > 0);
  const column = widths.reduce((sum, one) => sum + one + 2, 0);
  // A path that is cut cannot be copied: where a line has no room, the finding goes below its place.
  const isBeside = groups.every(({ found }) =>
    found.slice(0, MAX_PLACES).every(({ text }) => INDENT.length + column + columns(text) <= width),
  );
  return groups.flatMap(({ signal, found, fix }) => {
    const more = found.length - MAX_PLACES;
    const lineOf = ({ where, text }: { readonly where: string; readonly text: string }): string[] => {
      const lead = where === '' ? [signal] : [paint.dim(where), signal];
      if (!isBeside) return [`${INDENT}${lead.join('  ')}`, `${INDENT}${INDENT}${text}`];
      return [INDENT + [...lead.map((word, i) => word + fill(word, widths[i] ?? 0)), text].join('  ')];
    };
    return [
      ...found.slice(0, MAX_PLACES).flatMap(lineOf),
      ...(more > 0
        ? [`${INDENT}${isBeside ? ' '.repeat(column) : INDENT}and ${count(more, 'more place')}`]
        : []),
      ...(fix ? hang(`${INDENT}${INDENT}Fix: `, fix, width).map(paint.dim) : []),
    ];
  });
}
