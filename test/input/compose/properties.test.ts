// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Compose.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wellKnownDocker } from '../../../src/cluster/docker.ts';
import type { Decision } from '../../../src/decision/decision.ts';
import { decideCreation } from '../../../src/decision/ground.ts';
import { asService } from '../../../src/decision/service.ts';
import { smallestChangeOfService } from '../../../src/fix/service.ts';
import { rewritten } from '../../../src/fix/text.ts';
import { parsePath } from '../../../src/input/path.ts';
import type { PodSubject } from '../../../src/input/subjects.ts';
import { rank } from '../../../src/profiles/isolation.ts';
import {
  arbitraryService,
  arbitraryWriting,
  commentsOf,
  composeText,
  DANGERS,
  STYLES,
  withOne,
} from '../../arbitraries/compose.ts';
import { NOW } from '../../support/request.ts';
import { snapshotOf } from '../../support/snapshot.ts';
import { readCompose } from './services.ts';

/*
What has to hold for whatever a Compose file says, and however it says it. Of each, many thousand runs were made once; COMPOSE_RUNS
asks for as many.
*/

const RUNS = Number(process.env.COMPOSE_RUNS ?? 80);
const ground = { snapshot: snapshotOf([]), view: wellKnownDocker() };
const judge = (subject: PodSubject): Decision => asService(decideCreation(subject, ground, NOW));

function webOf(text: string): PodSubject {
  const { subjects, problems } = readCompose(text);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const web = subjects.find(({ name }) => name === 'web');
  if (!web) throw new Error('no service web');
  return web;
}

/** What is decided, without where it stands. */
const decidedIn = ({ verdict, runtimeClass, isolation, required, governing, findings }: Decision) => ({
  verdict,
  runtimeClass,
  isolation,
  required,
  score: governing.score,
  tierScore: governing.tierScore,
  findings: findings.map(({ signal, value, written }) => `${signal} ${value} ${written}`).toSorted(),
});

const VERDICTS = ['admit', 'sandbox', 'reject'];

describe('a service of a Compose file', () => {
  it('is decided the same however it is written', () => {
    fc.assert(
      fc.property(arbitraryService, arbitraryWriting, arbitraryWriting, (service, one, other) => {
        const texts = [one, other].map(writing => composeText(service, writing)) as [string, string];
        expect(decidedIn(judge(webOf(texts[0]))), texts.join('\n')).toEqual(
          decidedIn(judge(webOf(texts[1]))),
        );
      }),
      { numRuns: RUNS },
    );
  });

  it('has each finding at the line that says it', () => {
    const told = new Map<string, number>();
    fc.assert(
      fc.property(arbitraryService, arbitraryWriting, (service, writing) => {
        const text = composeText(service, writing);
        const web = webOf(text);
        const lines = text.split(/\r?\n/);
        for (const finding of judge(web).findings) {
          const path = web.pathOf(finding.path);
          const { line = 0 } = web.document.positionOf(parsePath(path));
          const written = lines[line - 1] ?? '';
          const [field = ''] = path.replace('services.web.', '').split(/[.[]/);
          const marks = service.things.filter(thing => thing.field === field).map(({ mark }) => mark);
          if (marks.length === 0) continue;
          // A missing setting is reported at the field that would contain it.
          const mark = path.endsWith(field) ? [new RegExp(field)] : marks;
          expect([text, path, written, mark.some(one => one.test(written))]).toEqual([
            text,
            path,
            written,
            true,
          ]);
          told.set(field, (told.get(field) ?? 0) + 1);
        }
      }),
      { numRuns: RUNS },
    );
    expect(told.size).toBeGreaterThan(5);
  });

  it('is never judged more leniently for one dangerous thing more', () => {
    let compared = 0;
    fc.assert(
      fc.property(
        arbitraryService,
        fc.constantFrom(...DANGERS),
        fc.nat({ max: 20 }),
        arbitraryWriting,
        (service, danger, at, writing) => {
          const more = withOne(service, danger, at);
          if (!more) return;
          const [before, after] = [service, more].map(one => judge(webOf(composeText(one, writing)))) as [
            Decision,
            Decision,
          ];
          const text = composeText(more, writing);
          expect(VERDICTS.indexOf(after.verdict), text).toBeGreaterThanOrEqual(
            VERDICTS.indexOf(before.verdict),
          );
          expect(rank(after.required), text).toBeGreaterThanOrEqual(rank(before.required));
          expect(after.governing.tierScore, text).toBeGreaterThanOrEqual(before.governing.tierScore);
          expect(after.findings.length, text).toBeGreaterThan(0);
          compared++;
        },
      ),
      { numRuns: RUNS },
    );
    expect(compared).toBeGreaterThan(RUNS / 2);
  });
});

describe('a service that is mended', () => {
  it('is then decided as announced, and no other line is touched', () => {
    const done = new Map<string, number>();
    fc.assert(
      fc.property(arbitraryService, arbitraryWriting, (service, writing) => {
        const text = composeText(service, writing);
        const what = mend(text, writing.style);
        done.set(what, (done.get(what) ?? 0) + 1);
      }),
      { numRuns: RUNS },
    );
    for (const what of ['nothing to do', 'by hand', 'mended'])
      expect([what, (done.get(what) ?? 0) > 0]).toEqual([what, true]);
  });
});

const aim = { judge, isReached: ({ verdict }: Decision) => verdict !== 'reject', freely: false };

/** @returns what came of it */
function mend(text: string, style: (typeof STYLES)[number]): string {
  const subject = webOf(text);
  const before = judge(subject);
  if (before.verdict === 'admit') return 'nothing to do';
  const mended = smallestChangeOfService(subject, before, aim);
  if ('left' in mended) return 'by hand';
  const file = rewritten(text, [{ subject, mended }], 'default');
  if (!file) {
    // A setting that another place shares is left to a person.
    expect([style, text]).toEqual([expect.stringMatching(/merged|aliases/), text]);
    return 'by hand';
  }
  const { after } = file;
  expect(decidedIn(judge(webOf(after))), after).toEqual(decidedIn(mended.decision));
  expect(mended.decision.verdict).toBe('admit');
  expect(commentsOf(after), after).toEqual(commentsOf(text));
  onlyAnnounced(
    text,
    after,
    mended.changes.flatMap(({ edits }) => edits.map(({ keys }) => String(keys[2]))),
  );
  return 'mended';
}

/** Each line of the one stands in the other, in its order and byte for byte, but for those of the fields that are changed. */
function onlyAnnounced(before: string, after: string, fields: readonly string[]): void {
  const isOfOneLine = !/^ +web:\r?$|^ +'?"?web'?"?: *(\{)?\r?$/m.test(before);
  if (isOfOneLine) return;
  // The last line of a map has no comma in JSON, and another line may become the last.
  const linesOf = (text: string): string[] => text.replaceAll(/,(?=\r?\n)/g, '').split('\n');
  const [was, is] = [linesOf(before), linesOf(after)];
  let at = 0;
  for (const line of is) {
    const found = was.indexOf(line, at);
    if (found < 0) expect(fields, line).toContain(/^\W*([\w-]+)/.exec(line)?.[1] ?? '');
    else at = found + 1;
  }
  expect(after.includes('\r\n')).toBe(before.includes('\r\n'));
}

describe('whatever stands in a Compose file', () => {
  const FIELDS = [
    ...new Set([
      ...DANGERS.map(({ field }) => field),
      'deploy',
      'gpus',
      'networks',
      'volumes_from',
      'env_file',
      'develop',
      'post_start',
      'provider',
      'extends',
      'configs',
      'labels',
    ]),
  ];
  const words = fc.constantFrom(
    '',
    '/',
    ':',
    '::',
    '${',
    '${A',
    '${A:-${B}',
    '$',
    'a:b:c',
    '~',
    '=',
    'host',
    'service:web',
    'container:web',
    '__proto__',
    'constructor',
    '\u0000',
    '🦆',
    'C:\\',
  );
  const value: fc.Arbitrary<unknown> = fc.letrec<{ any: unknown }>(tie => ({
    any: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      words,
      fc.constantFrom(null, true, 0, -1.5, 1e300),
      fc.array(tie('any'), { maxLength: 2 }),
      fc.dictionary(
        fc.oneof(
          words,
          fc.constantFrom(
            'type',
            'source',
            'file',
            'driver',
            'driver_opts',
            'external',
            'name',
            'exec',
            'watch',
          ),
        ),
        tie('any'),
        { maxKeys: 3 },
      ),
    ),
  })).any;

  it('is answered', () => {
    const service = fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 4 });
    const file = fc.record({
      services: fc.dictionary(fc.constantFrom('web', 'other', '__proto__'), fc.oneof(service, value)),
      volumes: fc.oneof(fc.constant({}), value, fc.dictionary(words, value)),
      networks: value,
      secrets: value,
    });
    fc.assert(
      fc.property(file, root => {
        const { subjects, problems } = readCompose(JSON.stringify(root));
        expect(problems.filter(({ fix = '' }) => fix.includes('fault of cofferdam'))).toEqual([]);
        for (const subject of subjects) expect(VERDICTS).toContain(judge(subject).verdict);
      }),
      { numRuns: RUNS * 2 },
    );
  });
});

it('every style of writing is written', () => {
  const service = { things: DANGERS.slice(0, 4) };
  const writing = { choices: [0], isOfWindows: false, isMap: false };
  const texts = STYLES.map(style => composeText(service, { ...writing, style }));
  expect(new Set(texts).size).toBe(STYLES.length);
  expect(texts.join('')).toContain('<<: *first');
});
