import { cofferdam } from '../../e2e/support/cli.ts';
import { policiesPart } from './cel.ts';
import type { Part } from './controls.ts';

/** All objects of the guard as `cofferdam export guard` writes them for this cluster, however many; without the locks. */
export async function guardPart(): Promise<Part> {
  const { code, stdout, stderr } = await cofferdam(['export', 'guard', '--from-cluster']);
  if (code !== 0) throw new Error(`cofferdam export guard exited with ${code}: ${stderr}`);
  const part = policiesPart(stdout, ({ metadata }) => metadata.name.startsWith('cofferdam-guard'));
  if (part.standing.length === 0 || part.switches.length === 0) throw new Error('no guard was exported');
  return part;
}
