import { clean, count } from '../../source/text.ts';
import { type Paint, painter } from '../layout/paint.ts';
import { hang } from '../layout/wrap.ts';
import type { Style } from '../result.ts';
import { type CheckResult, type Checkup, type Mark, marksOf, pageOf, type Remark } from './checkup.ts';
import { draftsText } from './drafts.ts';

/** One line for each check, like `linkerd check`, in groups; below it, what is wrong and what to do. */
export function checkupText(checkup: Checkup, { color, width }: Style): string {
  const paint = painter(color);
  const groups = Map.groupBy(checkup.checks, ({ group }) => group);
  const sections = [
    ...[...groups].map(([group, checks]) => [
      paint.head(group),
      ...withoutRepeats(checks).flatMap(check => checkLines(check, paint, width)),
    ]),
    draftLines(checkup.drafts, paint),
    [summary(checkup, paint)],
  ];
  const shown = sections.filter(lines => lines.length > 0).map(lines => lines.join('\n'));
  return `${shown.join('\n\n')}\n`;
}

/** Omits repeated texts: before an installation, half of the checks lack the same thing. */
function withoutRepeats(checks: readonly CheckResult[]): readonly CheckResult[] {
  const isIdle = ({ mark, remarks }: CheckResult): boolean => mark === 'note' && remarks.length === 0;
  return checks.flatMap((check, i) => {
    const same = (other: CheckResult): boolean => isIdle(other) && other.seen === check.seen;
    if (!isIdle(check) || check.seen === undefined) return [check];
    if (checks.slice(0, i).some(same)) return [];
    const more = checks.slice(i + 1).filter(same).length;
    return [
      more > 0
        ? {
            ...check,
            seen: `${check.seen} (${count(more, 'more check has', 'more checks have')} nothing to look at for the same reason)`,
          }
        : check,
    ];
  });
}

const SIGNS: Readonly<Record<Mark, string>> = { ok: '✓', note: '-', warning: '!', failure: '✗' };

function painted(mark: Mark, text: string, paint: Paint): string {
  switch (mark) {
    case 'ok':
      return paint.good(text);
    case 'note':
      return paint.dim(text);
    case 'warning':
      return paint.warn(text);
    case 'failure':
      return paint.bad(text);
  }
}

function checkLines(check: CheckResult, paint: Paint, width: number): string[] {
  const { id, mark, title, seen, remarks } = check;
  const text = seen === undefined ? title : `${title}: ${clean(seen, 400)}`;
  const [first = '', ...rest] = hang(`${SIGNS[mark]} `, text, width);
  return [
    `${painted(mark, SIGNS[mark], paint)}${first.slice(1)}`,
    ...rest,
    ...remarks.flatMap(remark => remarkLines(remark, mark, paint, width)),
    // A note requires nothing to be done.
    ...(mark === 'warning' || mark === 'failure' ? [paint.dim(`    More: ${pageOf(id)}`)] : []),
  ];
}

/** The lines of a remark. One that is milder than its check says how grave it is. */
function remarkLines({ mark, message, fix }: Remark, worst: Mark, paint: Paint, width: number): string[] {
  const lead = mark === worst ? '    ' : `  ${SIGNS[mark]} `;
  const [first = '', ...rest] = hang(lead, clean(message, 1000), width);
  return [
    painted(mark, first, paint),
    ...rest.map(line => painted(mark, line, paint)),
    ...(fix === undefined ? [] : hang('    Fix: ', clean(fix, 1000), width)),
  ];
}

function draftLines(drafts: Checkup['drafts'], paint: Paint): string[] {
  if (drafts.length === 0) return [];
  const title = `${count(drafts.length, 'drafted exemption')}, to review and complete (-o exemptions=FILE writes them)`;
  return [
    paint.head(title),
    ...draftsText(drafts)
      .trimEnd()
      .split('\n')
      .map(line => clean(line, 2000)),
  ];
}

/** `Status: 1 check failed, 2 with warnings, 11 fine.` */
function summary(checkup: Checkup, paint: Paint): string {
  const { failure, warning, ok, note } = marksOf(checkup);
  const parts = [
    ...(failure > 0 ? [paint.bad(`${count(failure, 'check')} failed`)] : []),
    ...(warning > 0 ? [paint.warn(`${warning} with warnings`)] : []),
    ...(note > 0 ? [`${note} with notes`] : []),
    paint.good(`${ok} fine`),
  ];
  return `Context ${JSON.stringify(clean(checkup.context))}: ${parts.join(', ')}.`;
}
