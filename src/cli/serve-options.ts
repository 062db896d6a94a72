import { type Command, InvalidArgumentError, Option } from 'commander';
import { LOG_LEVELS, type LogLevel } from '../admission/log.ts';
import { Failure } from './failure.ts';
import { collect } from './options.ts';

export interface ServeOptions {
  readonly address?: string;
  readonly port: number;
  readonly metricsPort: number;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly clientCa?: string;
  readonly selfSigned?: true;
  readonly selfSignedHost: readonly string[];
  readonly caOut?: string;
  readonly policy: readonly string[];
  readonly balanced: boolean;
  readonly cluster?: string;
  readonly kubeconfig?: string;
  readonly inCluster?: true;
  readonly status?: true;
  readonly leaseNamespace?: string;
  readonly shutdownDelay?: number;
  readonly logLevel: LogLevel;
  readonly samples?: true;
}

const HELP = `
The API server calls POST /mutate/MODE and /validate/MODE over HTTPS, where MODE is off, audit, warn, inject or enforce.
Livez, readyz and metrics are served over HTTP on a port of their own.

Certificates, policies and the cluster file are read again when they change. What is broken is logged, and what was in
force before stays in force. With --kubeconfig or --in-cluster, it is ready once the cluster was listed, and what changes
there counts within two seconds.

Each flag is also an environment variable, such as COFFERDAM_TLS_CERT for --tls-cert; lists are separated by commas. The
command line wins.

Exit code: 0 after SIGTERM or SIGINT; 2 when it cannot start.

Examples:
  cofferdam serve --self-signed --samples                      try it out on this machine
  cofferdam serve --tls-cert tls.crt --tls-key tls.key         with a certificate that the API server trusts
`;

/** In the order in which help lists them. */
export function addServeOptions(command: Command): Command {
  return command
    .option('--port <number>', 'port of the webhook; 0 takes any', portNumber, 8443)
    .option('--metrics-port <number>', 'port of livez, readyz and metrics; 0 takes any', portNumber, 8080)
    .option(
      '--address <ip>',
      'address to listen on (default: 0.0.0.0; with --self-signed 127.0.0.1, so that trying it out exposes nothing)',
    )
    .option('--tls-cert <file>', 'certificate chain (PEM)')
    .option('--tls-key <file>', 'private key of the certificate (PEM)')
    .option('--client-ca <file>', 'serve only callers that show a certificate of this CA (PEM)')
    .option('--self-signed', 'make a certificate that lasts a year, for trying out')
    .addOption(
      listOption(
        '--self-signed-host <name>',
        'name or address in that certificate, besides localhost (repeatable)',
      ),
    )
    .option('--ca-out <file>', 'write what clients of the self-signed certificate must trust (PEM)')
    .addOption(
      listOption(
        '--policy <name|path>',
        'built-in policy, or file or folder with policies, exemptions and profiles (repeatable)',
      ),
    )
    .option('--no-balanced', 'leave out the built-in policy "balanced", which is in force otherwise')
    .option(
      '--cluster <file>',
      'RuntimeClasses, Nodes and Namespaces as "kubectl get -o yaml" prints them (default: well-known classes, no nodes)',
    )
    .option(
      '--kubeconfig <file>',
      'watch the cluster of the current context, its policies, exemptions and profiles too',
    )
    .option('--in-cluster', 'watch the cluster that this runs in, as the service account of its Pod')
    .option(
      '--status',
      'write into the status of each policy, exemption and profile what became of it (the leader alone)',
    )
    .option(
      '--lease-namespace <name>',
      "namespace of the Lease by which replicas elect the leader (default: the Pod's own, or that of the kubeconfig's context)",
    )
    .option(
      '--shutdown-delay <seconds>',
      'how long to serve on after SIGTERM while not ready, so that nobody is sent here any more (default: 5; 0 with --samples or on a terminal)',
      seconds,
    )
    .addOption(new Option('--log-level <level>', 'least level to log').choices(LOG_LEVELS).default('info'))
    .option('--samples', 'send sample Pods through the webhook, show what was decided, then serve on')
    .addHelpText('after', HELP);
}

/** Empty unless given. */
const listOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser(collect).default([], 'none');

/** @throws Failure where flags do not go together */
export function checkServeOptions(options: ServeOptions): void {
  const { tlsCert, tlsKey, selfSigned, clientCa, policy, samples } = options;
  checkClusterOptions(options);
  if (selfSigned) {
    if (tlsCert || tlsKey) throw new Failure('--self-signed does not go with --tls-cert and --tls-key');
  } else checkTlsOptions(options);
  if (samples && (!selfSigned || clientCa)) {
    throw new Failure(
      '--samples goes with --self-signed, and not with --client-ca: it calls the webhook itself',
    );
  }
  if ([...policy, options.cluster].includes('-')) {
    throw new Failure('standard input cannot be read again when it changes', 'Name a file.');
  }
}

function checkClusterOptions(options: ServeOptions): void {
  const { cluster, kubeconfig, inCluster, samples } = options;
  const given = [
    ...(cluster === undefined ? [] : ['--cluster']),
    ...(kubeconfig === undefined ? [] : ['--kubeconfig']),
    ...(inCluster ? ['--in-cluster'] : []),
  ];
  if (given.length > 1) throw new Failure(`${given.join(' and ')} do not go together`);
  const work = LEADER_WORK.filter(({ asked }) => asked(options)).map(({ flag }) => flag);
  if (work.length > 0 && kubeconfig === undefined && !inCluster) {
    throw new Failure(`${work[0]} goes with --kubeconfig or --in-cluster`);
  }
  if (options.leaseNamespace !== undefined && work.length === 0) {
    throw new Failure(
      `--lease-namespace goes with ${LEADER_WORK.map(({ flag }) => flag).join(' or ')}`,
      'Without such work there is no leader.',
    );
  }
  if (samples && (kubeconfig !== undefined || inCluster)) {
    throw new Failure(`--samples does not go with ${given[0]}: it shows what the well-known classes are for`);
  }
}

/** What the leader alone does. */
const LEADER_WORK: readonly {
  readonly flag: string;
  readonly asked: (options: ServeOptions) => boolean;
}[] = [{ flag: '--status', asked: ({ status }) => status === true }];

function checkTlsOptions({ tlsCert, tlsKey, caOut, selfSignedHost }: ServeOptions): void {
  if (!tlsCert || !tlsKey) {
    throw new Failure(
      tlsCert || tlsKey ? '--tls-cert and --tls-key go together' : 'no certificate to serve with',
      'Give --tls-cert and --tls-key, or --self-signed for trying it out.',
    );
  }
  if (caOut || selfSignedHost.length > 0) {
    throw new Failure('--ca-out and --self-signed-host go with --self-signed alone');
  }
}

function portNumber(word: string): number {
  const port = Number(word);
  if (/^\d+$/.test(word) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 0 to 65535.');
}

/** An hour is more than a Pod's terminationGracePeriodSeconds will ever allow. */
function seconds(word: string): number {
  const value = Number(word);
  if (/^\d+(\.\d+)?$/.test(word) && value <= 3600) return value;
  throw new InvalidArgumentError('A delay is a number of seconds, 3600 at most.');
}
