import type { RunningPod } from '../../input/cluster.ts';
import type { PodSubject, Subjects } from '../../input/subjects.ts';
import { passedOverSentence } from '../../report/words/passed-over.ts';
import { suggest } from '../../source/flaw.ts';
import { someOf } from '../../source/text.ts';
import { Failure } from '../console/failure.ts';
import { isError } from '../console/tell.ts';

/** The one object to explain. */
export function pick(input: Subjects, name: string | undefined): PodSubject {
  const [first, ...rest] = pickAll(input, name);
  if (first && rest.length === 0) return first;
  const all = [first, ...rest].map(one => `${one?.kind}/${one?.name}`);
  throw new Failure(`${all.length} objects to choose from`, `Choose one with --name: ${someOf(all, 10)}`);
}

/**
 * The objects with that name; all, without one.
 * @throws Failure where there is none
 */
export function pickAll(
  { subjects, skipped, problems }: Subjects,
  name: string | undefined,
): readonly PodSubject[] {
  const named =
    name === undefined ? subjects : subjects.filter(one => isCalled(`${one.kind}/${one.name}`, name));
  if (named.length > 0) return named;
  const all = subjects.map(({ kind, name: own }) => `${kind}/${own}`);
  const unread = problems.find(({ object }) => object && name && isCalled(object, name))?.object;
  if (unread) throw new Failure(`${unread} cannot be judged`, 'What is wrong with it stands above.');
  if (all.length > 0) {
    throw new Failure(
      `no object is called "${name}"`,
      suggest(name ?? '', namesOf(all), `There are: ${someOf(all, 10)}`),
    );
  }
  const errors = problems.filter(isError).length;
  if (errors > 0) throw new Failure('nothing to explain: the input has problems');
  throw new Failure(
    'nothing to explain: no Pod, and no workload with a Pod template',
    passedOverSentence(skipped) || undefined,
  );
}

/** The names that `--name` takes, without the kind and with it. */
const namesOf = (objects: readonly string[]): readonly string[] => [
  ...objects.map(object => object.slice(object.indexOf('/') + 1)),
  ...objects,
];

/** @param object `Kind/name` */
const isCalled = (object: string, wanted: string): boolean =>
  object.slice(object.indexOf('/') + 1) === wanted || object.toLowerCase() === wanted.toLowerCase();

/**
 * The Pod of a cluster to explain, by its own name or by that of its owner, of whose Pods and templates the first then stands for
 * all.
 * @throws Failure where there is none with that name, or several
 */
export function pickRunning(pods: readonly RunningPod[], name: string | undefined): RunningPod {
  const named =
    name === undefined ? pods : pods.filter(pod => isCalled(nameOf(pod), name) || isOwnedBy(pod, name));
  const [first] = named;
  const owners = [...new Set(named.map(pod => `${ownerOf(pod)} -n ${pod.namespace}`))];
  if (first && owners.length === 1) return first;
  if (first) {
    const some = someOf(owners, 10);
    throw new Failure(`${owners.length} objects to choose from`, `Choose one with --name: ${some}`);
  }
  if (pods.length === 0) throw new Failure('nothing to explain: no Pod runs there, and there is no workload');
  const all = [...new Set(pods.flatMap(pod => [ownerOf(pod), nameOf(pod)]))];
  throw new Failure(
    `no object is called "${name}"`,
    suggest(name ?? '', namesOf(all), `There are: ${someOf(all, 10)}`),
  );
}

const nameOf = ({ kind, name }: PodSubject): string => `${kind}/${name}`;
const ownerOf = ({ owner }: RunningPod): string => `${owner.kind}/${owner.name}`;
const isOwnedBy = (pod: RunningPod, name: string): boolean => isCalled(ownerOf(pod), name);
