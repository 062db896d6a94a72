/**
 * The evidence for a part. `ran`: containers run with it, in the end-to-end tests. `read`: the program that it is for accepts
 * it, and a test holds that. `sourced`: it rests on documents alone.
 */
export type Evidence =
  | { readonly kind: 'ran'; readonly by: string }
  | { readonly kind: 'read'; readonly by: string; readonly source: string }
  | { readonly kind: 'sourced'; readonly source: string };

/** The versions that the test cluster is built from, which a test compares with test/cluster/modules. */
export const TESTED = {
  containerd: 'containerd 2.4.2',
  kubernetes: 'Kubernetes 1.37.2',
  gvisor: 'gVisor of 5 September 2026',
  /** This is Debian's version, which test/cluster/docker.sh starts. */
  docker: 'Docker 20.10.24',
} as const;

/** The evidence for the handler runsc, as test/cluster sets it up. */
export const RAN: Evidence = {
  kind: 'ran',
  by: `the end-to-end tests run Pods with it, on ${TESTED.containerd} and ${TESTED.gvisor}`,
};

/** Where the parts for Kata were taken from. */
export const KATA_DEPLOY =
  'kata-deploy 4.1.0, https://github.com/kata-containers/kata-containers/tree/main/tools/packaging/kata-deploy';

export function tell(evidence: Evidence): string {
  switch (evidence.kind) {
    case 'ran':
      return `Run: ${evidence.by}.`;
    case 'read':
      return `Checked, not run: ${evidence.by}. Source: ${evidence.source}`;
    case 'sourced':
      return `Not run. Source: ${evidence.source}`;
  }
}
