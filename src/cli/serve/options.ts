import { type Command, InvalidArgumentError, Option } from 'commander';
import { LOG_LEVELS, type LogLevel } from '../../log/logger.ts';
import { MODES, type Mode } from '../../pod/mode.ts';
import { clean } from '../../source/text.ts';
import { choosing } from '../console/choices.ts';
import { collect } from '../console/collect.ts';
import { helpBelow } from '../console/help.ts';
import { CLUSTER_FILE, NO_BALANCED, policyOption } from '../judging/options.ts';

export interface ServeOptions {
  readonly address?: string;
  readonly port: number;
  readonly metricsPort: number;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly clientCa?: string;
  readonly strangers?: true;
  readonly selfSigned?: true;
  readonly selfSignedHost: readonly string[];
  readonly caOut?: string;
  readonly policy: readonly string[];
  readonly balanced: boolean;
  readonly cluster?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly inCluster?: true;
  readonly status?: true;
  readonly scan?: true;
  readonly guard?: true;
  /** The interval in seconds. */
  readonly scanInterval: number;
  readonly scanDefaultMode: Mode;
  readonly scanSkipNamespace: readonly string[];
  readonly refusalHelp?: string;
  readonly leaseNamespace?: string;
  readonly shutdownDelay?: number;
  readonly logLevel: LogLevel;
  readonly samples?: true;
}

const HELP = `
The API server calls POST /mutate/MODE and /validate/MODE over HTTPS, where MODE is off, audit, warn, inject or enforce.
Livez, readyz and metrics are served over HTTP on a port of their own. With --samples, a free port takes the place of one that
is in use and was not asked for.

Certificates, policies and the cluster file are read again when they change. What is broken is logged, and what was in
force before stays in force. With --kubeconfig or --in-cluster, it is ready once the cluster was listed, and changes
there count within two seconds.

Each flag is also an environment variable, such as COFFERDAM_TLS_CERT for --tls-cert; lists are separated by commas. The
command line wins. Other variables with this prefix cause a warning, except those that Kubernetes sets for Services.

Exit code: 0 after SIGTERM or SIGINT; 2 if it cannot start.

Examples:
  cofferdam serve --self-signed --samples                      try it out on this machine
  cofferdam serve --tls-cert tls.crt --tls-key tls.key         with a certificate that the API server trusts
`;

/** Adds the options in the order of help. */
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
    .option('--strangers', 'with --client-ca, serve others too, after those who show a certificate')
    .option('--self-signed', 'make a certificate that lasts a year, for trying out')
    .addOption(
      listOption(
        '--self-signed-host <name>',
        'name or address in that certificate, besides localhost (repeatable)',
      ),
    )
    .option('--ca-out <file>', 'write what clients of the self-signed certificate must trust (PEM)')
    .addOption(policyOption('with policies, exemptions and profiles').default([], 'none'))
    .option('--no-balanced', NO_BALANCED)
    .option('--cluster <file>', CLUSTER_FILE)
    .option(
      '--kubeconfig <file>',
      'watch the cluster that this file leads to, with its policies, exemptions and profiles',
    )
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .option('--in-cluster', 'watch the cluster that this runs in, as the service account of its Pod')
    .option(
      '--status',
      'write into the status of each policy, exemption and profile what became of it (only the leader does)',
    )
    .option(
      '--guard',
      'keep the ValidatingAdmissionPolicy cofferdam-guard, where there is one, in step with policies and classes (only the leader does)',
    )
    .option(
      '--scan',
      'compare the Pods that run with the policies, in metrics and OpenReports Reports (only the leader does)',
    )
    .option(
      '--scan-interval <seconds>',
      'time between two scans; after a change of policies, one follows soon',
      scanSeconds,
      600,
    )
    .addOption(
      choosing(
        new Option(
          '--scan-default-mode <mode>',
          'mode of namespaces without the label cofferdam.dev/mode; with off, their Pods are not scanned',
        ),
        MODES,
      ).default('enforce'),
    )
    .addOption(
      listOption(
        '--scan-skip-namespace <name>',
        'namespace that the webhook is not called for, so that its Pods are not scanned (repeatable)',
      ),
    )
    .option(
      '--refusal-help <text>',
      'one line that every refusal ends with, such as whom to ask and where to read more; every author sees it',
      oneLine,
    )
    .option(
      '--lease-namespace <name>',
      "namespace of the Lease by which replicas elect the leader (default: the Pod's own, or that of the kubeconfig's context)",
    )
    .option(
      '--shutdown-delay <seconds>',
      'how long to keep serving after SIGTERM while not ready, so that no more requests are sent here (default: 5; 0 with --samples or on a terminal)',
      seconds,
    )
    .addOption(choosing(new Option('--log-level <level>', 'least level to log'), LOG_LEVELS).default('info'))
    .option('--samples', 'send sample Pods through the webhook, show what was decided, then keep serving')
    .addHelpText('after', helpBelow(HELP));
}

/** An option with a list, which is empty unless given. */
const listOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser(collect).default([], 'none');

function portNumber(word: string): number {
  const port = Number(word);
  if (/^\d+$/.test(word) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a number from 0 to 65535.');
}

/** The most characters of the text, like those of other lines in a refusal (report/words/sentences.ts). */
const MOST_HELP = 400;

function oneLine(text: string): string {
  const line = text.trim();
  if (line.length <= MOST_HELP && clean(line, MOST_HELP) === line) return line;
  throw new InvalidArgumentError(
    `A refusal ends with one line of at most ${MOST_HELP} characters, without control characters.`,
  );
}

/**
 * The interval in seconds. A shorter one would mean scanning all the time in a large cluster; a day is within what a timer
 * holds.
 */
function scanSeconds(word: string): number {
  const value = Number(word);
  if (/^\d+$/.test(word) && value >= 10 && value <= 86_400) return value;
  throw new InvalidArgumentError('An interval is a number of seconds, from 10 to 86400.');
}

/** The seconds of an option. An hour is more than any Pod's terminationGracePeriodSeconds allows. */
function seconds(word: string): number {
  const value = Number(word);
  if (/^\d+(\.\d+)?$/.test(word) && value <= 3600) return value;
  throw new InvalidArgumentError('A delay is a number of seconds, 3600 at most.');
}
