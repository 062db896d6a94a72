import { builtinView } from '../../cluster/builtin.ts';
import { type DockerView, readDaemon } from '../../cluster/docker.ts';
import { readCluster } from '../../cluster/static.ts';
import type { ClusterView } from '../../cluster/view.ts';
import type { Ground } from '../../decision/ground.ts';
import { builtinPolicy } from '../../policy/builtin.ts';
import { loadPolicies } from '../../policy/load.ts';
import type { SourceDocument } from '../../source/document.ts';
import { readSources } from '../../source/files/files.ts';
import { byPlace } from '../../source/place.ts';
import { Failure } from '../console/failure.ts';
import type { CliIo } from '../console/io.ts';
import { chunksOf, isError, tell } from '../console/tell.ts';
import type { InputOptions } from './options.ts';

export interface LoadedGround extends Ground {
  /** What services of Compose files are judged against; the well-known runtimes where this is left out. */
  readonly docker?: DockerView;
  /** Policies, exemptions and profiles in force that were named, by `Kind/name` or `Kind/namespace/name`. */
  readonly given: ReadonlyMap<string, SourceDocument>;
}

/**
 * Loads what manifests are judged against, and reports on standard error what is wrong with it.
 * @throws Failure when an answer could not be relied on
 */
export async function loadGround(options: InputOptions, io: CliIo): Promise<LoadedGround> {
  const inForce = await loadInForce(options, io);
  // This is read even if the policies are broken, so that all that is wrong is reported at once.
  const view = await loadView(options.cluster, io);
  const docker =
    options.dockerDaemon === undefined ? {} : { docker: await loadDaemon(options.dockerDaemon, io) };
  return { ...soundOf(inForce), view, ...docker };
}

/** Policies, exemptions and profiles, as far as they could be read. */
export interface InForce extends Omit<LoadedGround, 'view'> {
  readonly isSound: boolean;
}

/** Loads these, and reports what is wrong on standard error. */
export async function loadInForce(
  { policy = [], balanced }: Pick<InputOptions, 'policy' | 'balanced'>,
  io: CliIo,
): Promise<InForce> {
  const { snapshot, problems, accepted } = await loadPolicies(policy, {
    balanced,
    stdin: chunksOf(io.stdin),
  });
  tell(problems, io);
  const shipped = new Set(builtinPolicy('balanced'));
  const given = new Map([...accepted].filter(([, document]) => !shipped.has(document)));
  return { snapshot, given, isSound: !problems.some(isError) };
}

/** @throws Failure where something is wrong with them, which was reported */
export function soundOf({ isSound, ...inForce }: InForce): Omit<LoadedGround, 'view'> {
  if (!isSound) throw new Failure('the policies have problems, so nothing was judged');
  return inForce;
}

/**
 * @param cluster a file; without one, the well-known classes are assumed
 * @throws Failure when an answer could not be relied on
 */
export async function loadView(cluster: string | undefined, io: CliIo): Promise<ClusterView> {
  return cluster === undefined ? builtinView() : await loadCluster(cluster, io);
}

/** @throws Failure when an answer could not be relied on */
async function loadDaemon(path: string, io: CliIo): Promise<DockerView> {
  const read = await readSources([path], chunksOf(io.stdin));
  const [document, ...more] = read.documents;
  const daemon = document && readDaemon(document);
  const problems = byPlace([...read.problems, ...(daemon?.problems ?? [])], read.files);
  tell(problems, io);
  if (daemon && more.length === 0 && !problems.some(isError)) return daemon.view;
  const why = document ? '' : ': it holds nothing';
  throw new Failure(
    `the --docker-daemon file has problems, so nothing was judged${why}`,
    'Give a daemon.json of Docker, such as /etc/docker/daemon.json.',
  );
}

async function loadCluster(path: string, io: CliIo): Promise<ClusterView> {
  const read = await readSources([path], chunksOf(io.stdin));
  const cluster = readCluster(read.documents);
  const problems = byPlace([...read.problems, ...cluster.problems], read.files);
  tell(problems, io);
  if (problems.some(isError)) throw new Failure('the --cluster file has problems, so nothing was judged');
  if (cluster.view.runtimeClasses().length === 0) {
    throw new Failure(
      `${path} holds no RuntimeClass, so nothing can be sandboxed`,
      'Write it with: kubectl get runtimeclasses,nodes,namespaces -o yaml > cluster.yaml',
    );
  }
  return cluster.view;
}
