import { expect, it } from 'vitest';
import { MODES } from '../../src/pod/mode.ts';
import { ISOLATIONS } from '../../src/profiles/isolation.ts';
import { SIGNALS } from '../../src/signals/index.ts';
import { KINDS } from '../../src/source/group.ts';
import { tablesIn, textOf } from './pages.ts';

const PAGE = 'docs/glossary.md';
const text = textOf(PAGE);
const words = tablesIn(text).flatMap(({ rows }) => rows.flatMap(([word = '']) => word.split(', ')));

it('has each word once', () => {
  expect(words.filter((word, i) => words.indexOf(word) !== i)).toEqual([]);
});

it('has the words that objects and messages use', () => {
  const categories = [...new Set(SIGNALS.map(({ category }) => category))];
  expect(categories.filter(category => !words.includes(category))).toEqual([]);
  const inCode = [...ISOLATIONS, ...MODES, ...KINDS, 'admit', 'sandbox', 'reject'];
  expect(inCode.filter(word => !text.includes(`\`${word}\``))).toEqual([]);
});
