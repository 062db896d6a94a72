import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Problem } from '../source/document.ts';
import { MAX_BYTES } from '../source/limits.ts';
import { commandOf, type Project, shellLine } from '../source/projects.ts';
import { type Reading, readDocuments } from '../source/yaml.ts';

/** Which projects are rendered, by programs on PATH. */
export interface RenderOptions {
  readonly helm?: boolean;
  readonly kustomize?: boolean;
}

/** A chart may fetch nothing, a kustomization may: somebody waits for it. */
const PATIENCE = 120_000;
const KUBECTL = ['kubectl', 'kustomize'];

/**
 * What a chart or a kustomization makes, where that is asked for; else the line that does it. It is an error to whoever
 * named the folder, as nothing was judged; of what a walk came upon, a warning.
 * @param namespace that was named
 */
export async function readProject(
  project: Project,
  options: RenderOptions,
  namespace: string | undefined,
): Promise<Reading & { readonly file: string }> {
  const command = commandOf(project, namespace);
  const isChart = project.kind === 'chart';
  const file = `${project.folder} (${command.slice(0, 2).join(' ')})`;
  if (!(isChart ? options.helm : options.kustomize)) {
    return { file: project.folder, documents: [], problems: [hint(project, command)] };
  }
  const made = await run(isChart ? [command] : [command, [...KUBECTL, project.folder]]);
  if ('text' in made) return { ...readDocuments(made.text, file, 'manifests'), file };
  const failed = problem(project, 'error', made.message, `Run it by itself: ${shellLine(command)}`);
  return { file: project.folder, documents: [], problems: [failed] };
}

const problem = (
  { folder }: Project,
  severity: Problem['severity'],
  message: string,
  fix: string,
): Problem => ({ severity, position: { file: folder }, path: '', message, fix });

function hint(project: Project, command: readonly string[]): Problem {
  const [what, made, flag] =
    project.kind === 'chart'
      ? ['Helm chart', 'renders', '--helm']
      : ['kustomization', 'builds', '--kustomize'];
  const message = `a ${what}: not judged, as its files are no manifests before it is made`;
  const fix = `${shellLine(command)} | cofferdam review -   (${flag} ${made} it where the program is on PATH)`;
  if (project.named) return problem(project, 'error', message, fix);
  return { ...problem(project, 'warning', message, fix), leftOut: true };
}

type Made = { readonly text: string } | { readonly message: string };

/** The first of these programs that is there. */
async function run(commands: readonly (readonly string[])[]): Promise<Made> {
  for (const [program = '', ...args] of commands) {
    try {
      const options = { maxBuffer: MAX_BYTES, timeout: PATIENCE, encoding: 'utf8' as const };
      const { stdout } = await promisify(execFile)(program, args, options);
      return { text: stdout };
    } catch (error) {
      if (!isMissing(error)) return { message: `${program} failed: ${reasonFor(error)}` };
    }
  }
  const names = commands.map(([program]) => program);
  return { message: `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} not on PATH` };
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** What the program said, in one line. */
function reasonFor(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  const lines = said.split('\n').filter(line => line.trim() !== '' && !/^WARNING/i.test(line));
  return lines.slice(-3).join(' ') || (error instanceof Error ? error.message : String(error));
}
