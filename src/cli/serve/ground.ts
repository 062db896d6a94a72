import type { Loaded } from '../../admission/reload.ts';
import { builtinView } from '../../cluster/builtin.ts';
import { readCluster } from '../../cluster/static.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { isBuiltinPolicy } from '../../policy/builtin.ts';
import { loadPolicies } from '../../policy/load.ts';
import type { Problem } from '../../source/document.ts';
import { NO_INPUT, readSources } from '../../source/files/files.ts';
import { byPlace } from '../../source/place.ts';
import type { ServeOptions } from './options.ts';

type GroundOptions = Pick<ServeOptions, 'policy' | 'balanced' | 'cluster'>;

/** The files and folders among the arguments, which are watched. */
export const watchedPaths = ({ policy, cluster }: GroundOptions): readonly string[] => [
  ...policy.filter(name => !isBuiltinPolicy(name)),
  ...(cluster === undefined ? [] : [cluster]),
];

/** Reads the policies and the cluster file again. */
export async function loadServed(options: GroundOptions): Promise<Loaded> {
  const { snapshot, problems } = await loadPolicies(options.policy, { balanced: options.balanced });
  const cluster = await loadView(options.cluster);
  return { ground: { snapshot, view: cluster.view }, problems: [...problems, ...cluster.problems] };
}

async function loadView(
  path: string | undefined,
): Promise<{ readonly view: ClusterView; readonly problems: readonly Problem[] }> {
  if (path === undefined) return { view: builtinView(), problems: [] };
  // Standard input is not read, as it could not be read again.
  const reading = await readSources([path], NO_INPUT);
  const { view, problems, kinds } = readCluster(reading.documents);
  // Whatever cannot be read may contain them.
  const missing = reading.problems.length > 0 ? [] : NEEDED.filter(({ kind }) => !kinds.has(kind));
  const all = [...reading.problems, ...problems, ...missing.map(lack => lacking(path, lack))];
  return { view, problems: byPlace(all, reading.files) };
}

/** What a cluster file must contain, and what would silently go wrong without it. */
const NEEDED = [
  { kind: 'RuntimeClass', so: 'nothing could be sandboxed' },
  { kind: 'Namespace', so: 'no policy, risk or minimum isolation of a namespace would apply' },
] as const;

const lacking = (file: string, { kind, so }: (typeof NEEDED)[number]): Problem => ({
  severity: 'error',
  position: { file },
  path: '',
  message: `holds no ${kind}, so ${so}`,
  fix: 'Write it with: kubectl get runtimeclasses,nodes,namespaces -o yaml',
});
