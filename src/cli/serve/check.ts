import { list } from '../../source/text.ts';
import { Failure } from '../console/failure.ts';
import type { ServeOptions } from './options.ts';

/** @throws Failure where flags do not go together */
export function checkServeOptions(options: ServeOptions): void {
  const { tlsCert, tlsKey, selfSigned, clientCa, policy, samples } = options;
  checkClusterOptions(options);
  if (selfSigned) {
    if (tlsCert || tlsKey) {
      throw new Failure(
        '--self-signed does not go with --tls-cert and --tls-key',
        'A certificate is made or read: leave out the one or the others.',
      );
    }
  } else checkTlsOptions(options);
  if (options.strangers && clientCa === undefined) {
    throw new Failure(
      '--strangers goes with --client-ca',
      'Without a CA nobody is asked for a certificate, and all are served alike.',
    );
  }
  if (samples && (!selfSigned || clientCa)) {
    throw new Failure(
      '--samples goes with --self-signed, and not with --client-ca',
      'It calls the webhook itself: add --self-signed and leave the other out, or leave out --samples.',
    );
  }
  if ([...policy, options.cluster].includes('-')) {
    throw new Failure('standard input cannot be read again when it changes', 'Name a file.');
  }
}

function checkClusterOptions(options: ServeOptions): void {
  const { cluster, kubeconfig, context, inCluster, samples } = options;
  const given = [
    ...(cluster === undefined ? [] : ['--cluster']),
    ...(kubeconfig === undefined ? [] : ['--kubeconfig']),
    ...(inCluster ? ['--in-cluster'] : []),
  ];
  if (given.length > 1) {
    throw new Failure(
      `${given.join(' and ')} do not go together`,
      'Give one: the cluster is read from a file, or it is watched.',
    );
  }
  if (context !== undefined && kubeconfig === undefined) {
    throw new Failure('--context goes with --kubeconfig', 'Give the kubeconfig that has this context.');
  }
  const work = LEADER_WORK.filter(({ asked }) => asked(options)).map(({ flag }) => flag);
  if (work.length > 0 && kubeconfig === undefined && !inCluster) {
    throw new Failure(
      `${work[0]} goes with --kubeconfig or --in-cluster`,
      'It is work on a cluster: name one, or leave it out.',
    );
  }
  if (options.scanSkipNamespace.length > 0 && !options.scan) {
    throw new Failure('--scan-skip-namespace goes with --scan', 'Add --scan, or leave it out.');
  }
  if (options.leaseNamespace !== undefined && work.length === 0) {
    throw new Failure(
      `--lease-namespace goes with ${list(
        LEADER_WORK.map(({ flag }) => flag),
        'or',
      )}`,
      'Without such work there is no leader.',
    );
  }
  if (samples && (kubeconfig !== undefined || inCluster)) {
    throw new Failure(
      `--samples does not go with ${given[0]}`,
      'It shows what the well-known classes are for: leave out the one or the other.',
    );
  }
}

/** The work of the leader. */
const LEADER_WORK: readonly {
  readonly flag: string;
  readonly asked: (options: ServeOptions) => boolean;
}[] = [
  { flag: '--status', asked: ({ status }) => status === true },
  { flag: '--guard', asked: ({ guard }) => guard === true },
  { flag: '--scan', asked: ({ scan }) => scan === true },
];

function checkTlsOptions({ tlsCert, tlsKey, caOut, selfSignedHost }: ServeOptions): void {
  if (!tlsCert || !tlsKey) {
    throw new Failure(
      tlsCert || tlsKey ? '--tls-cert and --tls-key go together' : 'no certificate to serve with',
      'Give --tls-cert and --tls-key, or --self-signed for trying it out.',
    );
  }
  if (caOut || selfSignedHost.length > 0) {
    throw new Failure(
      '--ca-out and --self-signed-host go with --self-signed alone',
      'Leave them out: clients trust the CA of your own certificate, which has its names.',
    );
  }
}
