import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGES, textOf } from '../docs/pages.ts';

/*
What can be told of English without reading it. A comment of one line that begins with "Of", "As", "By" or the like leaves out
what it is about, unless a clause with a verb follows.
*/

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDERS = ['src', 'scripts', 'test'];

const LEAD =
  /^(?:Of|As|By|For|To|With|Without|In|On|At|From|Below|Above|Behind|Beside|Within|Between|Until|Also|Not|Told)\b/;
/** What follows in such a clause says nothing of the comment's subject. */
const SUBORDINATE =
  /\b(?:that|which|who|whom|whose|where|when|while|what|whatever|whether|how|as|until|once|unless|before|after|than|since|so)\b[^,.:;]*/gi;
const VERB =
  /\b(?:is|are|was|were|has|have|had|do|does|did|can|cannot|may|might|must|will|would|should|counts?|comes?|takes?|needs?|goes|judges?|belongs?|knows|tells|asks|decides|stays?|differs?|looks?|holds?|makes?|reads?|fails?)\b/;

/** Whether a comment names nothing and says nothing: `Of this program.` */
function isFragment(comment: string): boolean {
  if (!LEAD.test(comment)) return false;
  // A clause after "As" and "Until" is subordinate itself.
  const rest = /^(?:As|Until)\b/.test(comment) ? comment.replace(/^[^,:;]*/, '') : comment;
  return !VERB.test(rest.replace(/\([^)]*\)|`[^`]*`/g, '').replace(SUBORDINATE, ''));
}

/** Comments of one line: a docstring, or a line of its own that no other line goes on. */
function commentsIn(file: string): readonly string[] {
  const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
  const isNote = (line = ''): boolean => /^\s*\/\/ /.test(line);
  return lines.flatMap((line, i) => {
    const text =
      /\/\*\* (.+) \*\//.exec(line)?.[1] ??
      (isNote(line) && !isNote(lines[i - 1]) && !isNote(lines[i + 1]) ? line.trim().slice(3) : undefined);
    return text === undefined ? [] : [`${file}:${i + 1} ${text}`];
  });
}

const files = FOLDERS.flatMap(folder =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && !file.endsWith('.gen.ts'))
    .map(file => join(folder, file)),
);

const textAfterPlace = (comment: string): string => comment.slice(comment.indexOf(' ') + 1);

it('has comments that name or say something', () => {
  const all = files.flatMap(commentsIn);
  expect(all.length).toBeGreaterThan(2500);
  expect(all.filter(comment => isFragment(textAfterPlace(comment)))).toEqual([]);
});

describe('a comment', () => {
  it.each([
    'Of this program.',
    'By name.',
    'As the author wrote it; empty for what has no name.',
    'Of a list, what its objects are called and labelled alone: a tenth of the bytes.',
    'For one answer, in milliseconds.',
    'Without the hyphens.',
    'Not where the version cannot be read.',
    'Told what could not be removed.',
  ])('is a fragment: %s', comment => {
    expect(isFragment(comment)).toBe(true);
  });

  it.each([
    'The version of this program.',
    'In JSON, no key is a number.',
    'Within an action, colons belong to what encloses it.',
    'As two of them may differ, each is told.',
    'Without the registry, a first part like a host would be one.',
  ])('is none: %s', comment => {
    expect(isFragment(comment)).toBe(false);
  });
});

/** The first line of what a comment is about. */
const isFunction = (code: string): boolean =>
  /^\s*(?:(?:export |async )*function\b|(?:export )?const \w+ = (?:async )?(?:<[^>]*>)?\(|#?\w+\(.*\).*[{;]$)/.test(
    code,
  );

/** Docstrings of one line above functions that say what comes of one case alone: `Undefined where there is none.` */
function casesAlone(file: string): readonly string[] {
  const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
  return lines.flatMap((line, i) =>
    /\/\*\* (?:Undefined|Empty|Nothing|None) (?:where|when|for|if)\b/.test(line) &&
    isFunction(lines[i + 1] ?? '')
      ? [`${file}:${i + 1} ${line.trim()}`]
      : [],
  );
}

it('has comments on functions that say what they return, and not only when it is nothing', () => {
  expect(files.filter(file => file.startsWith('src/')).flatMap(casesAlone)).toEqual([]);
});

/** Words that readers stumbled over, and what is no English. */
const STUMBLED = [
  /of kinds that nobody knows yet/,
  /\b1 (?:if )?the answer is no\b/,
  /\bbelongs? into\b/,
  /\bnor has (?:it|he|they)\b/,
  /\bas is wanted\b/,
  /\bof which it is (?:not )?known\b/,
  /\bis one that it\b/,
  /\bthat it goes to\b/,
  /\bsmaller, or fewer\b/,
  /\btaken to be there\b/,
  /\bis not there, though\b/,
];

/** Whole texts of comments and messages, which may go on in the next line. */
const texts = [
  ...PAGES.map(page => [page, textOf(page)] as const),
  ...files
    .filter(file => !import.meta.filename.endsWith(file))
    .map(
      file => [file, readFileSync(join(ROOT, file), 'utf8').replaceAll(/\n\s*(?:\*|\/\/) /g, ' ')] as const,
    ),
];

it.each(STUMBLED)('says nowhere %s', words => {
  expect(texts.filter(([, text]) => words.test(text)).map(([file]) => file)).toEqual([]);
});

/** Who is told of something hears about it; what is told of an object, as German has it, is said about it. */
const TOLD_OF =
  /\b(?:what|all that|which) (?:is|are|was|were) told of\b|\b(?:is|are) told of (?:here|elsewhere|first|once)\b/i;

const own = texts.filter(([file]) => file.startsWith('src/'));

it('says nowhere in src that something is told of something', () => {
  expect(own.filter(([, text]) => TOLD_OF.test(text)).map(([file]) => file)).toEqual([]);
});

/** What reads as translated, with what stands in its place. */
const TRANSLATED = [
  ['even where', /\balso (?:where|when)\b/],
  [
    'for whoever',
    /\b(?:for|of|to|by) who (?:is|has|does|wants|reads|makes|goes|may|might|can|cannot|looks|runs|writes)\b/,
  ],
  ['of that time', /\bof then\b/],
  ['which is reported', /\b(?:that|which) (?:is|are|was|were) told\b(?! to\b)/],
  ['one with a name', /\bwhat is called so\b/],
  ['the number of', /\bthe how many-th\b/],
] as const;

/** Comments, and no code between them. */
const commentsOf = (text: string): string =>
  Array.from(text.matchAll(/(?<=^|\s)(?:\/\*[\s\S]*?\*\/|\/\/ .*)/gm), ([comment]) => comment).join('\n');

const code = texts.filter(([file]) => file.endsWith('.ts'));

it.each(TRANSLATED)('says "%s" in comments, and not %s', (_, words) => {
  expect(code.filter(([, text]) => words.test(commentsOf(text))).map(([file]) => file)).toEqual([]);
});
