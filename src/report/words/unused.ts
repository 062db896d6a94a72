import type { Unlisted } from '../../input/unlisted.ts';
import type { Unused } from '../../input/unused.ts';
import type { Position } from '../../source/document.ts';
import { shellLine } from '../../source/files/projects.ts';
import { count, quote, someOf } from '../../source/text.ts';
import type { ReviewNote } from '../result.ts';

/** Each one whose likely meaning is known has a note of its own, up to as many as anybody reads. */
const MOST_MEANT = 10;
/** If there are more than this, one note names them without reasons: whoever reviews one file has the policies of all. */
const MOST_ALONE = 3;

/**
 * Notes on what has no effect: one for each with the reason, where it was probably mistyped or there are few; otherwise one for
 * all.
 */
export function unusedNotes(all: readonly Unused[]): readonly ReviewNote[] {
  const meant = all.filter(one => one.meant !== undefined).slice(0, MOST_MEANT);
  const others = all.filter(one => !meant.includes(one));
  if (others.length <= MOST_ALONE) return [...meant, ...others].map(noteOf);
  const [first] = others;
  return [
    ...meant.map(noteOf),
    {
      position: { file: first?.position.file ?? '' },
      message: `${others.length} policies, exemptions and profiles bear on nothing that was reviewed: ${someOf(others.map(({ id }) => id))}`,
      fix: 'None is needed where they are for other manifests.',
    },
  ];
}

const noteOf = ({ id, position, meant, isOfServices, ...missing }: Unused): ReviewNote => ({
  position,
  object: id,
  message: `bears on nothing that was reviewed: ${why(missing, isOfServices === true)}`,
  fix:
    meant === undefined
      ? (isOfServices && SERVICE_FIXES[missing.what]) || FIXES[missing.what]
      : `Did you mean ${quote(meant)}?`,
});

function why({ what, word }: Pick<Unused, 'what' | 'word'>, isOfServices: boolean): string {
  switch (what) {
    case 'namespace':
      return isOfServices
        ? `no service is taken to be in namespace ${quote(word)}`
        : `no object is in namespace ${quote(word)}`;
    case 'label':
      return `nothing has the label ${quote(word)}`;
    case 'service account':
      return isOfServices
        ? `it is for ServiceAccount ${quote(word)}, and no service has one`
        : `no Pod runs as ServiceAccount ${quote(word)}`;
    case 'finding':
      return 'nothing that it waives was found in what it is for';
    case 'handler':
      return isOfServices
        ? `no runtime starts ${quote(word)}`
        : `no RuntimeClass has the handler ${quote(word)}`;
    case 'object':
      return `its match selects no ${isOfServices ? 'service' : 'object'}`;
  }
}

const MATCH = 'Correct its match, or leave it if it is for other manifests.';
const FIXES: Readonly<Record<Unused['what'], string>> = {
  namespace: MATCH,
  label: MATCH,
  object: MATCH,
  'service account': MATCH,
  finding: 'Remove it if what it is for is gone.',
  handler: 'Give the RuntimeClasses of the cluster with --cluster FILE, or correct the handler.',
};

/** The fixes that differ where only services were judged. */
const SERVICE_FIXES: Readonly<Partial<Record<Unused['what'], string>>> = {
  namespace: 'Name it with -n, or leave it if it is for other files.',
  'service account': 'Leave it if it is for manifests: Docker has no ServiceAccounts.',
  handler: 'Give the daemon.json of the host with --docker-daemon FILE, or correct the handler.',
};

/** Notes on what a policy lists and the daemon lacks, each with what was probably meant. */
export const unlistedNotes = (all: readonly Unlisted[]): readonly ReviewNote[] =>
  all.map(({ id, position, listed, meant, isolation, there }) => ({
    position,
    object: id,
    message: `lists no runtime that the daemon has: ${someOf(listed.map(choice => ('runtimeClass' in choice ? quote(choice.runtimeClass) : choice.isolation)))}`,
    fix:
      meant === undefined
        ? othersFix(there)
        : `Did you mean ${quote(meant)}? List it as well${isolation ? `, or say "isolation: ${isolation}"` : ''}, if it is as good.`,
  }));

const othersFix = (there: readonly string[]): string =>
  there.length === 0
    ? 'Set up a sandbox there: "cofferdam export docker" writes the daemon.json.'
    : `List one of those that it has: ${someOf(there.map(name => quote(name)))}.`;

/** A policy, exemption or profile among manifests. */
export interface Lying {
  /** `Kind/name` or `Kind/namespace/name` */
  readonly id: string;
  readonly position: Position;
}

/** At most this many files are named, as a line to be copied has to be short. */
const MOST_FILES = 4;

/** One note for all that lie among the manifests and are not in force, with the flag that applies them. */
export function lyingNotes(all: readonly Lying[]): readonly ReviewNote[] {
  const [first] = all;
  if (!first) return [];
  const files = [...new Set(all.map(({ position }) => position.file))];
  const flags = shellLine(files.slice(0, MOST_FILES).flatMap(file => ['--policy', file]));
  const more = files.length - MOST_FILES;
  return [
    {
      position: first.position,
      object: first.id,
      message:
        all.length === 1
          ? 'lies among the manifests, and is not in force'
          : `lies among the manifests, and is not in force, ${all.length === 2 ? 'nor is 1 other' : `nor are ${all.length - 1} others`}`,
      fix: `Give ${all.length === 1 ? 'it' : 'them'} with ${flags}${more > 0 ? `, and ${count(more, 'more file')}` : ''}.`,
    },
  ];
}
