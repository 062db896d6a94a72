import { signalById } from '../../signals/index.ts';
import type { Category, Finding } from '../../signals/signal.ts';
import { clean, sentence } from '../../source/text.ts';
import { columns, fill, hang } from '../layout/wrap.ts';
import type { Reviewed } from '../result.ts';
import { saidOf } from '../words/service-words.ts';
import { placeOf } from '../words/terms.ts';
import type { Page } from './explained.ts';

const CATEGORIES: readonly Category[] = ['breakout', 'exposure', 'hygiene', 'requirement'];
const MEANING: Readonly<Record<Category, string>> = {
  breakout: 'needs at least a VM',
  exposure: 'needs at least an application kernel',
  hygiene: 'shown, never moves a tier',
  requirement: 'bears on where the Pod can run',
};

/** Every finding, by category and signal: title, why it matters, and where it is. */
export function foundLines(result: Reviewed, page: Page): string[] {
  return CATEGORIES.flatMap(category => {
    const findings = result.decision.findings.filter(
      ({ signal }) => signalById.get(signal)?.category === category,
    );
    const signals = [...new Set(findings.map(({ signal }) => signal))];
    if (signals.length === 0) return [];
    return [
      `  ${category} ${page.paint.dim(`(${saidOf(MEANING[category], result.decision)})`)}`,
      ...signals.flatMap(id =>
        signalLines(
          id,
          findings.filter(({ signal }) => signal === id),
          result,
          page,
        ),
      ),
    ];
  });
}

function signalLines(
  id: string,
  findings: readonly Finding[],
  { locate, decision }: Reviewed,
  page: Page,
): string[] {
  const signal = signalById.get(id);
  const rows = findings.map(finding => {
    const { waivedBy } = finding;
    const place = locate(finding.path);
    const text = placeOf({ ...finding, path: place.path });
    const waived = waivedBy === undefined ? '' : page.paint.warn(` (waived by exemption ${clean(waivedBy)})`);
    return { line: place.position.line === undefined ? '' : `line ${place.position.line}`, text, waived };
  });
  const column = Math.max(0, ...rows.map(({ line }) => columns(line)));
  const why = signal ? sentence(`${signal.title}: ${saidOf(signal.reason, decision)}`) : id;
  return [
    ...hang(`    ${id}  `, why, page.width),
    ...rows.map(
      ({ line, text, waived }) => `      ${page.paint.dim(line)}${fill(line, column)}  ${text}${waived}`,
    ),
  ];
}
