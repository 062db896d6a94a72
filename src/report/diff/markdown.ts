import { count } from '../../source/text.ts';
import { placeWords } from '../layout/problem.ts';
import { ownerName } from '../review/cluster/groups.ts';
import { codeInRow, inText, problemList } from '../review/markdown.ts';
import { assumedSentence } from '../words/assumed.ts';
import { whySentence } from '../words/notes.ts';
import { type Change, changeWords, type Difference, FATES, HURTS } from './change.ts';
import { costsOf, cpuWords, memoryWords, silentSentence } from './cost.ts';
import { countedOnceSentence } from './counted.ts';
import { policiesSentence } from './policies.ts';
import { sumsOf, whereOf } from './where.ts';
import { waitingWords } from './why.ts';

/** The most rows of a comment: the worst come first, and nobody reads more. */
const MOST_ROWS = 100;
const MARKS = {
  rejected: '❌',
  weaker: '⬇️',
  waiting: '⏳',
  stronger: '⬆️',
  accepted: '✅',
  running: '▶️',
  class: '🔀',
  score: '·',
} as const;

/** `-o markdown`: a comment on the pull request that changes policies. */
export function markdown(difference: Difference): string {
  const { changes, pairs, assumed, problems } = difference;
  const hurts = changes.some(({ fate }) => HURTS.includes(fate));
  const words = changeWords(difference);
  const isGood = !hurts && pairs.length > 0 && !problems.some(({ severity }) => severity === 'error');
  const rows = changes.slice(0, MOST_ROWS).map(rowOf);
  const more = changes.length - rows.length;
  const taken = assumed ? assumedSentence(assumed) : '';
  const parts = [
    `### ${isGood ? '✅' : '⚠️'} What this change does to ${count(pairs.length, 'object')}: ${words}`,
    rows.length > 0
      ? [
          '| | object | namespace | Pods | before | after | where |',
          '|---|---|---|---:|---|---|---|',
          ...rows,
        ].join('\n')
      : '',
    more > 0 ? `And ${count(more, 'more change')}.` : '',
    changes.length > 0 ? sums(difference) : '',
    inText(policiesSentence(difference), 4000),
    problemList('Not judged as it stands', problems),
    taken === '' ? '' : `<sub>${inText(taken, 4000)}</sub>`,
  ];
  return `${parts.filter(part => part !== '').join('\n\n')}\n`;
}

function rowOf(change: Change): string {
  const { fate, before, after, pods } = change;
  const cells = [
    `${MARKS[fate]} ${FATES[fate]}`,
    codeInRow(ownerName(after)),
    codeInRow(after.namespace),
    String(pods),
    inText(whereOf(before)),
    inText(afterWords(change)),
    codeInRow(placeWords(after.source)),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Where it runs then, or why it does not. */
function afterWords({ fate, fates, after }: Change): string {
  if (fate === 'rejected') return whySentence(after);
  return fates.includes('waiting') ? `${whereOf(after)}. ${waitingWords(after)}` : whereOf(after);
}

function sums(difference: Difference): string {
  const rows = sumsOf(difference).map(
    ({ where, before, after }) => `| ${inText(where)} | ${before} | ${after} |`,
  );
  const costs = costsOf(difference);
  const { before, after } = costs;
  const overhead = [
    ['overhead: CPU', cpuWords(before.cpu), cpuWords(after.cpu)],
    ['overhead: memory', memoryWords(before.memory), memoryWords(after.memory)],
  ]
    .filter(([, was, is]) => was !== '0' || is !== '0')
    .map(cells => `| ${cells.join(' | ')} |`);
  const notes = [silentSentence(costs), countedOnceSentence(difference)];
  return [
    ['| Pods | before | after |', '|---|---:|---:|', ...rows, ...overhead].join('\n'),
    ...notes.filter(text => text !== '').map(text => inText(text, 1000)),
  ].join('\n\n');
}
