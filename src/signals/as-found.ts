import { normalise } from './capability-names.ts';
import { HOST_PATHS } from './host-path.ts';
import { cleanHostPath } from './host-path-kinds.ts';
import type { SignalId } from './signal.ts';

/**
 * The value that a finding has for what is written so: paths of the host and capabilities come in one spelling, whatever
 * that of the manifest. So an exemption may name them as the manifest does.
 */
export function asFound(signal: SignalId, written: string): string {
  if (HOST_PATHS.some(({ id }) => id === signal)) return pathAsFound(written);
  return signal.startsWith('capability') ? normalise(written) : written;
}

/** What findings have of Windows, which is no path of Linux: cleaned again, `/c:/../data` would be one. */
const OF_WINDOWS = /^[/]([a-z]:|pipe|dev:|unc:)([/]|$)/;

function pathAsFound(written: string): string {
  const clean = OF_WINDOWS.test(written) ? written : cleanHostPath(written);
  // The root also stands for what is too long to be told apart: whoever waives one of those does not waive the root.
  return clean === '/' ? written : clean;
}
