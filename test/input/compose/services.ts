import type { ComposePlace } from '../../../src/input/compose/field.ts';
import { type PodSubject, readSubjects } from '../../../src/input/subjects.ts';
import { viewPod } from '../../../src/pod/view.ts';
import { inspect, signalById } from '../../../src/signals/index.ts';
import type { Problem } from '../../../src/source/document.ts';
import { placeText } from '../../../src/source/document.ts';
import { readDocuments } from '../../../src/source/yaml/yaml.ts';

/** Where the files of these tests lie, without a link. */
const PLACE: ComposePlace = { folder: '/home/me/shop', realPath: path => path };

export interface Read {
  readonly subjects: readonly PodSubject[];
  readonly problems: readonly Problem[];
}

export function readCompose(text: string, place: Partial<ComposePlace> = {}): Read {
  const { documents, problems } = readDocuments(text, 'compose.yaml', 'manifests');
  const read = readSubjects(documents, 'default', undefined, () => ({ ...PLACE, ...place }));
  return { subjects: read.subjects, problems: [...problems, ...read.problems] };
}

/** What is found in a service, `signal path = value`, without what is found in the plainest: `plain` has no user, no limits, … */
export function findingsOf({ pod, namespace, pathOf }: PodSubject, plain = PLAIN): readonly string[] {
  return inspect(viewPod(pod, namespace))
    .filter(({ signal }) => !plain.includes(signal) && signalById.has(signal))
    .map(({ signal, path, value }) =>
      [signal, pathOf(path), ...(value === undefined ? [] : ['=', String(value)])].join(' '),
    );
}

/** What a service has that says nothing but its image. */
export const PLAIN = ['allowPrivilegeEscalation', 'capabilityNotDropped', 'runAsNonRoot', 'unsetLimits'];

/** `line: message`, an error with `error ` before it. */
export const toldOf = ({ problems }: Read): readonly string[] =>
  problems.map(
    ({ severity, position, path, message }) => `${severity} ${placeText(position)} ${path}: ${message}`,
  );

/** One service called `web`, of a digest, with these lines below it, and those of the file behind. */
export const fileWith = (lines: string, rest = ''): string =>
  `services:\n  web:\n    image: a@sha256:${'0'.repeat(64)}\n${indented(lines, 4)}${rest}`;

const indented = (lines: string, by: number): string =>
  lines
    .split('\n')
    .filter(line => line !== '')
    .map(line => `${' '.repeat(by)}${line}\n`)
    .join('');
