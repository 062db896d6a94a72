import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PageData, Row } from '../../src/report/html/data.ts';
import { EVERYTHING, filterIn, hashOf, isFilter, ORDERS, select } from '../../src/report/html/page/filter.ts';
import { modelOf } from '../../src/report/html/page/model.ts';

const TEXTS = [
  '',
  'Deployment/web',
  'Job/build',
  'DaemonSet/agent',
  'shop',
  'ci',
  'a.yaml:1',
  'gvisor',
  'host kernel',
];
const text = (words: string): number => TEXTS.indexOf(words);

const row = (
  name: string,
  namespace: string,
  state: number,
  tierScore: number,
  signals: readonly number[] = [],
): Row => ({
  state,
  name: text(name),
  namespace: text(namespace),
  source: text('a.yaml:1'),
  now: { place: 1, words: text(state === 1 ? 'gvisor' : 'host kernel'), tierScore, hygiene: 0 },
  cells: [],
  signals,
  sides: [],
});

const DATA: PageData = {
  texts: TEXTS,
  states: [
    { id: 'rejected', word: 'rejected', glyph: 'rejected' },
    { id: 'vm', word: 'VM', glyph: 'vm' },
  ],
  columns: [],
  signals: [{ id: 'hostPID', title: 'Host PID namespace', category: 'breakout' }],
  policies: [],
  rows: [
    row('DaemonSet/agent', 'shop', 0, 80, [0]),
    row('Deployment/web', 'shop', 1, 30),
    row('Job/build', 'ci', 1, 70),
  ],
};
const model = modelOf(DATA);
const named = (part: object): readonly string[] =>
  select({ ...EVERYTHING, ...part }, model).rows.map(one => TEXTS[one.name] ?? '');

describe('the list of a page', () => {
  it('is all of it, as it came, where nothing is asked for', () => {
    expect(named({})).toEqual(['DaemonSet/agent', 'Deployment/web', 'Job/build']);
  });

  it.each<[string, object, readonly string[]]>([
    ['a namespace', { namespace: 'ci' }, ['Job/build']],
    ['a signal', { signal: 'hostPID' }, ['DaemonSet/agent']],
    ['a state', { state: 'vm' }, ['Deployment/web', 'Job/build']],
    ['a word of a name, in any letters', { search: 'WEB' }, ['Deployment/web']],
    ['a word of the title of a signal', { search: 'pid' }, ['DaemonSet/agent']],
    ['a class', { search: 'gvisor' }, ['Deployment/web', 'Job/build']],
    ['several words, all of which must be there', { search: ' shop  web ' }, ['Deployment/web']],
    ['what nothing has', { search: 'nothing' }, []],
    ['a state that there is none of', { state: 'unheard' }, []],
  ])('can be had by %s', (_, part, expected) => {
    expect(named(part)).toEqual(expected);
  });

  it('comes in the order that is asked for', () => {
    expect(ORDERS.map(order => named({ order }))).toEqual([
      ['DaemonSet/agent', 'Deployment/web', 'Job/build'],
      ['DaemonSet/agent', 'Job/build', 'Deployment/web'],
      ['Job/build', 'DaemonSet/agent', 'Deployment/web'],
      ['DaemonSet/agent', 'Deployment/web', 'Job/build'],
    ]);
  });

  it('counts each state of what all else leaves', () => {
    expect(select({ ...EVERYTHING, namespace: 'shop', state: 'rejected' }, model).counts).toEqual([1, 1]);
  });

  it('leaves the rows of the page in their order', () => {
    named({ order: 'by score' });
    expect(DATA.rows.map(one => TEXTS[one.name])).toEqual(['DaemonSet/agent', 'Deployment/web', 'Job/build']);
  });
});

describe('the address of a page', () => {
  it('leads back to what it was made of, whatever the names', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 12 });
    const filter = fc.record({
      search: word,
      state: word,
      namespace: word,
      signal: word,
      order: fc.constantFrom(...ORDERS),
    });
    fc.assert(
      fc.property(filter, one => {
        expect(filterIn(hashOf(one))).toEqual(one);
      }),
    );
  });

  it('is that of the list where nothing is asked for', () => {
    expect(hashOf(EVERYTHING)).toBe('#list');
    expect([isFilter('#list'), isFilter('#namespace=shop'), isFilter('')]).toEqual([false, true, false]);
  });
});
