import { quote } from '../../source/text.ts';
import type { ClusterPlace } from '../result.ts';

/** `context "prod"`, or `context "prod" in cluster.json` for a snapshot. */
export const clusterName = ({ context, file }: ClusterPlace): string =>
  `context ${quote(context)}${file === undefined ? '' : `, as ${quote(file)} has it`}`;
