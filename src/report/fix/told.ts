import type { Decision } from '../../decision/decision.ts';
import type { Change } from '../../fix/change.ts';
import { formatPath } from '../../source/path.ts';
import { clean, list, quote, sentence } from '../../source/text.ts';
import { painter } from '../layout/paint.ts';
import { placeWords } from '../layout/problem.ts';
import { hang } from '../layout/wrap.ts';
import type { Reviewed, Style } from '../result.ts';
import { fixOf, fixSentence } from '../words/fix.ts';
import { leadsWords } from '../words/leads.ts';
import { outcomeSentence } from '../words/outcome.ts';
import { objectName, placeOf, titleOf, withoutPlace } from '../words/terms.ts';
import type { Fix, Untold } from './fixes.ts';

/** What standard error says about a change: what happens to the object, what is changed, and what is left to do. */
export function fixLines(fix: Fix, { color, width }: Style): string[] {
  const { result, changes, after, byHand } = fix;
  const paint = painter(color);
  const { verdict } = result.decision;
  const to = byHand
    ? paint.warn('to be changed by hand')
    : `${paint.verdict(after.verdict, leadsWords(after))}`;
  return [
    `${placeWords(result.source)}: ${objectName(result)}: ${paint.verdict(verdict, leadsWords(result.decision))} → ${to}`,
    ...(byHand ? [] : changes.flatMap(change => changeLines(change, result, width))),
    ...(byHand ? byHandSentences(fix).flatMap(text => hang('  ', text, width)) : []),
  ];
}

/** What happens to a field, and what the workload may need instead. */
function changeLines(change: Change, result: Reviewed, width: number): string[] {
  const { because, edits } = change;
  const put = edits.find(({ op }) => op !== 'remove')?.value;
  const done = put === undefined ? 'removed' : `set to ${clean(put)}`;
  const why = whyWords(because, result);
  return [`  ${placeIn(change, result)}: ${done}`, ...(why ? hang('    ', clean(why, 1000), width) : [])];
}

function placeIn({ because, edits: [edit] }: Change, { locate, decision }: Reviewed): string {
  const found =
    because.what === 'finding'
      ? because.finding
      : because.what === 'class'
        ? { path: 'spec.runtimeClassName', value: decision.placement[0]?.runtimeClass ?? '' }
        : { path: `spec.nodeSelector[${because.label}]` };
  const { path, position } = locate(found.path);
  const line = position.line === undefined ? '' : `line ${position.line}  `;
  if (edit?.op === 'add') return `${line}${clean(formatPath(edit.keys))}`;
  return `${line}${placeOf({ ...found, path })}`;
}

function whyWords(because: Change['because'], { decision }: Reviewed): string {
  switch (because.what) {
    case 'finding':
      return `Fix: ${fixOf(because.finding, decision)}`;
    case 'class':
      if (because.runtimeClass !== undefined)
        return decision.isService ? 'This runtime is enough.' : 'This class is enough.';
      return decision.isService ? 'The default of the daemon is enough.' : 'One is chosen that is enough.';
    case 'label':
      return 'The RuntimeClass sets the label itself.';
  }
}

/** What a program cannot do, and what a person can do. */
export function byHandSentences({ result, changes, after, byHand }: Fix): readonly string[] {
  if (byHand === undefined) return [];
  switch (byHand) {
    case 'rendered':
      return [
        `A program made this manifest of ${clean(result.source.file)}: change what it was made of.`,
        ...ownFix(result),
      ];
    case 'unreadable':
      return ['Its file cannot be read a second time, as a pipe can not: give a file.', ...ownFix(result)];
    case 'layout':
      return [
        result.decision.isService
          ? 'Its lines cannot be changed by themselves, as where another service has its share of them: by an alias, a merge key or service:NAME.'
          : 'Its lines cannot be changed by themselves, as where an alias shares them with something else or a key is set twice.',
        ...ownFix(result),
      ];
    case 'extended':
      return ['Another service of the file extends it, and would change with it.', ...ownFix(result)];
    case 'not enough': {
      const without = [...new Set(changes.map(change => changedWords(change, after)))];
      const still = without.length > 0 ? `Without ${list(without)}, it is still so: ` : '';
      const fix = fixSentence(after);
      return [`${still}${sentence(outcomeSentence(after, withoutPlace))}`, ...(fix ? [`Fix: ${fix}`] : [])];
    }
  }
}

const ownFix = ({ decision }: Reviewed): readonly string[] => {
  const { isService, verdict, runtimeClass } = decision;
  if (isService && verdict === 'sandbox') return [`Fix: Set runtime to ${quote(runtimeClass ?? '')}.`];
  const fix = fixSentence(decision);
  return fix ? [`Fix: ${fix}`] : [];
};

function changedWords({ because }: Change, decision: Decision): string {
  if (because.what === 'finding') return titleOf(because.finding.signal);
  return because.what === 'class'
    ? `the ${decision.isService ? 'runtime' : 'class'} that it names`
    : `the label ${quote(because.label)}`;
}

/** Why there is no patch for a file, and how to make the change all the same. */
export function untoldSentence({ file, line, holds }: Untold): string {
  const place = placeWords({ file, ...(line !== undefined && { line }) });
  const what = {
    'a value': 'a patch would show this line, which holds values of variables, arguments or data',
    'an unsafe character': 'a patch would show this line, which holds a character that can move a terminal',
    'UTF-16': 'a patch is of lines in UTF-8, and this file is in UTF-16',
  }[holds];
  return `${place}: no patch: ${what}. --write changes the file, -o json has the edits.`;
}
