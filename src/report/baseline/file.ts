import { flawsOf } from '../../policy/messages.ts';
import type { Problem, SourceDocument } from '../../source/document.ts';
import { toProblem } from '../../source/flaw.ts';
import { isMap } from '../../source/mapping.ts';
import { jsonText } from '../../source/text.ts';
import type { Entry } from '../since.ts';
import { byText } from './entry.ts';
import { BASELINE_VERSION } from './schema.ts';
import { validateBaseline } from './validator.ts';

/** A baseline as a file: JSON in a fixed order, with one line for each finding, so that a change of it is easy to read. */
export function baselineText(entries: readonly Entry[]): string {
  const objects = entries
    .toSorted(byText(({ object, file }) => `${object}\n${file}`))
    .map(({ findings, ...entry }) => {
      const words = Object.entries(entry).map(([key, value]) => `      "${key}": ${jsonText(value)},`);
      return [
        '    {',
        ...words,
        `      "findings": ${listText(findings.map(lineOf), '      ')}`,
        '    }',
      ].join('\n');
    });
  return `{\n  "version": ${BASELINE_VERSION},\n  "objects": ${listText(objects, '  ')}\n}\n`;
}

const lineOf = (finding: Entry['findings'][number]): string =>
  `        { ${Object.entries(finding)
    .map(([key, value]) => `"${key}": ${jsonText(value)}`)
    .join(', ')} }`;

const listText = (items: readonly string[], indent: string): string =>
  items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n${indent}]`;

/** The content of a file, or the first thing that is wrong with it. */
export function readBaseline(
  document: SourceDocument,
): { readonly entries: readonly Entry[] } | { readonly problem: Problem } {
  const { value } = document;
  const version = isMap(value) ? value.version : undefined;
  if (typeof version === 'number' && version !== BASELINE_VERSION) {
    const message = `found version ${version}, expected ${BASELINE_VERSION}`;
    const fix = 'Another version of cofferdam has written it: write it anew with --write-baseline.';
    return { problem: toProblem({ path: ['version'], message, fix }, document) };
  }
  if (validateBaseline(value)) return { entries: value.objects };
  const [flaw = { path: [], message: 'is no baseline', fix: '' }] = flawsOf(
    validateBaseline.errors ?? [],
    value,
  );
  return { problem: toProblem({ ...flaw, fix: ANEW }, document) };
}

const ANEW = 'Correct it, or write it anew with --write-baseline.';
