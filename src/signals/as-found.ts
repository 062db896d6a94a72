import { normalise } from './capability-names.ts';
import { HOST_PATHS } from './host-path.ts';
import { cleanHostPath } from './host-path-kinds.ts';
import type { SignalId } from './signal.ts';

/**
 * The value that a finding has for a value as it is written. Paths of the host and capabilities are found in one spelling,
 * however the manifest spells them, so an exemption may name them as the manifest does.
 */
export function asFound(signal: SignalId, written: string): string {
  if (HOST_PATHS.some(({ id }) => id === signal)) return pathAsFound(written);
  return signal.startsWith('capability') ? normalise(written) : written;
}

/** The form in which findings have paths of Windows. They are no paths of Linux: cleaned again, `/c:/../data` would become one. */
const OF_WINDOWS = /^[/]([a-z]:|pipe|dev:|unc:)([/]|$)/;

function pathAsFound(written: string): string {
  const clean = OF_WINDOWS.test(written) ? written : cleanHostPath(written);
  // The root also stands for paths that are too long to be told apart; an exemption for one of those does not waive the root.
  return clean === '/' ? written : clean;
}
