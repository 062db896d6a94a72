import type { KubeObject } from './object.ts';

/** `GET /version` of the API server, which everybody who is logged in may ask for (ClusterRole `system:public-info-viewer`). */
export interface ServerVersion {
  readonly major: number;
  readonly minor: number;
  readonly text: string;
}

/** Clouds add a suffix to the minor version: `32+`. A part that is no number becomes NaN. */
export const serverVersion = ({ major, minor, gitVersion }: KubeObject): ServerVersion => ({
  major: Number.parseInt(String(major), 10),
  minor: Number.parseInt(String(minor), 10),
  text: String(gitVersion),
});

/**
 * Whether the version is at least this one; false where it could not be understood.
 * @param minor of Kubernetes 1
 */
export const isAtLeast = (version: Pick<ServerVersion, 'major' | 'minor'>, minor: number): boolean =>
  version.major > 1 || (version.major === 1 && version.minor >= minor);

/**
 * Before this version, an API server can end with `concurrent map read and map write` when a ValidatingAdmissionPolicy with
 * variables is written while a request is evaluated (https://github.com/kubernetes/kubernetes/issues/135757): compiling it adds
 * variables to a map that all evaluations read.
 */
export const POLICY_WRITES_SAFE_MINOR = 36;
