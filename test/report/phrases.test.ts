import { describe, expect, it } from 'vitest';
import { phraseOf, titleOf } from '../../src/report/words/terms.ts';
import { SIGNALS } from '../../src/signals/index.ts';

/*
A sentence names a signal as one would say it: "no sandbox can contain the host's PID namespace".
*/

/** Several of something, or what is not counted. */
const WITHOUT_ARTICLE = [
  'allowed privilege escalation',
  'another capability beyond Baseline',
  'bidirectional mount propagation',
  'capabilities that are not dropped',
  'HostToContainer mount propagation',
  'huge pages',
  'mesh capture from outside the Pod',
  'writable cgroups',
];

it('begins with an article wherever one counts what it names', () => {
  const bare = SIGNALS.map(({ id }) => phraseOf(id)).filter(phrase => !/^(a|an|the) /.test(phrase));
  expect(bare.sort()).toEqual(WITHOUT_ARTICLE.toSorted());
});

it('says "an" where a vowel is heard', () => {
  const an = SIGNALS.map(({ id }) => phraseOf(id)).filter(phrase => phrase.startsWith('an '));
  expect(an.filter(phrase => !/^an (?:[AEIOaeio]|un|NRI |SELinux )/.test(phrase))).toEqual([]);
  const a = SIGNALS.map(({ id }) => phraseOf(id)).filter(phrase => phrase.startsWith('a '));
  expect(a.filter(phrase => /^a (?:[AEIOaeio]|un|NRI |SELinux )/.test(phrase))).toEqual([]);
});

describe.each([
  ['hostPID', 'host PID namespace', "the host's PID namespace"],
  ['privileged', 'privileged container', 'a privileged container'],
  ['imageVolume', 'image volume', 'an image volume'],
  ['none-such', 'none-such', 'none-such'],
])('%s', (id, title, phrase) => {
  it('has a title for lists and a phrase for sentences', () => {
    expect(titleOf(id)).toBe(title);
    expect(phraseOf(id)).toBe(phrase);
  });
});
